"""Reports of recorded runs: the command, and what `--report` writes when a run has ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from lorax_tui.cli.options import runs_dir_option
from lorax_tui.cli.saying import say
from lorax_tui.errors import ExitCode, RunError
from lorax_tui.headless.closing import closing
from lorax_tui.model import format as words
from lorax_tui.runs import journal, store
from lorax_tui.runs.report.course import Course
from lorax_tui.runs.report.files import Wanted, make_folder, write

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("run")
@click.option("--html", type=_FILE, metavar="FILE", help="One page with charts, for a browser; needs no network.")
@click.option("--csv", type=_FILE, metavar="PREFIX", help="PREFIX_stats.csv and two more, in Locust's layout.")
@click.option("--json", type=_FILE, metavar="FILE", help="The summary.")
@click.option("--junit", type=_FILE, metavar="FILE", help="JUnit XML: a test case for each threshold.")
@click.option("--markdown", type=_FILE, metavar="FILE", help="A page for the summary of a CI job.")
@runs_dir_option
def report(run: str, runs_dir: Path | None, **files: Path | None) -> None:
    """Report on a recorded run, whole or cut off; without options: a short one, here.

    RUN is a run's folder, its name, or `last`.
    """
    folder = store.find(runs_dir or store.default_runs_dir(), run)
    wanted = Wanted(**files)
    if wanted:
        for path in write(folder, wanted):
            say(path)
    else:
        say(text(folder))


class Reports:
    """Every format in one folder; one that cannot be written to is refused before there is a run to lose."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.exit_code = ExitCode.PASSED
        """What becomes of a run that passed: a report that was asked for and is not there is no success."""
        if folder is not None:
            make_folder(folder)

    def write(self, run: Path | None, say: Callable[[str], object]) -> None:
        """Report on the run in that folder, and say where, or why not."""
        if self._folder is None or run is None:
            return
        try:
            write(run, Wanted.all_in(self._folder))
        except RunError as error:
            self.exit_code = error.exit_code
            say(f"no report: {error}")
        else:
            say(f"reports: {self._folder}")


def text(folder: Path) -> str:
    """A short report for a terminal."""
    recorded = journal.read(folder / store.JOURNAL)
    course = Course(recorded.records)
    view = course.run.view()
    head = f"{view.run}  {words.host(view.host)}  {words.clock(view.elapsed_s)}"
    return "\n\n".join([head, *([recorded.notice] if recorded.notice else []), closing(view)])
