"""How users get from any counts per worker and class to any others, at the spawn rate.

Locust's own dispatcher looks at the total alone: at an equal total it ignores a new mix, and it stops users blind to
their class. This one starts and stops at the same time, evenly interleaved, so that on the way the total never leaves
the band between its old and its new value. Where all users live in one process, that is the only worker.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic
from typing import Any

import gevent
from locust.dispatch import UsersDispatcher

from lorax_tui.model.crew import REPLACED_IN_S

Post = tuple[str, str]
"""The id of a worker, and a class of users there."""

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


def dealt(counts: Mapping[str, int], workers: Sequence[str]) -> dict[Post, int]:
    """Users by class dealt out to workers: each gets the same mix and as many users, give or take one.

    Class by class, user after user, worker after worker: were the classes mixed up, two workers would get a class each
    of an even mix of two.
    """
    posts: dict[Post, int] = {}
    dealt_before = 0
    for name, count in sorted(counts.items()):
        for rank, worker in enumerate(workers):
            until = dealt_before + count
            posts[worker, name] = turns(until, rank, len(workers)) - turns(dealt_before, rank, len(workers))
        dealt_before += count
    return posts


def turns(users: int, rank: int, workers: int) -> int:
    """How many of the first users the worker of that rank gets."""
    return (users - rank + workers - 1) // workers


def ramp(before: Mapping[Post, int], after: Mapping[Post, int], burst: int) -> Iterator[dict[Post, int]]:
    """The counts on the way from `before` to `after`.

    Args:
        burst: most starts, and most stops, in one step.

    Yields:
        The counts after each step; the last are `after`. Nothing where there is no way to go.
    """
    change = {post: after.get(post, 0) - before.get(post, 0) for post in {*before, *after}}
    starts = {post: count for post, count in change.items() if count > 0}
    stops = {post: -count for post, count in change.items() if count < 0}
    start_count, stop_count = sum(starts.values()), sum(stops.values())
    span = max(start_count, stop_count)
    starting, stopping = by_worker(starts), by_worker(stops)
    now = dict(before)
    started = stopped = 0
    for step in range(burst, span + burst, burst):
        done = min(step, span)
        starts_due, stops_due = start_count * done // span, stop_count * done // span
        for post in islice(starting, starts_due - started):
            now[post] = now.get(post, 0) + 1
        for post in islice(stopping, stops_due - stopped):
            now[post] -= 1
        started, stopped = starts_due, stops_due
        yield dict(now)


def by_worker(counts: Mapping[Post, int]) -> Iterator[Post]:
    """Each post as often as its count: the workers interleaved, and on each of them its classes.

    A worker that starts as many users as it stops does both in the same steps, so its own total stays what it is.
    """
    workers: dict[str, dict[str, int]] = {}
    for (worker, name), count in counts.items():
        workers.setdefault(worker, {})[name] = count
    classes = {worker: interleaved(of_worker) for worker, of_worker in workers.items()}
    for worker in interleaved({worker: sum(of_worker.values()) for worker, of_worker in workers.items()}):
        yield worker, next(classes[worker])


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
    actual: Callable[[], dict[Post, int]] = dict
    """The users that run now: a user that died is started again with the next change."""
    stepped_s: float = float("-inf")
    """When users were last started or stopped, so that the next change keeps to the spawn rate too."""
    had: int = 0
    """Users that there were when a worker was lost with some of them; up to so many are back faster than the spawn
    rate, for they have been there already."""


class MixDispatcher(UsersDispatcher):
    """Locust's dispatcher interface over `ramp`."""

    def __init__(self, plan: Plan, worker_nodes: list[Any], user_classes: list[Any]) -> None:
        self._workers = [node.id for node in worker_nodes]
        super().__init__(worker_nodes, user_classes)
        self._plan = plan

    def new_dispatch(self, target_user_count: int, spawn_rate: float, user_classes: list[Any] | None = None) -> None:
        """Begin to go to `target_user_count` users of the plan's mix; replaces whatever was under way."""
        super().new_dispatch(target_user_count, spawn_rate, user_classes)
        self._dispatcher_generator = self._ramps(target_user_count, spawn_rate)

    def _ramps(self, users: int, spawn_rate: float) -> Iterator[dict[str, dict[str, int]]]:
        if self._plan.had:
            lost = self._plan.had - sum(self._plan.actual().values())
            yield from self._paced(min(self._plan.had, users), max(spawn_rate, lost / REPLACED_IN_S))
            self._plan.had = 0
        yield from self._paced(users, spawn_rate)

    def _paced(self, users: int, spawn_rate: float) -> Iterator[dict[str, dict[str, int]]]:
        after = dealt(class_counts(users, self._plan.mix), self._workers)
        burst = max(1, round(spawn_rate / STEPS_PER_S))
        due_s = max(self._plan.stepped_s + burst / spawn_rate, monotonic())
        for counts in ramp(self._plan.actual(), after, burst):
            gevent.sleep(max(0.0, due_s - monotonic()))
            self._plan.stepped_s = monotonic()
            yield self._by_worker(counts)
            due_s = self._plan.stepped_s + burst / spawn_rate

    def _by_worker(self, counts: dict[Post, int]) -> dict[str, dict[str, int]]:
        workers: dict[str, dict[str, int]] = {worker: {} for worker in self._workers}
        for (worker, name), count in counts.items():
            if worker in workers:
                workers[worker][name] = count
        return workers
