"""What a user has to know of the file it looks at, taken from what the target says of it. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WINDOW_TREES = 10
"""Trees that a person looks at together."""

_MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class DataSet:
    """A loaded file."""

    num_trees: int
    num_samples: int
    sample_names: tuple[str, ...]
    """Some of the samples' names."""
    has_lineage: bool
    """Whether ancestors can be asked for; not so for a table of trees."""

    @classmethod
    def of(cls, file: str, config: Mapping[str, Any]) -> DataSet:
        """Read the `config` of an answer; what is missing or odd is taken to be as small as can be."""
        num_trees = config.get("num_trees")
        if not isinstance(num_trees, int):
            num_trees = _length(config.get("intervals")) - 1
        num_samples = config.get("num_samples")
        names = config.get("sample_names") or config.get("samples") or ()
        return cls(
            max(num_trees, 1),
            max(num_samples, 1) if isinstance(num_samples, int) else 1,
            tuple(map(str, list(names)[:_MOST_NAMES])) if isinstance(names, dict | list) else (),
            not file.endswith(".csv"),
        )

    def window(self) -> range:
        """Neighbouring trees, anywhere in the file."""
        first = random.randint(0, max(self.num_trees - WINDOW_TREES, 0))
        return range(first, min(first + WINDOW_TREES, self.num_trees))

    def sample(self) -> int:
        """One of the samples."""
        return random.randrange(self.num_samples)

    def sample_name(self) -> str:
        """The name of one of the samples; its number, where the file holds no names."""
        return random.choice(self.sample_names) if self.sample_names else str(self.sample())


def _length(value: object) -> int:
    return len(value) if isinstance(value, Sequence) else 0
