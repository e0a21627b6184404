"""The one way to a person at the shell: whatever a line is made of, nothing in it can steer a terminal."""

from __future__ import annotations

import json
import re

import click

from lorax_tui.model.text import safe

_LONGEST_LINE = 5000
"""A path may take most of it."""

_HARD_TO_SEE = re.compile(r"[^\x20-\x7e\n]")


def say(text: object, err: bool = False) -> None:
    """Print lines of text: what divides them is the caller's, and all else in them is shown as it is."""
    click.echo("\n".join(safe(line, _LONGEST_LINE) for line in str(text).split("\n")), err=err)


def say_json(document: bytes) -> None:
    """Print JSON on stdout; what a terminal could take for a command, or not show, is written as an escape."""
    click.echo(_HARD_TO_SEE.sub(_escaped, document.decode()))


def _escaped(match: re.Match[str]) -> str:
    return match[0] if safe(match[0]) == match[0] else json.dumps(match[0])[1:-1]
