"""Whether there is a terminal to draw on and to type on."""

from __future__ import annotations

import codecs
import os
import sys

from lorax_tui.cli.options import RunOptions
from lorax_tui.errors import UsageError


def wants_screen(options: RunOptions) -> bool:
    """Whether to draw the dashboard.

    Raises:
        UsageError: there is a terminal, but nothing can be typed on it, or its encoding has no signs to draw with.
    """
    if options.headless or options.json or options.quiet or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return False
    if not sys.stdin.isatty():
        raise UsageError("stdin is no terminal, so no key could steer the dashboard: add --headless")
    if codecs.lookup(sys.stdout.encoding).name != "utf-8":
        advice = "set LC_ALL=C.UTF-8 where the terminal knows UTF-8, or add --headless"
        raise UsageError(f"nothing can be drawn in {sys.stdout.encoding}: {advice}")
    return True
