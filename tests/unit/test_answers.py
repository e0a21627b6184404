"""What a terminal says by itself is no key, in whatever pieces it comes; what is typed is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.ui.answers import Answers

ANSWERS = [
    "\x1b[?62;1;22c",
    "\x1b[>41;354;0c",
    "\x1b[0n",
    "\x1b[?12;40R",
    "\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\",
    "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "\x1b]52;c;MTIz\x07",
    "\x1bP>|XTerm(370)\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b[8;40;120t",
    "\x1b[48;40;120;800;1200t",
    "\x1b[?2048;2$y",
    "\x1b[?1u",
    "\x9b?6c",
    "\x9d11;1\x9c",
]
KEYS = [
    "1",
    "q",
    "]",
    "é",
    "漢",
    "\x1b[A",
    "\x1b[1;5C",
    "\x1bOP",
    "\x1b[15~",
    "\x1b[Z",
    "\x1b[97;5u",
    "\x1b[<0;12;7M",
    "\x1b[<0;12;7m",
    "\x1b[200~pasted]11;\x1b[201~",
    "\x1b[I",
    "\x1bx",
    "\r",
    "\x7f",
    "\x1b[?2026;2$y",
    "\x1b[12;7R",
]


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_an_answer_is_no_key(answer: str) -> None:
    assert Answers().without(answer) == ""


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_key_is_one(key: str) -> None:
    assert Answers().without(key) == key


@given(st.lists(st.sampled_from([*ANSWERS, *KEYS]), max_size=8), st.lists(st.integers(0, 200), max_size=8))
def test_in_whatever_pieces_it_comes(said: list[str], cuts: list[int]) -> None:
    text, answers = "".join(said), Answers()
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    typed = "".join(answers.without(text[a:b]) for a, b in pairwise(places))
    assert typed == "".join(part for part in said if part in KEYS)


def test_escape_alone_is_a_key_after_a_moment_of_silence() -> None:
    answers = Answers()
    assert answers.without("\x1b") == ""
    assert answers.silence(0.1) == "\x1b"
    assert answers.silence(0.1) == ""


def test_an_answer_that_does_not_end_keeps_nobody_from_typing_for_long() -> None:
    answers = Answers()
    assert answers.without("\x1b]11;rgb:") == ""
    assert answers.silence(0.5) == "" and answers.without("00/") == "" and answers.silence(0.9) == ""
    assert answers.silence(0.2) == "" and answers.without("q") == "q"
    assert answers.without("\x1b]" + "x" * 1_000_000) == "" and len(answers._held) <= 100_000
