"""Watches the target's memory: a poll of `/memory_status` a second, more where several workers answer, each on a
connection of its own.

Whatever the target does, or does not, becomes a sample; what the samples mean is told by others.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from math import floor

import httpx

from lorax_tui.model.records import TargetSample
from lorax_tui.target.ask import Unanswered, ask, open_client
from lorax_tui.target.memory_status import MemoryStatus, read_memory_status
from lorax_tui.target.workers import Workers

MOST_POLLS_A_BEAT = 4
"""One for each worker that answers, up to so many."""

_RECENT_POLLS = 20

_PLAIN = re.compile(r"[a-z]+(?:[._][a-z]+)*")
"""A name that a program gives; most secrets have digits or capitals."""


class MemoryProbe:
    """Polls until it is cancelled. A slow poll delays the next one to the beat after it; polls never overlap."""

    def __init__(
        self,
        base_url: str,
        *,
        clock: Callable[[], float],
        on_sample: Callable[[TargetSample], None],
        interval_s: float = 1.0,
        timeout_s: float = 5.0,
        ca_file: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        addresses: Sequence[str] = (),
        quotes: bool = True,
    ) -> None:
        """Connect nowhere yet.

        Args:
            base_url: of the target, without a slash at its end.
            clock: seconds since the run began.
            on_sample: told of each poll when it has ended, in the loop's thread.
            interval_s: from one beat to the next.
            timeout_s: longest time of a poll.
            ca_file: certificates to trust instead of the system's.
            transport: what carries the requests, instead of the network.
            addresses: where connections go, whatever the name may mean by then.
            quotes: whether to repeat words of the target; they may be secrets that only other processes know.

        Raises:
            TargetError: the file of certificates cannot be read.
        """
        self._url = f"{base_url}/memory_status"
        self._clock = clock
        self._on_sample = on_sample
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._client = open_client(base_url, ca_file, transport, addresses)
        self._workers = Workers(base_url)
        self._quotes = quotes
        self._recent: deque[int] = deque(maxlen=_RECENT_POLLS)
        """Who answered."""

    async def run(self) -> None:
        """Poll until cancelled; only once."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        async with self._client:
            while True:
                self._on_sample(await self._poll())
                pause_s = self._pause_s
                beats = floor((loop.time() - began_s) / pause_s) + 1
                await asyncio.sleep(began_s + beats * pause_s - loop.time())

    @property
    def _pause_s(self) -> float:
        """From one beat to the next: shorter where several workers share the answers."""
        return self._interval_s / min(MOST_POLLS_A_BEAT, max(1, len(set(self._recent))))

    async def _poll(self) -> TargetSample:
        round_trip_ms: float | None = None
        try:
            answer = await ask(self._client, "GET", self._url, self._timeout_s)
            round_trip_ms = answer.round_trip_ms
            if answer.status != 200:
                return self._nothing(f"HTTP {answer.status}: {answer.glimpse()}", round_trip_ms)
            status = read_memory_status(answer.json())
        except Unanswered as error:
            return self._nothing(str(error), None)
        except ValueError as error:
            return self._nothing(str(error), round_trip_ms)
        age_s = self._remember(status)
        return TargetSample(
            at_s=self._clock(),
            round_trip_ms=round_trip_ms,
            pid=status.pid,
            rss_mb=status.rss_mb,
            vms_mb=status.vms_mb,
            file_cache_size=status.file_cache_size,
            artifacts={name: value for name, value in status.artifacts.items() if self._may_be_told(name)},
            age_s=age_s,
            ended=self._workers.ended(),
        )

    def _remember(self, status: MemoryStatus) -> float | None:
        if status.pid is not None:
            self._recent.append(status.pid)
        return self._workers.answered(status)

    def _may_be_told(self, name: str) -> bool:
        return self._quotes or _PLAIN.fullmatch(name) is not None

    def _nothing(self, error: str, round_trip_ms: float | None) -> TargetSample:
        if not self._quotes:
            error = error.partition(":")[0]
        ended = self._workers.ended()
        return TargetSample(at_s=self._clock(), round_trip_ms=round_trip_ms, error=error, ended=ended)
