"""Asks as the shipped Lorax tasks do: a status of 200 is not yet success, for Lorax reports errors with 200 too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.response import Response
from lorax_tui.engine.http.session import HttpSession
from lorax_tui.model.tally import SESSION_LOST

SESSION_COOKIE = "lorax_sid"


def ask_json(
    session: HttpSession,
    method: str,
    path: str,
    *,
    expect: str | Sequence[str],
    name: str | None = None,
    **options: Any,
) -> dict[str, Any] | None:
    """Send a request and judge its answer: status 200, JSON, an object, no `error` in it, every expected key.

    An answer with another session than ours is a right one for somebody else: the target has forgotten us.

    Args:
        expect: key or keys that the answer must have.
        options: as in `HttpSession.request`.

    Returns:
        The answer, or `None` where it was booked as failed.
    """
    with session.request(method, path, name, catch_response=True, **options) as response:
        if response.status_code == 0:
            return None
        try:
            return _lorax_answer(response, (expect,) if isinstance(expect, str) else expect)
        except HttpError as error:
            response.failure(error)
    return None


def _lorax_answer(response: Response, expected: Sequence[str]) -> dict[str, Any]:
    if response.status_code != 200:
        raise HttpError("status", f"HTTP {response.status_code}")
    if SESSION_COOKIE in response.replaced_cookies:
        raise HttpError(SESSION_LOST, "answered with a new session in the place of ours")
    content_type = (response.fields(b"content-type") or [b""])[0].partition(b";")[0].strip().lower()
    if content_type != b"application/json":
        raise HttpError("content-type", f"not JSON but {content_type.decode('latin-1') or 'of no type'}")
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        raise HttpError("json", "the body is not the JSON that its header announces") from None
    if not isinstance(answer, dict):
        raise HttpError("application", "the answer is no JSON object")
    if "error" in answer:
        raise HttpError("application", str(answer["error"]))
    for key in expected:
        if key not in answer:
            raise HttpError("application", f"no {key!r} in the answer")
    return answer
