"""What comes from a terminal without anybody having pressed a key: answers to questions, asked by whomever.

A program that ran before, over a slow link, or a text that was printed before may have asked what terminal this is, or
what its colours are. Read as keys, the answer `ESC ] 11 ; rgb:..` would start the first scenario. This knows how
answers look, and nothing of keys.
"""

from __future__ import annotations

import re

_LONGEST_SILENCE_S = 1.0
"""An answer that was begun and does not go on for so long is forgotten."""

_LONGEST = 100_000
"""Characters of an answer whose end does not come."""

_EIGHT_BIT = {0x90: "\x1bP", 0x98: "\x1bX", 0x9B: "\x1b[", 0x9C: "\x1b\\", 0x9D: "\x1b]", 0x9E: "\x1b^", 0x9F: "\x1b_"}

_WANTED = r"\[\?2026;\d\$y"
"""Whether frames can be shown whole: this was asked by whoever reads keys."""

_ANSWER = re.compile(
    rf"\x1b(?!{_WANTED})(?:\[[?>=][\d;:]*[ -/]*[@-~]|\[[\d;:]*[ -/]*[cntx]|[]P_^X][^\x07\x1b]*(?:\x07|\x1b\\))"
)
_BEGUN = re.compile(r"\x1b(?:\[[?>=][\d;:]*[ -/]*|[]P_^X][^\x07\x1b]*\x1b?)\Z")
"""The beginning of an answer, and of nothing else."""

_OPEN = re.compile(r"\x1b(?:\[[\d;:]*)?\Z")
"""The beginning of an answer or of a key."""


class Answers:
    """Lets through what was typed; fed with whatever pieces arrive."""

    def __init__(self) -> None:
        self._held = ""
        self._silent_s = 0.0

    def without(self, text: str) -> str:
        """What of the text, and of what was held back before it, is no answer."""
        self._silent_s = 0.0
        text = _ANSWER.sub("", self._held + text.translate(_EIGHT_BIT))
        begun = _BEGUN.search(text) or _OPEN.search(text)
        place = begun.start() if begun else len(text)
        self._held = text[place:][:_LONGEST]
        return text[:place]

    def silence(self, lasted_s: float) -> str:
        """Nothing came for so long: what may be a key is one, what can only be an answer is waited for a little."""
        self._silent_s += lasted_s
        if _OPEN.fullmatch(self._held):
            held, self._held = self._held, ""
            return held
        if self._silent_s >= _LONGEST_SILENCE_S:
            self._held = ""
        return ""
