"""The floors: what may import what, read from the source and from what an import really loads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

SCREEN = {"textual", "plotext"}
LOAD = {"locust", "gevent", "socketio", "engineio"}
PROBE = {"httpx"}

IMPORT = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""

UNPATCHED = """
import lorax_tui.cli.launch
from gevent import monkey
print(any(map(monkey.is_module_patched, ("socket", "ssl", "threading", "time", "select"))))
"""


def outcome(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST")}
    return subprocess.run(arguments, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)


def loaded_by(module: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after one import."""
    done = outcome(sys.executable, "-c", IMPORT, module)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_imports_run_downwards_and_siblings_never_meet() -> None:
    done = outcome(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("lorax_tui.errors", SCREEN | LOAD | PROBE),
        *((f"lorax_tui.model.{part}", SCREEN | LOAD | PROBE) for part in ("run", "view", "scenario", "format")),
        ("lorax_tui", SCREEN | LOAD | PROBE | {"msgspec"}),
        ("lorax_tui.api", SCREEN | LOAD | PROBE),
        ("lorax_tui.config", SCREEN | LOAD | PROBE),
        *((f"lorax_tui.runs.{part}", SCREEN | LOAD | PROBE) for part in ("journal", "store", "summary")),
        *((f"lorax_tui.runs.report.{part}", SCREEN | LOAD | PROBE) for part in ("files", "html", "locust_csv")),
        *((f"lorax_tui.target.{part}", SCREEN | LOAD) for part in ("probe", "preflight", "backend")),
        ("lorax_tui.engine", SCREEN | LOAD | PROBE),
        ("lorax_tui.engine.recorder", SCREEN | LOAD | PROBE),
        ("lorax_tui.engine.thread", SCREEN | PROBE),
        ("lorax_tui.users", SCREEN | PROBE),
        ("lorax_tui.session", SCREEN | LOAD | PROBE),
        ("lorax_tui.session.session", SCREEN),
        ("lorax_tui.session.replay", SCREEN | LOAD | PROBE),
        ("lorax_tui.headless", SCREEN | LOAD | PROBE),
        ("lorax_tui.ui", LOAD | PROBE),
        ("lorax_tui.ui.chart", LOAD | PROBE),
        ("lorax_tui.ui.lines", LOAD | PROBE),
    ],
)
def test_what_an_import_never_loads(module: str, never: set[str]) -> None:
    assert not loaded_by(module) & never


def test_the_command_line_loads_neither_screen_nor_engine_before_they_are_wanted() -> None:
    assert not loaded_by("lorax_tui.cli.program") & (SCREEN | LOAD | PROBE)
    assert not loaded_by("lorax_tui.cli.launch") & SCREEN


def test_nothing_of_the_standard_library_is_patched() -> None:
    done = outcome(sys.executable, "-c", UNPATCHED)
    assert done.stdout.strip() == "False", done.stdout + done.stderr
