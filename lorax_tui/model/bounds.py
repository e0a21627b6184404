"""Numbers as a record may hold them: within bounds, so that no file can bring one with which arithmetic fails."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Count = Annotated[int, Meta(ge=0, le=1 << 53)]
"""How many; no file can bring a number with which arithmetic fails."""
Whole = Annotated[int, Meta(ge=-(1 << 53), le=1 << 53)]
"""A number that somebody else gave us; -1 often says that there is no limit."""
Seconds = Annotated[float, Meta(ge=-1e12, le=1e12)]
"""A time of the run, or a length of time."""
LARGEST_FIGURE = 1e12
Figure = Annotated[float, Meta(ge=-LARGEST_FIGURE, le=LARGEST_FIGURE)]
"""Anything else that is measured."""
