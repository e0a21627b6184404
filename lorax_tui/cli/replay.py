"""`replay`: a recorded run on the dashboard."""

from __future__ import annotations

from pathlib import Path

import click

from lorax_tui.cli.folders import log_path
from lorax_tui.cli.options import RunOptions, runs_dir_option
from lorax_tui.cli.saying import say
from lorax_tui.cli.terminal import wants_screen
from lorax_tui.errors import ExitCode, UsageError
from lorax_tui.runs import store
from lorax_tui.session.replay import Replay


@click.command()
@click.argument("run")
@runs_dir_option
def replay(run: str, runs_dir: Path | None) -> int:
    """See RUN again on the dashboard, as fast as you like; whole or cut off.

    RUN is a folder, a name, a beginning of a name, `last` or `baseline`.
    """
    folder = store.find(runs_dir or store.default_runs_dir(), run)
    if not wants_screen(RunOptions()):
        raise UsageError("no terminal here to replay a run on: see `lorax-tui report`")
    opened = Replay.open(folder)
    # Imported late, as for the dashboard.
    from lorax_tui.ui.replaying import ReplayApp

    app = ReplayApp(opened, log_path())
    opened.play()
    app.run()
    opened.close()
    if opened.notice:
        say(opened.notice, err=True)
    return app.return_code or (ExitCode.SIGNAL + app.ended_by if app.ended_by is not None else ExitCode.PASSED)
