"""What a Lorax backend can be asked over Socket.IO, each with the answer that is right.

One function a question, in the backend's own words. Knows nothing of users, or of when to ask what.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lorax_tui.engine.sockets.answers import holds, laid_out, loaded
from lorax_tui.engine.sockets.socket import ASK_LIMIT_S, LoraxSocket

LAYOUT_LIMIT_S = 60.0
"""The first layout on a cold backend takes up to 16 s."""

_PONG = holds("type", "time")
_STATS = holds("session_trees", "stats")
_ANCESTORS = holds("ancestors", "path")
_HIGHLIGHTS = holds("highlights")


def ping(socket: LoraxSocket, timeout_s: float = ASK_LIMIT_S) -> Any:
    """Ask for a `pong`, which only a backend with its diagnostics on answers."""
    return socket.ask("ping", {}, reply="pong", judge=_PONG, timeout_s=timeout_s)


def cache_stats(socket: LoraxSocket) -> Any:
    """Ask how the caches are filled; every backend answers, and it costs next to nothing."""
    return socket.ask("get_cache_stats", {}, judge=_STATS)


def load_file(socket: LoraxSocket, project: str, file: str, timeout_s: float = ASK_LIMIT_S) -> Any:
    """Make a file the one that the session looks at; the answer's `config` tells how it is made."""
    request = {"project": project, "file": file, "request_id": socket.next_request_id()}
    return socket.ask("load_file", request, reply="load-file-result", judge=loaded, timeout_s=timeout_s)


def layout(socket: LoraxSocket, tree_indices: Sequence[int], timeout_s: float = LAYOUT_LIMIT_S) -> Any:
    """Have some trees of the loaded file drawn."""
    request = {
        "displayArray": list(tree_indices),
        "actualDisplayArray": list(tree_indices),
        "request_id": socket.next_request_id(),
    }
    judge = laid_out(tree_indices)
    return socket.ask("process_postorder_layout", request, judge=judge, timeout_s=timeout_s)


def ancestors(socket: LoraxSocket, tree_index: int, node_id: int) -> Any:
    """Ask for the path from a node to the root of its tree."""
    request = {"tree_index": tree_index, "node_id": node_id}
    return socket.ask("get_ancestors_event", request, judge=_ANCESTORS)


def search_nodes(socket: LoraxSocket, sample_names: Sequence[str], tree_indices: Sequence[int]) -> Any:
    """Ask where samples are in some trees."""
    request = {
        "sample_names": list(sample_names),
        "tree_indices": list(tree_indices),
        "show_lineages": False,
    }
    return socket.ask("search_nodes", request, reply="search-nodes-result", judge=_HIGHLIGHTS)
