"""scenarios.toml: the shipped one is right, and a wrong one is refused with the place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui import config
from lorax_tui.errors import ConfigError, ExitCode, UsageError
from lorax_tui.model.duration import format_duration, parse_duration
from lorax_tui.model.scenario import OnEnd, Transport
from tests.unit.configured import SMOKE, loaded

pytestmark = pytest.mark.usefixtures("elsewhere")


def test_the_packaged_scenarios_are_the_eight_of_the_project() -> None:
    found = config.load()
    assert found.path == config.PACKAGED
    assert [(s.name, s.users, s.spawn_rate, s.duration_s) for s in found.scenarios] == [
        ("smoke", 5, 5, 60),
        ("light", 10, 2, 120),
        ("medium", 50, 5, 300),
        ("heavy", 100, 10, 600),
        ("sustained", 50, 5, 1800),
        ("spike", 200, 50, 300),
        ("stress", 150, 15, 900),
        ("endurance", 30, 3, 3600),
    ]
    assert found.scenarios[0].mix == {"LoraxHttpUser": 2, "LoraxSocketUser": 2, "LoraxMixedUser": 1}
    assert found.scenarios[0].thresholds["HTTP"] == ["p95 < 1s", "p99 < 2s", "error_rate < 1%"]
    assert not found.scenarios[0].own_thresholds
    watched = {scenario.name: scenario.max_growth_mb_per_min for scenario in found.scenarios}
    assert {name: limit for name, limit in watched.items() if limit is not None} == {"sustained": 1, "endurance": 1}


@pytest.mark.parametrize(
    ("keys", "limit"),
    [
        ("", None),
        ("watch_memory = true", 1.0),
        ("watch_memory = true\nmax_growth_mb_per_min = 0.5", 0.5),
        ("max_growth_mb_per_min = 2", 2.0),
        ("watch_memory = false\nmax_growth_mb_per_min = 2", None),
    ],
)
def test_a_scenario_watches_memory_if_it_says_so_or_names_a_limit(keys: str, limit: float | None) -> None:
    assert loaded(SMOKE + keys).scenarios[0].max_growth_mb_per_min == limit


def test_the_packaged_file_is_the_one_at_the_top_of_the_project() -> None:
    assert config.PACKAGED.resolve() == (Path(__file__).parents[2] / "scenarios.toml").resolve()


def test_the_file_beside_us_comes_before_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "config" / "lorax-tui" / "scenarios.toml"
    own.parent.mkdir(parents=True)
    own.write_text(SMOKE)
    assert config.load().path == own
    Path("scenarios.toml").write_text(SMOKE)
    assert config.load().path == Path("scenarios.toml")


def test_everything_that_can_be_said() -> None:
    found = loaded(
        """
        [target]
        host = "http://127.0.0.1:9"
        project = "p"
        file = "f.trees"
        [guard]
        max_users = 40
        [thresholds]
        HTTP = ["p95 < 10ms"]
        [scenarios.steps]
        mix = { A = 1, B = 0.5, C = 0 }
        on_end = "hold"
        stages = [
          { users = 10, spawn_rate = 1, duration = "10s" },
          { users = 40, spawn_rate = 2.5, duration = "1m" },
        ]
        [scenarios.own]
        users = 1
        spawn_rate = 1
        duration = "1s"
        mix = { A = 1 }
        thresholds = { "Socket.IO" = ["p99 < 1s"] }
        """
    )
    steps, own = found.scenarios
    assert found.target.file == "f.trees" and found.guard.max_users == 40
    assert (steps.users, steps.spawn_rate, steps.duration_s, steps.on_end) == (40, 1, 70, OnEnd.HOLD)
    assert [stage.users for stage in steps.stages] == [10, 40]
    assert steps.mix == {"A": 1, "B": 0.5} and steps.thresholds == {"HTTP": ["p95 < 10ms"]}
    assert own.own_thresholds and own.thresholds == {"Socket.IO": ["p99 < 1s"]}
    assert found.as_record()["path"] == "own.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[scenario.smoke]", ["scenario", "unknown key", "did you mean scenarios?"]),
        ("[target]\nhots = 'x'" + SMOKE, ["target.hots = 'x'", "did you mean host?"]),
        ("[target]\nhost = 8080" + SMOKE, ["target.host = 8080", "Expected `str`"]),
        ("[guard]\nmax_users = 1.5" + SMOKE, ["guard.max_users = 1.5"]),
        ("[guard]\nmax_users = 0" + SMOKE, ["guard", "above 0"]),
        ("[guard]\nmax_users = 4" + SMOKE, ["scenarios.smoke.users = 5", "from 1 to 4"]),
        ("[guard]\nmax_spawn_rate = 4" + SMOKE, ["scenarios.smoke.spawn_rate = 5", "up to 4"]),
        ("[engine]\ntransport = 'poling'" + SMOKE, ["engine.transport = 'poling'", "did you mean polling?"]),
        ("[engine]\ntransports = 'polling'" + SMOKE, ["engine.transports", "did you mean transport?"]),
        ("[target]\ntransport = 'polling'" + SMOKE, ["target.transport = 'polling': unknown key"]),
        ("[thresholds]\nHttp = []" + SMOKE, ["thresholds.Http", "did you mean HTTP?"]),
        ("[thresholds]\nHTTP = 'p95 < 1s'" + SMOKE, ["a list of rules"]),
        ("[thresholds]\nHTTP = ['p95 > 1s']" + SMOKE, ["'p95 > 1s' is no rule"]),
        ("[thresholds]\nHTTP = ['p96 < 1s']" + SMOKE, ["unknown metric 'p96'"]),
        ("[thresholds]\nHTTP = ['error_rate < 1s']" + SMOKE, ["expected %"]),
        (SMOKE + "user = 5", ["scenarios.smoke.user = 5", "did you mean users?"]),
        (SMOKE + "on_end = 'stopp'", ["scenarios.smoke.on_end", "did you mean stop?"]),
        (SMOKE + "stages = []", ["scenarios.smoke.users = 5", "leave it out"]),
        (SMOKE + "watch_memory = 1", ["scenarios.smoke.watch_memory = 1", "true or false"]),
        (SMOKE + "max_growth_mb_per_min = 0", ["scenarios.smoke.max_growth_mb_per_min = 0", "MB a minute, above 0"]),
        (SMOKE + "max_growth_mb_per_min = true", ["max_growth_mb_per_min = True"]),
        (SMOKE + "max_growth_mb_per_mon = 1", ["did you mean max_growth_mb_per_min?"]),
        (SMOKE + "purpose = 5", ["scenarios.smoke.purpose = 5", "expected a text"]),
        (SMOKE.replace("users = 5", "users = true"), ["users = True", "a whole number"]),
        (SMOKE.replace("users = 5", "users = '5'"), ["users = '5'"]),
        (SMOKE.replace("users = 5", ""), ["scenarios.smoke: users is missing"]),
        (SMOKE.replace("spawn_rate = 5", "spawn_rate = nan"), ["spawn_rate = nan"]),
        (SMOKE.replace("spawn_rate = 5", "spawn_rate = 0"), ["spawn_rate = 0", "above 0"]),
        (SMOKE.replace('"1m"', "60"), ["duration = 60", "90s"]),
        (SMOKE.replace('"1m"', '"1 minute"'), ["'1 minute' is no duration"]),
        (SMOKE.replace("{ LoraxHttpUser = 2 }", "{}"), ["scenarios.smoke.mix", "at least one"]),
        (SMOKE.replace("{ LoraxHttpUser = 2 }", "{ A = -1 }"), ["mix.A = -1"]),
        (SMOKE.replace("{ LoraxHttpUser = 2 }", "'A'"), ["mix = 'A'", "expected a table"]),
        (SMOKE.replace("mix = { LoraxHttpUser = 2 }", ""), ["scenarios.smoke.mix is missing"]),
        (SMOKE.replace("scenarios.smoke", "scenarios.'../x'"), ["scenarios.../x", "a name"]),
        ("[scenarios.a]\nmix = {A = 1}\nstages = 3", ["scenarios.a.stages = 3", "expected a list"]),
        ("[scenarios.a]\nmix = {A = 1}\nstages = [{users = 1}]", ["stages[0]: spawn_rate is missing"]),
        ("", ["scenarios", "there is none"]),
        ("[scenarios", ["no TOML", "line 1"]),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_way_out(text: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(text)
    message = str(refused.value)
    assert message.startswith("own.toml: ") and "\n" not in message
    for part in said:
        assert part in message
    assert refused.value.exit_code is ExitCode.USAGE


def test_what_socket_io_goes_over_is_the_engines_choice() -> None:
    assert loaded(SMOKE).target.transport is Transport.WEBSOCKET
    assert loaded("[engine]\ntransport = 'polling'" + SMOKE).target.transport is Transport.POLLING


def test_a_file_that_says_nothing_of_thresholds_has_the_common_ones() -> None:
    assert loaded(SMOKE).scenarios[0].thresholds == config.load(config.PACKAGED).scenarios[0].thresholds
    assert loaded("[thresholds]" + SMOKE).scenarios[0].thresholds == {}


def test_a_missing_file_and_one_that_is_no_text() -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read: No such file"):
        config.load(Path("gone.toml"))
    Path("own.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 0"):
        config.load(Path("own.toml"))


def test_hostile_keys_are_shown_harmless() -> None:
    with pytest.raises(ConfigError) as refused:
        loaded('"\\u001b[2J" = 1')
    assert "\x1b" not in str(refused.value)


def test_an_unknown_scenario_or_class_names_the_nearest() -> None:
    found = loaded(SMOKE)
    with pytest.raises(UsageError, match=r"did you mean smoke\?"):
        config.find(found, "smok")
    with pytest.raises(ConfigError, match=r"scenarios\.smoke\.mix\.LoraxHttpUser: .* did you mean LoraxHttpUsers?"):
        config.check_mix(found, ["LoraxHttpUsers"])


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1h30m", 5400), ("1.5h", 5400), ("0.5s", 0.5), (" 2m ", 120)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0s", "5", "m", "5d", "30m1h", "-5s", "1e3s", "nan", "5 s"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="90s, 5m or 1h30m"):
        parse_duration(text)


@given(st.integers(1, 10**6))
def test_a_duration_reads_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


def test_rules_for_an_operation_with_a_time_and_for_the_memory() -> None:
    [scenario] = loaded(
        SMOKE
        + """
[scenarios.smoke.thresholds]
HTTP = ["p95<1s", { rule = "error_rate < 5%", for = "30s", on_breach = "stop" }]
"HTTP GET /projects" = ["p95 < 300ms for 1m"]
memory = ["rss_growth < 2 MB/min"]
"""
    ).scenarios
    assert scenario.thresholds == {
        "HTTP": ["p95 < 1s", "error_rate < 5% for 30s then stop"],
        "HTTP GET /projects": ["p95 < 300ms for 1m"],
    }
    assert scenario.max_growth_mb_per_min == 2 and scenario.own_thresholds


@pytest.mark.parametrize(
    ("thresholds", "said"),
    [
        ('"FTP" = ["p95 < 1s"]', ["thresholds.FTP", "HTTP"]),
        ('memory = ["rss_growth < 2 MB/min then stop"]', ["rss_growth < 2 MB/min then stop", "over all of a phase"]),
        ('memory = ["rss_growth < 2 MB/min for 30s"]', ["leave 'for' and 'then' out"]),
        ('HTTP = ["p95 < 1s", "p95<1s"]', ["p95 < 1s", "there twice"]),
        ('HTTP = [{ rul = "p95 < 1s" }]', ['thresholds."HTTP".rul', "did you mean rule?"]),
        ('HTTP = [{ rule = "p95 < 1s", for = "ever" }]', ["column 14", "a length of time"]),
        ('HTTP = [{ rule = "p95 < 1s", on_breach = "go" }]', ["column 15", "mark or stop"]),
        ("HTTP = [3]", ["expected a rule as in"]),
        ('HTTP = ["rss_growth < 2 MB/min"]', ["rss_growth is the rule of memory"]),
        ('memory = ["p95 < 1s"]', ["rss_growth is the rule of memory"]),
    ],
)
def test_rules_that_cannot_be_are_refused(thresholds: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(f"{SMOKE}[scenarios.smoke.thresholds]\n{thresholds}\n")
    for part in said:
        assert part in str(refused.value)
