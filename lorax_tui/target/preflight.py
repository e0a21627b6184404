"""Whether a target is a usable Lorax backend, asked over HTTP before anything else is.

What makes it unusable is raised as one line that names the URL and what to do; what merely cannot be measured there
is a check that is not ok. Its Socket.IO side is looked at by those who speak it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

from lorax_tui.errors import TargetError
from lorax_tui.model.scenario import Target
from lorax_tui.target import trouble
from lorax_tui.target.ask import Answer, Unanswered, ask, open_client
from lorax_tui.target.memory_status import read_memory_status

REQUEST_LIMIT_S = 5.0
LIMIT_S = 10.0

_COOKIE = "lorax_sid"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    """What to do where it is not ok."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """A usable target, and what can be measured there over HTTP."""

    checks: tuple[Check, ...]


async def preflight(
    target: Target,
    *,
    request_limit_s: float = REQUEST_LIMIT_S,
    limit_s: float = LIMIT_S,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Preflight:
    """Look at the target.

    Args:
        target: its base URL without a slash at the end.
        request_limit_s: longest time of one request.
        limit_s: longest time of all of them.
        transport: what carries the requests, instead of the network.

    Raises:
        TargetError: it is not usable.
    """
    try:
        async with asyncio.timeout(limit_s), _client(target, transport) as client:
            visit = _Visit(client, target.host, request_limit_s)
            return Preflight(
                (await visit.health(), await visit.session(), await visit.projects(), await visit.memory())
            )
    except TimeoutError as error:
        raise TargetError(
            f"{target.host} did not answer four requests within {limit_s:g} s: {trouble.HANGS}"
        ) from error


def _client(target: Target, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    return open_client(target.host, target.ca_file, transport, target.addresses)


class _Visit:
    """The requests, each with what it tells."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, limit_s: float) -> None:
        self._client = client
        self._base_url = base_url
        self._limit_s = limit_s

    async def health(self) -> Check:
        """Whether anybody is there, and a Lorax backend at that."""
        answer = await self._ask("GET", "/health")
        if answer.status != 200:
            raise trouble.bad_status(self._base_url, "GET /health", answer)
        content = self._content("GET /health", answer)
        if content.get("ok") is not True:
            raise trouble.not_lorax(self._base_url, "GET /health", answer)
        took = f"answers in {answer.round_trip_ms:.0f} ms"
        if content.get("redis") is False:
            return Check("GET /health", False, f"{took}, but without its Redis", trouble.SEE_TO_REDIS)
        return Check("GET /health", True, took)

    async def session(self) -> Check:
        """Whether users can get a session, without which they can do nothing."""
        name = "POST /init-session"
        answer = await self._ask("POST", "/init-session")
        if answer.status != 200:
            raise trouble.bad_status(self._base_url, name, answer)
        sid = self._content(name, answer).get("sid")
        if not isinstance(sid, str) or not sid:
            raise trouble.not_lorax(self._base_url, name, answer)
        if f"{_COOKIE}={sid}" not in answer.headers.get("set-cookie", ""):
            advice = f"a proxy may take the cookie {_COOKIE} away: each request of a user then opens a new session"
            return Check(name, False, "a session, but no cookie that keeps it", advice)
        return Check(name, True, "a session and its cookie")

    async def projects(self) -> Check:
        """Whether there is data to load."""
        name = "GET /projects"
        try:
            answer = await ask(self._client, "GET", f"{self._base_url}/projects", self._limit_s)
        except Unanswered as error:
            return Check(name, False, str(error), trouble.SLOW_PROJECTS)
        if answer.status >= 500:
            return Check(name, False, trouble.said(answer), trouble.BROKEN_PROJECTS)
        if answer.status != 200:
            raise trouble.bad_status(self._base_url, name, answer)
        projects = self._content(name, answer).get("projects")
        if not isinstance(projects, dict):
            raise trouble.not_lorax(self._base_url, name, answer)
        files = sum(_files_in(project) for project in projects.values())
        detail = f"data files: {files}"
        return Check(name, files > 0, detail, "" if files else trouble.NO_DATA)

    async def memory(self) -> Check:
        """Whether the target's memory can be watched."""
        name = "GET /memory_status"
        try:
            answer = await ask(self._client, "GET", f"{self._base_url}/memory_status", self._limit_s)
            if answer.status != 200:
                return Check(name, False, trouble.said(answer), trouble.NO_MEMORY)
            status = read_memory_status(answer.json())
        except (Unanswered, ValueError) as error:
            return Check(name, False, str(error), trouble.NO_MEMORY)
        if status.pid is None or status.rss_mb is None:
            missing = ", ".join(status.unknown())
            return Check(name, False, f"it does not tell {missing}", trouble.NO_MEMORY)
        return Check(name, True, f"pid {status.pid}, {status.rss_mb:.0f} MB")

    async def _ask(self, method: str, path: str) -> Answer:
        try:
            return await ask(self._client, method, f"{self._base_url}{path}", self._limit_s)
        except Unanswered as error:
            raise trouble.unanswered(self._base_url, error) from error

    def _content(self, what: str, answer: Answer) -> dict[str, object]:
        """The JSON object that a Lorax backend answers."""
        try:
            content = answer.json()
        except ValueError as error:
            raise trouble.not_lorax(self._base_url, what, answer) from error
        if not isinstance(content, dict):
            raise trouble.not_lorax(self._base_url, what, answer)
        return content


def _files_in(project: object) -> int:
    files = project.get("files") if isinstance(project, dict) else None
    return len(files) if isinstance(files, list) else 0
