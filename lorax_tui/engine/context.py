"""What every user of a run shares; reached as `self.environment.lorax`."""

from __future__ import annotations

from dataclasses import dataclass, field

from lorax_tui.engine.pacing import Pacer
from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.scenario import Target


@dataclass(slots=True)
class Context:
    """Lives in the engine's thread only."""

    target: Target
    recorder: Recorder = field(default_factory=Recorder)
    pacer: Pacer = field(default_factory=Pacer)
    answers_ping: bool = True
    """Whether the target's diagnostics are on; without them `get_cache_stats` is asked instead of `ping`."""
    data_file: tuple[str, str] | None = None
    """Project and file that users load; `None` where the target has none."""
    http_connections: int = 0
    """Open connections of all HTTP clients."""
    sockets_connected: int = 0
    """Connected Socket.IO clients."""
    files_left: int = 0
    """Files that were uploaded to the target, which never deletes them."""
