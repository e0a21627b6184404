"""What equal errors have in common: their text without the numbers that differ each time.

Pure, and told nothing of what the text is about.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SPEAKING_KINDS = frozenset({"status", "timeout"})
"""Kinds whose numbers are what tells them apart: a 404 is no 500."""

_VARIABLE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|0x[0-9a-f]+"
    r"|\b(?=[a-f]*\d)[0-9a-f]{8,}\b"
    r"|\d+",
    re.IGNORECASE,
)
"""A UUID, a hexadecimal number, a run of digits."""


@lru_cache(maxsize=512)
def pattern(kind: str, message: str) -> str:
    """The message with `#` for every number and identifier in it; the pattern of a pattern is itself."""
    return message if kind in _SPEAKING_KINDS else _VARIABLE.sub("#", message)
