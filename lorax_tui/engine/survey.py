"""What can be measured at a target, found out by asking it before the load starts.

Runs in a greenlet of the engine's thread and books what it asks nowhere. Says in whole sentences what cannot be
measured and what is done about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lorax_tui.engine.context import Context
from lorax_tui.engine.http import HttpLimits, HttpSession, ask_json
from lorax_tui.engine.recorder import Recorder
from lorax_tui.engine.sockets import LoraxSocket, requests
from lorax_tui.engine.users.data_set import DataSet

PING_LIMIT_S = 2.0
LOAD_LIMIT_S = 30.0
WARM_UP_LIMIT_S = 60.0
MOST_FILES = 10
"""Files that are tried before the target counts as having none."""

_SUFFIXES = (".trees", ".tsz", ".csv")
"""What a backend can load, the most capable first."""

_OF_OTHERS = "Uploads"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a target can be asked."""

    answers_ping: bool
    """Whether its diagnostics are on."""
    data_file: tuple[str, str] | None
    """Project and file that users will load."""
    num_trees: int
    """Trees in that file."""
    notes: tuple[str, ...]
    """What cannot be measured as usual, one sentence each, with names in them as the target told them."""


def survey(context: Context) -> Survey:
    """Find out which file the target can load and whether it answers pings, and tell the context."""
    notes: list[str] = []
    data_file: tuple[str, str] | None = None
    data_set: DataSet | None = None
    visit = _Visit(context)
    try:
        if visit.enter():
            data_file, data_set = visit.find_file(notes)
            context.answers_ping = requests.ping(visit.socket, PING_LIMIT_S) is not None
            if not context.answers_ping:
                notes.append("the target answers no ping (diagnostics are off): measuring get_cache_stats instead")
        else:
            notes.append(f"the target lets nobody in over Socket.IO: {visit.problem()}")
    finally:
        visit.leave()
    context.data_file = data_file
    return Survey(context.answers_ping, data_file, data_set.num_trees if data_set else 0, tuple(notes))


def warm_up(context: Context) -> None:
    """Have the run's file loaded and drawn once, and forget how long it took."""
    if context.data_file is None:
        return
    project, file = context.data_file
    visit = _Visit(context)
    try:
        if visit.enter():
            answer = requests.load_file(visit.socket, project, file, WARM_UP_LIMIT_S)
            if answer is not None:
                trees = DataSet.of(file, answer["config"]).window()
                requests.layout(visit.socket, trees, WARM_UP_LIMIT_S)
    finally:
        visit.leave()


class _Visit:
    """A session and a socket that no user has, and a recorder that nobody reads."""

    def __init__(self, context: Context) -> None:
        self._target = context.target
        self._recorder = Recorder()
        self._recorder.on_end = self._remember
        self._last_problem = ""
        self._http = HttpSession(context.target.host, self._recorder, HttpLimits(), context.target.ca_file, context)
        self.socket = LoraxSocket(context, self._recorder)

    def enter(self) -> bool:
        """Get a session and connect."""
        answer = ask_json(self._http, "POST", "/init-session", expect="sid")
        return answer is not None and self.socket.connect(str(answer["sid"]))

    def leave(self) -> None:
        """Close both."""
        self.socket.close()
        self._http.close()

    def problem(self) -> str:
        """Why the last ask failed."""
        return self._last_problem or "it gave no reason"

    def find_file(self, notes: list[str]) -> tuple[tuple[str, str] | None, DataSet | None]:
        """The first file that can really be loaded, of those that are named or listed."""
        tried = 0
        for tried, (project, file) in enumerate(self._candidates(notes), 1):
            answer = requests.load_file(self.socket, project, file, LOAD_LIMIT_S)
            if answer is not None:
                data_set = DataSet.of(file, answer["config"])
                if not data_set.has_lineage:
                    notes.append(f"{project}/{file} holds no lineage: searching samples instead of ancestors")
                return (project, file), data_set
            notes.append(f"{project}/{file} cannot be loaded: {self.problem()}")
            if tried == MOST_FILES or not self.socket.connected:
                break
        found = "none of the target's files can be loaded" if tried else "the target has no file to load"
        notes.append(f"{found}: loading and looking at trees is not measured, pings are sent instead")
        return None, None

    def _candidates(self, notes: list[str]) -> Iterator[tuple[str, str]]:
        project, file = self._target.project, self._target.file
        if project is not None and file is not None:
            yield project, file
            return
        answer = ask_json(self._http, "GET", "/projects", expect="projects")
        if answer is None:
            notes.append(f"the target does not tell which data it has: {self.problem()}")
            return
        listed = [
            (name, path)
            for name, path in _listed(answer["projects"])
            if project in (None, name) and file in (None, path)
        ]
        if (project or file) and not listed:
            notes.append(f"the target lists no {project or '*'}/{file or '*'}")
        for suffix in _SUFFIXES:
            yield from sorted(entry for entry in listed if entry[1].endswith(suffix))

    def _remember(self, _ask: Any, _outcome: Any, _elapsed_ms: float, message: str) -> None:
        self._last_problem = message


def _listed(projects: object) -> Iterator[tuple[str, str]]:
    """Projects and files of an answer to `/projects`, whatever else is in it."""
    for name, project in projects.items() if isinstance(projects, dict) else ():
        files = project.get("files") if isinstance(project, dict) else None
        if name != _OF_OTHERS and isinstance(files, list):
            yield from ((name, file) for file in files if isinstance(file, str))
