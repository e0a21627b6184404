"""Values that look right and are not, and what a run remembers of its configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorax_tui import config
from lorax_tui.errors import ConfigError, ExitCode, UsageError
from tests.unit.configured import SMOKE, loaded

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[guard]\nmax_users = 0" + SMOKE, "guard.max_users = 0"),
        ("[guard]\nmax_users = true" + SMOKE, "guard.max_users = True"),
        ("[guard]\nmax_spawn_rate = inf" + SMOKE, "guard.max_spawn_rate = inf"),
        ("[guard]\nmax_spawn_rate = nan" + SMOKE, "guard.max_spawn_rate = nan"),
        ("[guard]\nmax_users = 4" + SMOKE, "scenarios.smoke.users = 5: expected a whole number from 1 to 4"),
        ("[guard]\nmax_spawn_rate = 1" + SMOKE, "scenarios.smoke.spawn_rate = 5"),
        ("[guard]\nmax_requests_per_second = 0" + SMOKE, "guard.max_requests_per_second = 0"),
        (SMOKE + "requests_per_second = 0", "smoke.requests_per_second = 0: expected requests a second, above 0"),
        (SMOKE + "requests_per_second = nan", "requests_per_second = nan"),
        (SMOKE + "requests_per_second = true", "requests_per_second = True"),
        (SMOKE + "requests_per_second = '5'", "requests_per_second = '5'"),
        (SMOKE + "requests_per_second = 1001", "up to 1000 (guard.max_requests_per_second)"),
        (SMOKE + "request_per_second = 5", "did you mean requests_per_second?"),
        ('[target]\nhost = ""' + SMOKE, "target.host = ''"),
        ('[target]\nhost = "http://a\\u001b[2J"' + SMOKE, "expected one line of printable text"),
        ('[target]\nfile = "a\\nb"' + SMOKE, "target.file"),
        (SMOKE.replace("= 2", "= inf"), "mix.LoraxHttpUser = inf"),
        (SMOKE.replace("= 2", "= true"), "mix.LoraxHttpUser = True"),
        (SMOKE.replace("scenarios.smoke", "scenarios.'.hidden'"), "a name of up to 64"),
        (SMOKE.replace("scenarios.smoke", "scenarios." + "x" * 65), "a name of up to 64"),
        (SMOKE + "[thresholds]\nHTTP = ['p95 < 0s']", "can never be kept"),
        (SMOKE + SMOKE, "line 8"),
        (b"# ok\n[target]\nhost = '\xff'", "not UTF-8"),
        ("a = " + "[" * 5000, "no TOML"),
        ("a = " + "9" * 5000, "no TOML"),
        ("\ufeff" + SMOKE, "line 1"),
    ],
)
def test_what_looks_right_and_is_not_is_refused_in_one_line(text: str | bytes, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(text)
    message = str(refused.value)
    assert message.startswith("own.toml: ") and said in message and message.isprintable()
    assert refused.value.exit_code is ExitCode.USAGE


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.text(max_size=60), st.binary(max_size=60), st.text(max_size=30).map(lambda text: SMOKE + text)))
def test_any_file_is_a_configuration_or_a_config_error(text: str | bytes) -> None:
    content = text.encode("utf-8", "replace") if isinstance(text, str) else text
    try:
        found = loaded(content)
    except ConfigError:
        return
    assert found.scenarios


def test_a_file_that_cannot_be_read_is_told() -> None:
    Path("folder").mkdir()
    for path in ("folder", "missing.toml", "a\0b"):
        with pytest.raises(ConfigError):
            config.load(Path(path))


def test_a_scenario_is_paced_and_so_is_each_stage_that_says_nothing_else() -> None:
    stages = """
[scenarios.steps]
mix = { A = 1 }
requests_per_second = 20
stages = [
  { users = 1, spawn_rate = 1, duration = "1s" },
  { users = 1, spawn_rate = 1, duration = "1s", requests_per_second = 30.5 },
]
"""
    smoke, steps = loaded(SMOKE + "requests_per_second = 50" + stages).scenarios
    assert (smoke.requests_per_second, smoke.stages) == (50, [])
    assert [stage.requests_per_second for stage in steps.stages] == [20, 30.5]
    assert loaded(SMOKE).scenarios[0].requests_per_second is None


@pytest.mark.parametrize("secret", ["me:hunter2@", "me:a@b/hunter2@", "hunter2@"])
def test_what_a_run_remembers_can_be_said_in_json_and_holds_no_password(secret: str) -> None:
    found = loaded(f'[target]\nhost = "http://{secret}127.0.0.1:1/api?token=hunter2#hunter2"' + SMOKE)
    record = json.dumps(found.as_record(), allow_nan=False)
    assert "hunter2" not in record and "http://127.0.0.1:1/api" in record


def test_names_are_found_whatever_their_case() -> None:
    found = loaded(SMOKE)
    with pytest.raises(UsageError, match=r"did you mean smoke\?"):
        config.find(found, "SMOKE")
    with pytest.raises(ConfigError, match=r"scenarios\.smoke\.mix\.LoraxHttpUser: .* did you mean LoraxHTTPUser\?"):
        config.check_mix(found, ["LoraxHTTPUser"])
    config.check_mix(found, ["LoraxHttpUser", "Other"])
