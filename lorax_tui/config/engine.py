"""The section of the file about how the load is made: by which processes, over what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from lorax_tui.config.document import Document
from lorax_tui.model.scenario import Transport

MOST_WORKERS = 64
"""Workers of one machine: more than it has cores help nobody."""


class EngineSection(msgspec.Struct, frozen=True):
    """What [engine] says."""

    workers: int = 0
    """Worker processes of this machine; 0: users live in the program's own process."""
    transport: Transport = Transport.WEBSOCKET
    """What Socket.IO goes over; the target knows it, too."""


def read_engine(doc: Document, document: Mapping[str, Any]) -> EngineSection:
    """The section, whole or refused."""
    table = doc.table("engine", document.get("engine", {}))
    doc.known("engine", table, EngineSection.__struct_fields__)
    workers = table.get("workers", 0)
    if not isinstance(workers, int) or isinstance(workers, bool) or not 0 <= workers <= MOST_WORKERS:
        doc.refuse("engine.workers", workers, f"expected a whole number from 0 (no workers) to {MOST_WORKERS}")
    return EngineSection(
        workers, doc.choice(Transport, "engine.transport", table.get("transport", Transport.WEBSOCKET))
    )
