"""The one way to a person at the shell: whatever a line is made of, nothing in it can steer a terminal."""

from __future__ import annotations

import json
import re
import sys

import click

from lorax_tui.errors import ExitCode, UsageError
from lorax_tui.model.text import safe
from lorax_tui.session.streams import gone_by, let_go

_LONGEST_LINE = 5000
"""A path may take most of it."""

_HARD_TO_SEE = re.compile(r"[^\x20-\x7e\n]")


def say(text: object, err: bool = False) -> None:
    """Print lines of text: what divides them is the caller's, and all else in them is shown as it is.

    Raises:
        UsageError: stdout does not take them.
        click.exceptions.Exit: nobody reads stdout any more.
    """
    _print("\n".join(safe(line, _LONGEST_LINE) for line in str(text).split("\n")), err)


def say_json(document: bytes) -> None:
    """Print JSON on stdout; what a terminal could take for a command, or not show, is written as an escape.

    Raises:
        UsageError: stdout does not take it.
        click.exceptions.Exit: nobody reads stdout any more.
    """
    _print(_HARD_TO_SEE.sub(_escaped, document.decode()))


def _print(text: str, err: bool = False) -> None:
    stream = sys.stderr if err else sys.stdout
    try:
        stream.write(text + "\n")  # click would write UTF-8 where only ASCII is known
        stream.flush()
    except OSError as error:
        number = gone_by(stream, error)
        let_go(stream)
        if err:  # there is nobody left to tell
            return
        if number is not None:
            raise click.exceptions.Exit(ExitCode.SIGNAL + number) from error
        raise UsageError(f"stdout takes nothing: {error.strerror}") from error


def _escaped(match: re.Match[str]) -> str:
    return match[0] if safe(match[0]) == match[0] else json.dumps(match[0])[1:-1]
