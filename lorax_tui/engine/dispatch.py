"""How users get from any counts per class to any others, at the spawn rate.

Locust's own dispatcher looks at the total alone: at an equal total it ignores a new mix, and it stops users blind to
their class. This one starts and stops at the same time, evenly interleaved, so that on the way the total never leaves
the band between its old and its new value.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic
from typing import Any

import gevent
from locust.dispatch import UsersDispatcher

STEPS_PER_S = 10
"""Most changes of the counts in a second: a high spawn rate goes in small bursts, a low one user by user."""


def class_counts(users: int, mix: Mapping[str, float]) -> dict[str, int]:
    """Whole users by class that add up to `users` and are nearest to the weights of `mix` (largest remainder)."""
    weights = {name: weight for name, weight in mix.items() if weight > 0}
    whole = sum(weights.values())
    shares = {name: users * weight / whole for name, weight in weights.items()}
    counts = {name: int(share) for name, share in shares.items()}
    nearest = sorted(shares, key=lambda name: (counts[name] - shares[name], name))
    for name in nearest[: users - sum(counts.values())]:
        counts[name] += 1
    return counts


def ramp(before: Mapping[str, int], after: Mapping[str, int], burst: int) -> Iterator[dict[str, int]]:
    """The counts on the way from `before` to `after`.

    Args:
        burst: most starts, and most stops, in one step.

    Yields:
        The counts after each step; the last are `after`. Nothing where there is no way to go.
    """
    names = {*before, *after}
    change = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    starts = {name: count for name, count in change.items() if count > 0}
    stops = {name: -count for name, count in change.items() if count < 0}
    start_count, stop_count = sum(starts.values()), sum(stops.values())
    span = max(start_count, stop_count)
    starting, stopping = interleaved(starts), interleaved(stops)
    now = dict(before)
    started = stopped = 0
    for step in range(burst, span + burst, burst):
        done = min(step, span)
        starts_due, stops_due = start_count * done // span, stop_count * done // span
        for name in islice(starting, starts_due - started):
            now[name] = now.get(name, 0) + 1
        for name in islice(stopping, stops_due - stopped):
            now[name] -= 1
        started, stopped = starts_due, stops_due
        yield dict(now)


def interleaved(counts: Mapping[str, int]) -> Iterator[str]:
    """Each name as often as its count, spread evenly over the whole."""
    heap = [(0.5 / count, 0, name) for name, count in sorted(counts.items()) if count > 0]
    heapq.heapify(heap)
    while heap:
        _, done, name = heap[0]
        yield name
        if done + 1 < counts[name]:
            heapq.heapreplace(heap, ((done + 1.5) / counts[name], done + 1, name))
        else:
            heapq.heappop(heap)


@dataclass(slots=True)
class Plan:
    """What the dispatcher is to reach; outlives it, because Locust makes a new one after every stop."""

    mix: dict[str, float] = field(default_factory=dict)
    actual: Callable[[], dict[str, int]] = dict
    """The users that run now, by class: a user that died is started again with the next change."""
    stepped_s: float = float("-inf")
    """When users were last started or stopped, so that the next change keeps to the spawn rate too."""


class MixDispatcher(UsersDispatcher):
    """Locust's dispatcher interface over `ramp`."""

    def __init__(self, plan: Plan, worker_nodes: list[Any], user_classes: list[Any]) -> None:
        super().__init__(worker_nodes, user_classes)
        self._plan = plan

    def new_dispatch(self, target_user_count: int, spawn_rate: float, user_classes: list[Any] | None = None) -> None:
        """Begin to go to `target_user_count` users of the plan's mix; replaces whatever was under way."""
        super().new_dispatch(target_user_count, spawn_rate, user_classes)
        self._dispatcher_generator = self._paced(class_counts(target_user_count, self._plan.mix), spawn_rate)

    def _paced(self, after: dict[str, int], spawn_rate: float) -> Iterator[dict[str, dict[str, int]]]:
        node = self._worker_nodes[0].id
        burst = max(1, round(spawn_rate / STEPS_PER_S))
        due_s = max(self._plan.stepped_s + burst / spawn_rate, monotonic())
        for counts in ramp(self._plan.actual(), after, burst):
            gevent.sleep(max(0.0, due_s - monotonic()))
            self._plan.stepped_s = monotonic()
            yield {node: counts}
            due_s = self._plan.stepped_s + burst / spawn_rate
