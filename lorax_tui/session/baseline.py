"""The run that is drawn beside the one to come: named, or marked in the folder of runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lorax_tui.errors import RunError
from lorax_tui.model.baseline import Baseline
from lorax_tui.runs import store
from lorax_tui.runs.baseline import load_baseline
from lorax_tui.session.setup import Setup


async def baseline_of(setup: Setup) -> tuple[Baseline | None, str]:
    """The baseline, if there is one; and why it cannot be read, which keeps no run from beginning."""
    try:
        return await asyncio.to_thread(_read, setup.baseline, setup.runs_dir), ""
    except RunError as error:
        return None, f"no baseline is shown: {error}"


def _read(named: Path | None, runs_dir: Path) -> Baseline | None:
    folder = named or store.baseline(runs_dir)
    return None if folder is None else load_baseline(folder)
