"""What a worker says on its stderr, which is a terminal where somebody has started it by hand."""

from __future__ import annotations

import logging
import sys

from lorax_tui.model.hidden import hide, hide_all
from lorax_tui.model.text import safe

_LONGEST_LINE = 2000


def complain(error: Exception) -> None:
    """Say why the worker cannot begin."""
    sys.stderr.write(f"{safe(hide(error), _LONGEST_LINE)}\n")


class PlainLines(logging.Formatter):
    """Lines of a log in which nothing steers a terminal and nothing is secret, whatever users and targets have said."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(safe(line, _LONGEST_LINE) for line in hide_all(super().format(record)).split("\n"))
