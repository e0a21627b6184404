"""`compare`: two recorded runs held against each other."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from lorax_tui.cli.options import runs_dir_option
from lorax_tui.cli.saying import say, say_json
from lorax_tui.runs import store
from lorax_tui.runs.comparison import Limits, compare_runs
from lorax_tui.runs.comparison.documents import markdown, plain
from lorax_tui.runs.comparison.table import table

_FULL_WIDTH = 118
"""Where nobody says how wide the output is, every figure is printed."""

_NOT_NEGATIVE = click.FloatRange(min=0)


@click.command()
@click.argument("base")
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON instead of text.")
@click.option("--markdown", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write it as Markdown, too.")
@click.option("--percent", type=_NOT_NEGATIVE, help="Least change of a latency or a rate, of the base's (10).")
@click.option("--ms", type=_NOT_NEGATIVE, help="Least change of a latency, on top of that (2).")
@click.option("--p99-asks", type=click.IntRange(min=1), help="Answers that a p99 needs to be judged (1000).")
@click.option("--failures", "failures_percent", type=_NOT_NEGATIVE, help="Least change of failures, in % of asks (1).")
@click.option("--slope", "slope_mb_per_min", type=_NOT_NEGATIVE, help="Least change of memory's growth, in MB/min (1).")
@runs_dir_option
def compare(base: str, run: str, as_json: bool, file: Path | None, runs_dir: Path | None, **limits: Any) -> int:
    """Tell what RUN does worse or better than BASE, phase by phase; exits with 5 where anything is worse.

    BASE and RUN are folders, names, beginnings of names, `last` or `baseline`. A change is one beyond the noise of
    both runs and beyond all limits.
    """
    runs_dir = runs_dir or store.default_runs_dir()
    folders = [store.find(runs_dir, name) for name in (base, run)]
    given = {name: limit for name, limit in limits.items() if limit is not None}
    comparison = compare_runs(folders[0], folders[1], Limits(**given))
    if file is not None:
        store.write_final(file, markdown(comparison).encode())
    if as_json:
        say_json(msgspec.json.format(msgspec.json.encode(plain(comparison)), indent=2))
    else:
        width = shutil.get_terminal_size((_FULL_WIDTH, 0)).columns if sys.stdout.isatty() else _FULL_WIDTH
        say("\n".join(text for _, text in table(comparison, width)))
    return comparison.exit_code
