"""Reading `/memory_status`: whatever comes, a figure is a sound one or unknown."""

import json
from math import inf, isfinite, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorax_tui.model.text import safe
from lorax_tui.target.memory_status import MOST_ARTIFACTS, MemoryStatus, read_memory_status

GOOD = {
    "rss_MB": 412.5,
    "vms_MB": 2048,
    "file_cache_size": 3,
    "pid": 2280,
    "csr_artifacts": {
        "metrics": {"counters": {"hits": 7}, "latencies": {}, "gauges": {"process_rss_bytes": 1.5e8}},
        "registry": {"contexts": 0, "artifact_directories": [], "fingerprints": ["x"], "max_contexts": 8},
    },
}

KEYS = ["rss_MB", "vms_MB", "file_cache_size", "pid", "csr_artifacts", "error"]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(10**400)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=10),
    max_leaves=30,
)
answers = trees | st.dictionaries(st.sampled_from(KEYS), trees)


def test_a_good_answer() -> None:
    assert read_memory_status(GOOD) == MemoryStatus(
        pid=2280,
        rss_mb=412.5,
        vms_mb=2048.0,
        file_cache_size=3,
        artifacts={
            "metrics.counters.hits": 7.0,
            "metrics.gauges.process_rss_bytes": 1.5e8,
            "registry.contexts": 0.0,
            "registry.max_contexts": 8.0,
        },
    )


@pytest.mark.parametrize("odd", [None, True, False, nan, inf, -inf, -1, -0.5, "412", [412], {"MB": 412}, 10**400])
@pytest.mark.parametrize(
    ("key", "name"),
    [("rss_MB", "rss_mb"), ("vms_MB", "vms_mb"), ("file_cache_size", "file_cache_size"), ("pid", "pid")],
)
def test_an_odd_figure_is_unknown_and_spoils_no_other(key: str, name: str, odd: object) -> None:
    status = read_memory_status(GOOD | {key: odd})
    assert getattr(status, name) is None
    assert status.unknown() == (key,)


@pytest.mark.parametrize("key", ["rss_MB", "vms_MB", "file_cache_size", "pid"])
def test_a_renamed_figure_is_unknown(key: str) -> None:
    assert read_memory_status({k if k != key else "renamed": v for k, v in GOOD.items()}).unknown() == (key,)


def test_a_number_too_large_for_a_float_is_unknown() -> None:
    assert read_memory_status(json.loads('{"rss_MB": 1e400, "vms_MB": NaN}')) == MemoryStatus()


def test_artifacts_are_bounded() -> None:
    status = read_memory_status({"csr_artifacts": {f"n{number}": number for number in range(1000)}})
    assert len(status.artifacts) == MOST_ARTIFACTS


@pytest.mark.parametrize("answer", [None, 3, "text", [], [GOOD]])
def test_no_object_is_no_answer(answer: object) -> None:
    with pytest.raises(ValueError, match="no JSON object"):
        read_memory_status(answer)


def test_an_error_in_place_of_figures_is_told() -> None:
    with pytest.raises(ValueError, match="no such ␛thing"):
        read_memory_status({"error": "no such \x1bthing"})


@settings(max_examples=200)
@given(answers)
def test_any_json_gives_sound_figures_or_none(answer: object) -> None:
    try:
        status = read_memory_status(answer)
    except ValueError as error:
        assert safe(error) == str(error)
        return
    for size in (status.rss_mb, status.vms_mb):
        assert size is None or (isinstance(size, float) and isfinite(size) and size > 0)
    for whole in (status.pid, status.file_cache_size):
        assert whole is None or (type(whole) is int and 0 <= whole <= 2**53)
    assert status.pid != 0
    assert len(status.artifacts) <= MOST_ARTIFACTS
    assert all(safe(name) == name and isfinite(number) for name, number in status.artifacts.items())
