"""How well one process of the generator was during an interval."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lorax_tui.model.bounds import LARGEST_FIGURE, Figure, Whole


class Health(Struct, frozen=True, omit_defaults=True):
    """How well the generator itself was during an interval. `None`: unknown."""

    lag_p50_ms: Figure | None = None
    lag_p99_ms: Annotated[float, Meta(ge=0, le=LARGEST_FIGURE)] | None = None
    lag_max_ms: Figure | None = None
    """How late the engine's loop woke up."""
    cpu_percent: Annotated[float, Meta(ge=0, le=LARGEST_FIGURE)] | None = None
    """CPU of this process; 100 is one core."""
    idle_percent: Figure | None = None
    """Idle share of the whole machine."""
    rss_mb: Figure | None = None
    open_files: Whole | None = None
    file_limit: Whole | None = None
    http_connections: Whole | None = None
    sockets_connected: Whole | None = None
    http_in_use: Whole | None = None
    """HTTP connections on which an answer was awaited."""
    sockets_wanted: Whole | None = None
    """Users that want to be connected."""
    ui_tick_ms: Figure | None = None
    """CPU of the screen's thread for the latest tick; none where there is no screen."""
