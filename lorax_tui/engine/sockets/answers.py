"""Which answer is a right one. Pure: payloads in, a refusal or nothing out.

A Lorax backend refuses politely: with an ack that holds `error`, with `ok: false`, with less than was asked for. Every
such answer is told from a right one here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from lorax_tui.model.tally import SESSION_LOST

SESSION_LOST_CODES = frozenset({"SESSION_NOT_FOUND", "MISSING_SESSION"})
"""Codes that mean: this session is no more."""

_SESSION_LOST_TEXTS = ("session not found", "session expired")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer is not the right one."""

    message: str
    busy: bool = False
    """The target has no room for this ask right now."""
    session_lost: bool = False
    """The target does not know our session any more."""

    @property
    def kind(self) -> str:
        """The word under which it is counted as failed."""
        return SESSION_LOST if self.session_lost else "application"


Judge = Callable[[object], Refusal | None]
"""Looks at an answer; `None`: it is right."""


def refusal_of(payload: object) -> Refusal:
    """What an `error` event or an `error` key says, in one line."""
    code, message = "", payload
    if isinstance(payload, dict):
        code = str(payload.get("code") or "")
        message = payload.get("message") or payload.get("error") or payload
    text = str(message)
    lost = code in SESSION_LOST_CODES or text.lower().startswith(_SESSION_LOST_TEXTS)
    return Refusal(f"{code}: {text}" if code else text, session_lost=lost)


def holds(*keys: str) -> Judge:
    """The answer is an object without `error`, with all of these keys."""

    def judge(answer: object) -> Refusal | None:
        if not isinstance(answer, dict):
            return Refusal(f"the answer is {_kind(answer)}, not an object")
        if answer.get("error"):
            return refusal_of(answer)
        missing = [key for key in keys if key not in answer]
        return Refusal(f"the answer lacks {', '.join(missing)}") if missing else None

    return judge


def loaded(answer: object) -> Refusal | None:
    """The answer to `load_file` says that the file is loaded, and how it is made."""
    if not isinstance(answer, dict):
        return Refusal(f"the answer is {_kind(answer)}, not an object")
    if answer.get("ok") is True:
        if isinstance(answer.get("config"), dict):
            return None
        return Refusal("the answer lacks config")
    refusal = refusal_of(answer)
    return Refusal(refusal.message, answer.get("code") == "SERVER_BUSY", refusal.session_lost)


def laid_out(requested: Collection[int]) -> Judge:
    """The answer to a layout holds a picture of exactly the trees asked for."""
    has_keys = holds("buffer", "tree_indices")

    def judge(answer: object) -> Refusal | None:
        refusal = has_keys(answer)
        if refusal is not None or not isinstance(answer, dict):
            return refusal
        indices = answer["tree_indices"]
        if not isinstance(indices, list) or set(map(str, indices)) != set(map(str, requested)):
            return Refusal("the layout is not of the trees asked for")
        if not isinstance(answer["buffer"], bytes) or not answer["buffer"]:
            return Refusal("the layout holds no picture")
        return None

    return judge


def _kind(answer: object) -> str:
    return "null" if answer is None else f"a {type(answer).__name__}"
