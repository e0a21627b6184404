"""The secrets that this process has sent or was given, and how to take them out of a text, however they are written.

A target may repeat a token in any words: glued to others, in capitals, escaped for a URL, for JSON or for a page, or
for all of them. So a text is read several times, as it is and without what escapes and signs add to it, and each secret
is looked for at every position of every reading. What is known is of the whole process, as are its files.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase
from threading import Lock

from lorax_tui.model.text import as_text

HIDDEN = "***"

_SHORTEST = 8
"""A shorter word may be an ordinary one."""

_FEWEST = 5
"""Letters and digits by which a secret with other signs in it is known again."""

_LONGEST = 8_000
"""Characters of a secret that are learned."""

_MOST_PARTS = 64

_MOST_CHARACTERS = 4_000_000
"""Of all forms of what was learned; then what was not learned again meanwhile begins to be forgotten."""

_COST_OF_ONE = 100
"""Characters that a form takes beside its own."""

_MOST_LENGTHS = 8
"""Of forms with one beginning; where there are more, all that hangs together with it is taken for secret."""

_PARTS = re.compile(r"[\s;]+")
_WORD = re.compile(rf"[\w-]{{{_SHORTEST},}}")
_NAMED = re.compile(r"\A[\w.-]+=(?=[^=])")
"""What stands before the value of a cookie."""

_SMALL = str.maketrans(ascii_uppercase + "".join(chr(0x1F1E6 + letter) for letter in range(26)), ascii_lowercase * 2)
"""Keeps every character in its place, as `str.lower` does not; signs of flags are shown as letters."""

_ESCAPED = (
    r"&(?:amp;)*(?:\#x?[0-9a-f]+|[a-z]{2,6});"
    r"|(?<!\\)\\++(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[0-7]{3}|[abfnrtv0])"
)
_READINGS = tuple(
    re.compile(rf"{percent}|{_ESCAPED}") for percent in (r"%[0-9a-f]{2}", r"%(?:25)+[0-9a-f]{2}|%[0-9a-f]{2}")
)
"""Escapes in a small text. How often one was escaped cannot always be told from what follows: both are tried."""
_HAS_ESCAPES = re.compile(r"[%&\\]")
_LETTERS = re.compile(r"[a-z0-9]+")
_CODE = re.compile(r"(?:%(?:25)*|\\+[ux]|&(?:amp;)*#x)0*([0-9a-f]{2});?\Z|&(?:amp;)*#0*(\d{2,3});\Z")


class _Register:
    """Forms of secrets, in small letters, found by their first characters."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self._forms: set[str] = set()
        self._lengths: dict[str, tuple[int, ...]] = {}
        """Of the forms with the same beginning, the longest first; there may be thousands of these, of one length."""
        self._characters = 0

    @property
    def is_full(self) -> bool:
        return self._characters >= _MOST_CHARACTERS

    def add(self, secret: str) -> None:
        for form in _forms(secret) - self._forms:
            beginning, length = form[:_FEWEST], len(form)
            lengths = self._lengths.get(beginning, ())
            if length not in lengths and len(lengths) <= _MOST_LENGTHS:
                self._lengths[beginning] = tuple(sorted((*lengths, length), reverse=True))
            self._forms.add(form)
            self._characters += length + _COST_OF_ONE
        self.secrets.add(secret)
        self._characters += len(secret) + _COST_OF_ONE

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a secret begins in a text of small letters, and where the longest that begins there ends."""
        beginnings, last = self._lengths, 0
        if not beginnings:
            return
        for at in [at for at in range(len(text) - _FEWEST + 1) if text[at : at + _FEWEST] in beginnings]:
            lengths = beginnings[text[at : at + _FEWEST]]
            if len(lengths) > _MOST_LENGTHS:
                if at >= last:
                    last = at + len(text[at:].split(maxsplit=1)[0])
                    yield at, last
                continue
            for length in lengths:
                found = text[at : at + length]
                if found in self._forms:
                    yield at, at + len(found)
                    break


class _Memory:
    """What was learned of late, and what before."""

    def __init__(self) -> None:
        self.young, self.old = _Register(), _Register()
        self.count = 0
        self._learning = Lock()

    def learn(self, secret: str) -> None:
        if secret in self.young.secrets:
            return
        with self._learning:
            if self.young.is_full:
                self.young, self.old = _Register(), self.young
            self.young.add(secret)
            self.count += 1


_ours, _theirs = _Memory(), _Memory()
"""Apart, so that a target which gives new cookies all the time lets nothing of ours be forgotten."""


def learn(secret: str | bytes, theirs: bool = False) -> None:
    """Never let this be written; `theirs`: the target has given it."""
    (_theirs if theirs else _ours).learn(as_text(secret)[:_LONGEST])


def how_many_learned() -> int:
    """A number that is another one when `without_learned` may give another text."""
    return _ours.count + _theirs.count


def without_learned(text: str) -> str:
    """The text with `***` in the place of every secret that was learned."""
    places: set[tuple[int, int]] = set()
    registers = (_ours.young, _ours.old, _theirs.young, _theirs.old)
    for reading, positions in _readings(text.translate(_SMALL)):
        for register in registers:
            places.update((positions[begins], positions[ends - 1] + 1) for begins, ends in register.places(reading))
    kept, after = [], 0
    for begins, ends in sorted(places):
        if begins >= after:
            kept += [text[after:begins], HIDDEN]
        after = max(after, ends)
    return "".join((*kept, text[after:]))


def _readings(text: str) -> Iterator[tuple[str, array[int] | range]]:
    """A small text as it is and as it may be meant, each with the positions of its characters."""
    yield text, range(len(text))
    yield _letters(text)
    if _HAS_ESCAPES.search(text):
        for escapes in _READINGS:
            yield _letters(escapes.sub(_meant, text))


def _meant(escape: re.Match[str]) -> str:
    """What stands for an escaped character: a letter or digit itself, else a blank; as long as the escape."""
    code = _CODE.match(escape[0])
    meant = "" if code is None else chr(int(code[1], 16) if code[1] else int(code[2])).translate(_SMALL)
    return (meant if _LETTERS.fullmatch(meant) else " ").ljust(len(escape[0]))


def _letters(text: str) -> tuple[str, array[int]]:
    """Its letters and digits, and where they are."""
    runs, positions = [], array("I")
    for found in _LETTERS.finditer(text):
        runs.append(found[0])
        positions.extend(range(found.start(), found.end()))
    return "".join(runs), positions


def _forms(secret: str) -> set[str]:
    """By what it is known again: as a whole, by each part and word of it, and by their letters and digits alone."""
    parts = {secret.strip(), *_PARTS.split(secret, _MOST_PARTS)}
    forms = parts | {_NAMED.sub("", part, count=1).strip("\"'") for part in parts}
    forms |= {found[0] for found, _ in zip(_WORD.finditer(secret), range(_MOST_PARTS), strict=False)}
    forms = {form for form in forms if len(form) >= _SHORTEST}
    known = set[str]()
    for form in forms:
        known |= {written.translate(_SMALL) for written in _written(form)}
        letters, _ = _letters(form.translate(_SMALL))
        if len(letters) >= _FEWEST and not letters.isdigit():  # else a date is every number with its digits
            known.add(letters)
    return known


def _written(form: str) -> set[str]:
    """In letters that are not those of ASCII: in another case, and as one who takes UTF-8 for Latin-1 reads it."""
    if form.isascii():
        return {form}
    return {form, form.lower(), form.upper(), form.encode("utf-8", "replace").decode("latin-1")}
