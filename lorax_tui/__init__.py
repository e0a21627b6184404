"""lorax-tui: a terminal monitor for load-testing a Lorax backend."""

__version__ = "0.1.0"
