"""What the options of a command line and the file make of a crew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lorax_tui.cli.crew import PORT, crew_plan
from lorax_tui.cli.options import RunOptions
from lorax_tui.errors import ConfigError, UsageError
from lorax_tui.model.crew import CrewPlan
from lorax_tui.model.scenario import Target
from lorax_tui.session import Setup
from tests.unit.configured import SMOKE, loaded

pytestmark = pytest.mark.usefixtures("elsewhere")
LOGS = Path("logs")


def plan(options: RunOptions, engine: str = "", file: Path | None = None) -> CrewPlan | None:
    return crew_plan(loaded(SMOKE + engine), options, file, LOGS)


def test_without_a_word_users_live_in_this_process() -> None:
    assert plan(RunOptions()) is None
    assert plan(RunOptions(), "[engine]\nworkers = 0") is None


def test_the_command_line_goes_before_the_file() -> None:
    file = "[engine]\nworkers = 3"
    assert (plan(RunOptions(), file) or pytest.fail()).local == 3
    assert (plan(RunOptions(workers=2), file) or pytest.fail()).local == 2
    assert plan(RunOptions(workers=0), file) is None


def test_workers_of_this_machine_are_listened_for_where_nobody_else_can() -> None:
    found = plan(RunOptions(workers=2), file=Path("mine.py"))
    assert found == CrewPlan(2, file=Path("mine.py").absolute(), logs=LOGS)
    assert (found.bind_host, found.address, found.warning) == ("127.0.0.1", "", "")


def test_those_of_elsewhere_are_listened_for_at_a_port_that_is_known() -> None:
    found = plan(RunOptions(expect_workers=2)) or pytest.fail()
    assert (found.local, found.expected, found.address, found.is_open) == (0, 2, f"127.0.0.1:{PORT}", False)
    found = plan(RunOptions(workers=1, bind="127.0.0.2:6000")) or pytest.fail()
    assert (found.local, found.expected, found.address, found.is_open) == (1, 0, "127.0.0.2:6000", False)


@pytest.mark.parametrize("bind", ["*", "10.0.0.5", "10.0.0.5:5557"])
def test_whoever_listens_beyond_this_machine_is_told_what_that_means(bind: str) -> None:
    found = plan(RunOptions(expect_workers=1, bind=bind)) or pytest.fail()
    assert found.is_open and found.bind_port == PORT
    assert "without authentication or encryption" in found.warning and found.address in found.warning


@pytest.mark.parametrize("bind", ["", ":5557", "host:", "10.0.0.5:0", "10.0.0.5:65536", "10.0.0.5:x", "::1", "1:2:3"])
def test_what_is_no_address_is_refused(bind: str) -> None:
    with pytest.raises(UsageError, match=r"--bind .*expected HOST or HOST:PORT, as in 10.0.0.5:5557"):
        plan(RunOptions(workers=1, bind=bind))


def test_an_address_without_workers_is_refused() -> None:
    with pytest.raises(UsageError, match="add --workers N or --expect-workers N"):
        plan(RunOptions(bind="127.0.0.1"))


def test_a_host_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no such host"):
        plan(RunOptions(workers=1, bind="nowhere.invalid"))


@pytest.mark.parametrize("workers", ["-1", "65", "1.5", "true", '"two"'])
def test_a_wrong_number_of_workers_in_the_file_is_refused(workers: str) -> None:
    with pytest.raises(ConfigError, match=r"own.toml: engine.workers = .*: expected a whole number from 0 .* to 64"):
        plan(RunOptions(), f"[engine]\nworkers = {workers}")


def test_an_unknown_key_of_the_section_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"engine.worker = 2: unknown key; did you mean workers\?"):
        plan(RunOptions(), "[engine]\nworker = 2")


def test_the_record_says_how_many_workers_the_file_wants() -> None:
    assert loaded(SMOKE + "[engine]\nworkers = 2").as_record()["engine"]["workers"] == 2


def test_every_run_is_told_what_an_open_port_means_and_whose_machine_the_target_is() -> None:
    found = plan(RunOptions(expect_workers=1, bind="10.0.0.5")) or pytest.fail()
    setup = Setup(Target("http://127.0.0.1:8080"), (), {}, Path(), crew=found)
    assert setup.warnings == (found.warning, "127.0.0.1 is to workers of elsewhere their own machine")
    remote = Target("http://staging.example.org", is_remote=True)
    assert replace(setup, target=remote).warnings == (found.warning,)
    assert replace(setup, crew=plan(RunOptions(workers=2))).warnings == replace(setup, crew=None).warnings == ()
