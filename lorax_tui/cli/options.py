"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import click

from lorax_tui.config.engine import MOST_WORKERS
from lorax_tui.model import roster
from lorax_tui.model.duration import parse_duration

Command = TypeVar("Command", bound=Callable[..., Any])


class Duration(click.ParamType):  # type: ignore[type-arg]
    """A length of time as in 90s, 5m, 1h30m."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return value if isinstance(value, float) else parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Rate(click.FloatRange):
    """A number above 0, and a finite one."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value} is no finite number", param, ctx)
        return number


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What `run`, `demo` and `capacity` were asked for."""

    names: tuple[str, ...] = ()
    users: int | None = None
    spawn_rate: float | None = None
    duration_s: float | None = None
    requests_per_second: float | None = None
    headless: bool = False
    json: bool = False
    baseline: str | None = None
    quiet: bool = False
    report: Path | None = None
    keep_running: bool = False
    start: int | None = None
    hold_s: float | None = None
    low_bandwidth: bool = False
    workers: int | None = None
    expect_workers: int = 0
    bind: str | None = None


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """What every command that makes load was asked for."""

    host: str | None = None
    config: Path | None = None
    runs_dir: Path | None = None
    allow_hosts: tuple[str, ...] = ()
    file: Path | None = None


runs_dir_option = click.option(
    "--runs-dir", type=click.Path(path_type=Path), metavar="DIR", help="Where runs are kept."
)

_COMMON = (
    click.option("--host", metavar="URL", help="The Lorax backend, instead of the file's [target] host."),
    click.option(
        "--allow-host", "allow_hosts", metavar="NAME", multiple=True, help="The target, if it is not this machine."
    ),
    click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The scenarios.toml to use."),
    runs_dir_option,
    click.option("-f", "--file", type=click.Path(path_type=Path), metavar="FILE", help="User classes of your own."),
)

_SEARCH = (
    click.option("--start", type=click.IntRange(min=1), help="Users that a search begins with."),
    click.option("--hold", "hold_s", type=Duration(), help="How long a search holds each load: 20s, 1m."),
)

_CREW = (
    click.option(
        "--workers",
        type=click.IntRange(0, MOST_WORKERS),
        metavar="N",
        help="Processes of this machine that make the load, instead of the file's [engine] workers; 0: none.",
    ),
    click.option(
        "--expect-workers",
        type=click.IntRange(0, roster.MOST_WORKERS),
        default=0,
        metavar="N",
        help="Wait for so many of `lorax-tui worker` on other machines.",
    ),
    click.option("--bind", metavar="HOST[:PORT]", help="Where to listen for them, instead of 127.0.0.1:5557."),
)

_RUN = (
    click.argument("names", nargs=-1, metavar="[SCENARIO]..."),
    click.option("--users", type=click.IntRange(min=1), help="Users, instead of the scenario's."),
    click.option("--spawn-rate", type=Rate(), help="Users started or stopped a second."),
    click.option("--duration", "duration_s", type=Duration(), help="How long each scenario lasts: 90s, 5m, 1h30m."),
    click.option(
        "--rps",
        "requests_per_second",
        type=Rate(),
        help="Requests a second of all users together, on a schedule.",
    ),
    click.option("--headless", is_flag=True, help="Plain lines instead of the dashboard."),
    click.option("--baseline", metavar="RUN", help="The run to draw beside this one, instead of the marked one."),
    click.option("--json", is_flag=True, help="Headless; stdout holds the summary alone."),
    click.option("--quiet", is_flag=True, help="Headless; no lines but warnings before the verdict."),
    click.option("--low-bandwidth", is_flag=True, help="Draw every five seconds: at most 2 kB/s."),
    click.option("--keep-running", is_flag=True, help="Go on where the terminal is lost; else the load stops."),
    click.option(
        "--report", type=click.Path(path_type=Path), metavar="DIR", help="Write all reports there at the end."
    ),
)


def common(command: Command) -> Command:
    """Add the options of every command that makes load."""
    return _with(command, _COMMON)


def running(command: Command) -> Command:
    """Add the options of a command that runs scenarios."""
    return _with(command, (*_RUN, *_SEARCH, *_CREW, *_COMMON))


def _with(command: Command, options: tuple[Callable[[Any], Any], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def split(options: dict[str, Any]) -> tuple[RunOptions, CommonOptions]:
    """What click collected, told apart."""
    run_names = RunOptions.__dataclass_fields__
    run = {name: value for name, value in options.items() if name in run_names}
    rest = {name: value for name, value in options.items() if name not in run_names}
    return RunOptions(**run), CommonOptions(**rest)
