"""`python -m lorax_tui` is the same program as `lorax-tui`."""

from lorax_tui.cli import main

if __name__ == "__main__":
    main()
