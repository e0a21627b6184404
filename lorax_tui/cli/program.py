"""The program from its arguments to its exit code: whatever goes wrong is one line on stderr."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click

from lorax_tui.cli.commands import lorax_tui
from lorax_tui.cli.folders import log_path
from lorax_tui.cli.saying import say
from lorax_tui.engine import THREAD
from lorax_tui.errors import ExitCode, LoraxTuiError
from lorax_tui.model.hidden import hide
from lorax_tui.model.text import named
from lorax_tui.session.log import logging_to


def main() -> None:
    """Run the program and exit with its code; whatever goes wrong is one line on stderr.

    A signal that nobody else takes ends it in good order, so that nothing that was started is left behind.
    """
    os.umask(0o077)  # folders on the way to a file, and files of those who are started, are nobody else's either
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed from the beginning: the next file to be opened would take its place
            setattr(sys, name, open(os.devnull, "r+"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a sign that the terminal's encoding has not must not end a run
            stream.reconfigure(errors="replace")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(number, lambda caught, _frame: sys.exit(ExitCode.SIGNAL + caught))
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """Exit; by force where a task that never gives way still has the engine's thread: Python falls over such a one."""
    if any(thread.name == THREAD for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    gc.freeze()  # what is left is gone with the process; to look through it first takes a third of a second
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the program; returns the exit code."""
    path = log_path()
    with logging_to(path) as log:
        code = _run(arguments, path)
    if log.trouble is not None:
        complain(f"{named(path)}: not all could be logged: {log.trouble}; XDG_STATE_HOME names another place")
    return code


def _run(arguments: list[str], path: Path) -> int:
    try:
        return lorax_tui.main(arguments, prog_name="lorax-tui", standalone_mode=False) or ExitCode.PASSED
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        say(shown.getvalue().rstrip(), err=True)
        return ExitCode.USAGE
    except LoraxTuiError as error:
        complain(str(error))
        return error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        return ExitCode.SIGNAL + 2
    except Exception as error:
        logging.getLogger(__name__).exception("unexpected failure")
        complain(f"unexpected failure: {type(error).__name__}: {error}; the details are in {named(path)}")
        return ExitCode.UNEXPECTED


def complain(text: str) -> None:
    """Say on stderr why the program ends; several lines stay several lines."""
    for line in text.split("\n"):
        say(f"lorax-tui: {hide(line)}", err=True)
