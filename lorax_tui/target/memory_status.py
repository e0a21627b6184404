"""What an answer to `/memory_status` tells. Pure; whatever is missing or odd is `None`, never 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lorax_tui.model.bounds import LARGEST_FIGURE
from lorax_tui.model.hidden import hide
from lorax_tui.model.text import safe

MOST_ARTIFACTS = 64
_DEEPEST = 6
_LONGEST_NAME = 80
_LARGEST_COUNT = 2**53
_LARGEST_PID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class MemoryStatus:
    """The figures of one worker."""

    pid: int | None = None
    rss_mb: float | None = None
    vms_mb: float | None = None
    file_cache_size: int | None = None
    artifacts: dict[str, float] = field(default_factory=dict)
    """Numbers of the artifact store by dotted name; the first ones, where there are very many."""

    def unknown(self) -> tuple[str, ...]:
        """Names of the figures that the answer should tell and does not."""
        figures = {
            "pid": self.pid,
            "rss_MB": self.rss_mb,
            "vms_MB": self.vms_mb,
            "file_cache_size": self.file_cache_size,
        }
        return tuple(name for name, value in figures.items() if value is None)


def read_memory_status(answer: object) -> MemoryStatus:
    """The figures in decoded JSON.

    Raises:
        ValueError: it is no object, or one that only tells an error; the message is safe to show.
    """
    if not isinstance(answer, dict):
        raise ValueError("the answer is no JSON object")
    status = MemoryStatus(
        pid=_whole(answer.get("pid"), 1, _LARGEST_PID),
        rss_mb=_size(answer.get("rss_MB")),
        vms_mb=_size(answer.get("vms_MB")),
        file_cache_size=_whole(answer.get("file_cache_size"), 0, _LARGEST_COUNT),
        artifacts=_flat(answer.get("csr_artifacts")),
    )
    if "error" in answer and status.rss_mb is None:
        raise ValueError(f"the target answers with an error: {safe(hide(answer['error']), 200)}")
    return status


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) <= LARGEST_FIGURE else None


def _size(value: object) -> float | None:
    """A process that takes no memory, or less than none, is not one."""
    number = _number(value)
    return number if number is not None and number > 0 else None


def _whole(value: object, least: int, most: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if least <= value <= most else None


def _flat(tree: object) -> dict[str, float]:
    flat: dict[str, float] = {}
    for name, number in _numbers(tree, "", _DEEPEST):
        flat[name] = number
        if len(flat) == MOST_ARTIFACTS:
            break
    return flat


def _numbers(tree: object, path: str, depth: int) -> Iterator[tuple[str, float]]:
    if not isinstance(tree, Mapping) or depth == 0:
        return
    for key, value in tree.items():
        name = safe(hide(f"{path}.{key}" if path else key), _LONGEST_NAME)
        number = _number(value)
        if number is not None:
            yield name, number
        else:
            yield from _numbers(value, name, depth - 1)
