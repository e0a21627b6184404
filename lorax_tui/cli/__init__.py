"""The command line: builds the concrete parts, and maps how things end to exit codes.

It takes a second to load; until then ctrl+c ends it without a word.
"""

from __future__ import annotations

import signal

__all__ = ["main", "run"]


def main() -> None:
    """Load the program, run it, and exit with its code."""
    taken = signal.getsignal(signal.SIGINT)
    if taken is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from lorax_tui.cli import program

    signal.signal(signal.SIGINT, taken)
    program.main()


def run(arguments: list[str]) -> int:
    """Run the program with these arguments; returns the exit code."""
    from lorax_tui.cli import program

    return program.run(arguments)
