"""Which workers a command line asks for, and the command that lends a machine to a run of elsewhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from lorax_tui import config
from lorax_tui.cli.options import RunOptions
from lorax_tui.cli.saying import say
from lorax_tui.config.reading import check_classes
from lorax_tui.engine.crew.command import worker_command
from lorax_tui.errors import UsageError
from lorax_tui.model.crew import LOOPBACK, CrewPlan
from lorax_tui.model.text import safe
from lorax_tui.target.guard import is_loopback, resolve

PORT = 5557
"""Where workers of elsewhere are listened for unless another port is named: Locust's own."""


def wants_workers(loaded: config.Config, options: RunOptions) -> bool:
    """Whether users live in workers."""
    return bool(options.expect_workers or _local(loaded, options))


def crew_plan(loaded: config.Config, options: RunOptions, file: Path | None, logs: Path) -> CrewPlan | None:
    """The crew that is asked for; `None`: none, users live in this process.

    Args:
        file: the user's own file.
        logs: folder for the logs of the workers of this machine.

    Raises:
        UsageError: the options do not go together, or name no address.
    """
    if not wants_workers(loaded, options):
        if options.bind is not None:
            raise UsageError("--bind is where workers are listened for: add --workers N or --expect-workers N")
        return None
    host, port = (LOOPBACK, PORT if options.expect_workers else 0) if options.bind is None else _address(options.bind)
    addresses = resolve(host)
    if not addresses:
        raise UsageError(f"--bind {safe(host, 80)}: there is no such host")
    return CrewPlan(
        local=_local(loaded, options),
        expected=options.expect_workers,
        bind_host=addresses[0],
        bind_port=port,
        file=None if file is None else file.absolute(),
        logs=logs,
        is_open=not all(map(is_loopback, addresses)),
    )


def _local(loaded: config.Config, options: RunOptions) -> int:
    """Workers of this machine."""
    return loaded.engine.workers if options.workers is None else options.workers


def _address(text: str) -> tuple[str, int]:
    """Host and port of HOST[:PORT]."""
    host, colon, port = text.strip().rpartition(":")
    if not colon:
        host, port = port, str(PORT)
    host = "0.0.0.0" if host == "*" else host  # noqa: S104  (only if somebody types it)
    if not host or ":" in host or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65536:
        raise UsageError(f"--bind {safe(text, 80)}: expected HOST or HOST:PORT, as in 10.0.0.5:{PORT}")
    return host, int(port)


@click.command()
@click.option("--master-host", required=True, metavar="HOST", help="The machine on which `lorax-tui run` waits.")
@click.option("--master-port", type=click.IntRange(1, 65535), default=PORT, show_default=True, metavar="PORT")
@click.option("-f", "--file", type=click.Path(path_type=Path), metavar="FILE", help="The run's user classes, if any.")
def worker(master_host: str, master_port: int, file: Path | None) -> None:
    """Lend this machine to a run elsewhere, until ctrl+c; takes part in one run after the other.

    The versions of lorax-tui, Locust and Python have to be those of the run, and so has FILE.
    """
    if not re.fullmatch(r"[\w.:%-]+", master_host):
        raise UsageError("--master-host: expected the name or the address of a machine, as in 10.0.0.5")
    if file is not None:
        check_classes(file)
    command = worker_command(master_host, master_port, None if file is None else file.absolute())
    say(f"waiting for a run at {master_host}:{master_port}, until ctrl+c", err=True)
    # In the place of this program: a worker patches the standard library before anything else is imported.
    os.execv(command[0], command)  # noqa: S606
