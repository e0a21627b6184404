"""The probe and the preflight against a real Lorax backend."""

from __future__ import annotations

import asyncio
import time

import pytest

from lorax_tui.errors import TargetError
from lorax_tui.model.records import TargetSample
from lorax_tui.model.scenario import Target
from lorax_tui.target.preflight import preflight
from lorax_tui.target.probe import MemoryProbe
from tests.backend import Backend

pytestmark = pytest.mark.backend


async def test_the_probe_sees_the_server(backend: Backend) -> None:
    samples: list[TargetSample] = []
    enough = asyncio.Event()

    def take(sample: TargetSample) -> None:
        samples.append(sample)
        if len(samples) == 3:
            enough.set()

    probe = MemoryProbe(backend.url, clock=time.monotonic, on_sample=take, interval_s=0.05)
    task = asyncio.create_task(probe.run())
    try:
        await asyncio.wait_for(enough.wait(), 20)
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=2)
    assert task.cancelled()
    for sample in samples:
        assert sample.error is None
        assert sample.pid == backend.pid
        assert sample.rss_mb is not None and sample.rss_mb > 50
        assert sample.vms_mb is not None and sample.vms_mb > sample.rss_mb
        assert sample.file_cache_size is not None and sample.file_cache_size >= 0
        assert sample.round_trip_ms is not None and sample.round_trip_ms > 0
        assert sample.artifacts["registry.max_contexts"] > 0
        assert sample.artifacts["metrics.gauges.process_rss_bytes"] > 50_000_000


async def test_the_preflight_finds_it_usable(backend: Backend) -> None:
    found = await preflight(Target(host=backend.url))
    assert [(check.name, check.ok, check.advice) for check in found.checks] == [
        ("GET /health", True, ""),
        ("POST /init-session", True, ""),
        ("GET /projects", True, ""),
        ("GET /memory_status", True, ""),
    ]
    assert found.checks[2].detail == "data files: 2"
    assert f"pid {backend.pid}," in found.checks[3].detail


async def test_a_wrong_path_is_told_from_a_wrong_server(backend: Backend) -> None:
    with pytest.raises(TargetError, match=r"no Lorax backend at .* HTTP 404.*check the path /api"):
        await preflight(Target(host=f"{backend.url}/api"))


async def test_a_backend_that_speaks_no_tls(backend: Backend) -> None:
    with pytest.raises(TargetError, match=r"TLS failed.*check the name and the scheme"):
        await preflight(Target(host=backend.url.replace("http:", "https:")))
