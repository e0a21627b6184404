"""The memory probe against a real server that misbehaves: each poll is one sample, one at a time."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from lorax_tui.errors import TargetError
from lorax_tui.model.records import TargetSample
from lorax_tui.model.text import safe
from lorax_tui.target.memory_status import MemoryStatus
from lorax_tui.target.probe import MemoryProbe
from lorax_tui.target.workers import Workers
from tests.engine.httpserver import Authority, HttpServer, Peer, Received, Route
from tests.waiting import wait_until

STATUS = {"rss_MB": 100.25, "vms_MB": 200.0, "file_cache_size": 0, "pid": 7}


def answering(body: bytes, *fields: str, status: str = "200 OK") -> Route:
    return lambda peer, request: peer.answer(body, *fields, status=status)


GOOD = answering(json.dumps(STATUS).encode(), "Content-Type: application/json")


def server(route: Route) -> HttpServer:
    return HttpServer(defaultdict(lambda: route))


async def samples(
    url: str, enough: Callable[[list[TargetSample]], bool], timeout_s: float = 5.0, ca_file: str | None = None
) -> list[TargetSample]:
    """What a quick probe sees until it is enough; then it is cancelled, which it must obey at once."""
    seen: list[TargetSample] = []
    came = asyncio.Event()

    def take(sample: TargetSample) -> None:
        seen.append(sample)
        if enough(seen):
            came.set()

    began_s = time.monotonic()
    probe = MemoryProbe(
        url,
        clock=lambda: time.monotonic() - began_s,
        on_sample=take,
        interval_s=0.02,
        timeout_s=timeout_s,
        ca_file=ca_file,
    )
    task = asyncio.create_task(probe.run())
    try:
        await asyncio.wait_for(came.wait(), 20)
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=2)
        assert task.cancelled()
    return seen


async def first(route: Route, timeout_s: float = 5.0) -> TargetSample:
    with server(route) as target:
        return (await samples(target.url, lambda seen: True, timeout_s))[0]


def reset(peer: Peer, request: Received) -> None:
    peer.reset()


def hang(peer: Peer, request: Received) -> None:
    peer.hang()


def drip(peer: Peer, request: Received) -> None:
    peer.close()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not peer.stopping.wait(0.02):
        peer.send(b" ")


def endless(peer: Peer, request: Received) -> None:
    peer.close()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not peer.stopping.is_set():
        peer.send(b" " * 65536)


async def test_each_poll_is_a_sample_on_a_connection_of_its_own() -> None:
    with server(GOOD) as target:
        seen = await samples(target.url, lambda seen: len(seen) == 4)
        assert len({request.connection for request in target.requests}) == len(target.requests)
        assert {request.header("connection") for request in target.requests} == {"close"}
        assert {request.target for request in target.requests} == {"/memory_status"}
    assert [sample.at_s for sample in seen] == sorted(sample.at_s for sample in seen)
    for sample in seen:
        assert (sample.pid, sample.rss_mb, sample.vms_mb, sample.file_cache_size) == (7, 100.25, 200.0, 0)
        assert sample.round_trip_ms is not None and sample.round_trip_ms > 0
        assert sample.error is None


async def test_the_base_path_is_kept() -> None:
    with server(GOOD) as target:
        await samples(f"{target.url}/api", lambda seen: True)
        assert {request.target for request in target.requests} == {"/api/memory_status"}


async def test_polls_never_overlap() -> None:
    under_way: list[int] = []
    most: list[int] = []

    def slow(peer: Peer, request: Received) -> None:
        under_way.append(1)
        most.append(len(under_way))
        peer.stopping.wait(0.1)
        under_way.pop()
        GOOD(peer, request)

    with server(slow) as target:
        seen = await samples(target.url, lambda seen: len(seen) == 4)
    assert max(most) == 1
    gaps = [later.at_s - earlier.at_s for earlier, later in pairwise(seen)]
    assert min(gaps) >= 0.1


async def test_missing_figures_are_unknown_and_no_error() -> None:
    sample = await first(answering(b'{"pid": true, "rss": 3}'))
    assert (sample.pid, sample.rss_mb, sample.vms_mb, sample.file_cache_size, sample.error) == (None,) * 5


@pytest.mark.parametrize(
    ("route", "words"),
    [
        (answering(b'{"detail":"Not Found"}', status="404 Not Found"), 'HTTP 404: {"detail":"Not Found"}'),
        (answering(b"Internal Server Error", status="500 Oops"), "HTTP 500: Internal Server Error"),
        (answering(b"", "Location: http://10.0.0.1/", status="302 Found"), "HTTP 302"),
        (answering(b"<!doctype html>\n<p>\x1b[2J"), "no JSON: <!doctype html> <p>␛[2J"),
        (answering(b"\xff\xfe\x00"), "no JSON"),
        (answering(b""), "no JSON: nothing"),
        (answering(b"[" * 500_000), "no JSON"),
        (answering(b'{"rss_MB": ' + b"9" * 5000 + b"}"), "no JSON"),
        (answering(b"[1]"), "no JSON object"),
        (answering(b'{"error": "broken"}'), "broken"),
        (answering(gzip.compress(b"{}"), "Content-Encoding: gzip"), "no JSON"),
        (answering(b" " * (1 << 20) + b"{}"), "larger than 1 MiB"),
        (endless, "larger than 1 MiB"),
        (lambda peer, request: (peer.send(b"SSH-2.0-OpenSSH\r\n\r\n"), peer.close())[1], "illegal"),
        (
            lambda peer, request: (peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), peer.close())[1],
            "closed",
        ),
        (reset, "connection reset"),
    ],
)
async def test_whatever_is_no_status_is_a_sample_with_an_error(route: Route, words: str) -> None:
    sample = await first(route)
    assert sample.error is not None and words in sample.error
    assert safe(sample.error) == sample.error
    assert (sample.pid, sample.rss_mb, sample.vms_mb, sample.file_cache_size) == (None,) * 4


@pytest.mark.parametrize("route", [hang, drip])
async def test_a_poll_has_a_time_limit(route: Route) -> None:
    sample = await first(route, timeout_s=0.3)
    assert sample.error == "no answer within 0.3 s"
    assert sample.round_trip_ms is None


async def test_a_hanging_poll_can_be_cancelled() -> None:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def tell_and_hang(peer: Peer, request: Received) -> None:
        loop.call_soon_threadsafe(asked.set)
        peer.hang()

    with server(tell_and_hang) as target:
        probe = MemoryProbe(target.url, clock=time.monotonic, on_sample=lambda sample: None)
        task = asyncio.create_task(probe.run())
        await asyncio.wait_for(asked.wait(), 10)
        task.cancel()
        await asyncio.wait([task], timeout=2)
        assert task.cancelled()


async def test_a_target_that_is_gone_and_comes_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    sample = (await samples(f"http://127.0.0.1:{port}", lambda seen: True))[0]
    assert sample.error == "connection refused"
    hung_up = [True]

    def moody(peer: Peer, request: Received) -> None:
        if hung_up:
            hung_up.pop()
            peer.reset()
        else:
            GOOD(peer, request)

    with server(moody) as target:
        seen = await samples(target.url, lambda seen: len(seen) == 2)
    assert [sample.error is None for sample in seen[:2]] == [False, True]


async def test_a_name_that_nobody_has() -> None:
    sample = (await samples("http://no-such-host.invalid:8080", lambda seen: True))[0]
    assert sample.error and "refused" not in sample.error


async def test_tls_is_verified(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with HttpServer(defaultdict(lambda: GOOD), tls=authority.server("127.0.0.1")) as target:
        trusted = (await samples(target.url, lambda seen: True, ca_file=str(authority.ca_file)))[0]
        assert trusted.error is None and trusted.pid == 7
        distrusted = (await samples(target.url, lambda seen: True))[0]
        assert distrusted.error is not None and "certificate refused" in distrusted.error


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(TargetError, match=name):
            MemoryProbe("https://127.0.0.1:1", clock=time.monotonic, on_sample=print, ca_file=str(tmp_path / name))


def test_a_worker_of_this_machine_that_ends_is_known_from_the_process_table() -> None:
    asleep = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(asleep, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        told = MemoryStatus(process.pid, psutil.Process(process.pid).memory_info().rss / 2**20)
        here, elsewhere, smaller = (
            Workers("http://127.0.0.1:1"),
            Workers("http://192.0.2.1:1"),
            Workers("http://[::1]:1"),
        )
        for workers, status in ((here, told), (elsewhere, told), (smaller, MemoryStatus(process.pid, 9000.0))):
            assert (workers.answered(status) is not None) is (workers is here)
            assert workers.ended() == []
        process.kill()
        assert wait_until(here.ended, "the process has ended", 10.0) == [process.pid]
        process.wait()
    assert here.ended() == elsewhere.ended() == smaller.ended() == []
    here.answered(told)
    assert here.ended() == []


async def test_several_workers_are_asked_more_often() -> None:
    def polls_in_a_second(pids: int) -> int:
        probe = MemoryProbe("http://127.0.0.1:1", clock=lambda: 0.0, on_sample=lambda sample: None)
        for number in range(40):
            probe._remember(MemoryStatus(1 + number % pids))
        return round(1 / probe._pause_s)

    assert [polls_in_a_second(pids) for pids in (1, 2, 4, 9)] == [1, 2, 4, 4]
