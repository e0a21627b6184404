"""`safe()`: whatever comes from outside, what is stored is one line of harmless printable text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorax_tui.model.text import LONGEST, safe

FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@settings(max_examples=3000)
@given(st.one_of(st.text(alphabet=st.characters(), max_size=400), st.binary(max_size=400)))
def test_nothing_forbidden_passes(text: str | bytes) -> None:
    result = safe(text)
    assert len(result) <= LONGEST
    assert not [character for character in result if unicodedata.category(character) in FORBIDDEN]
    assert safe(result) == result
    result.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("[red]markup[/] stays", "[red]markup[/] stays"),
        ("\x1b]52;c;AAAA\x07", "␛]52;c;AAAA␇"),
        ("two\nlines\r", "two␊lines␍"),
        ("\x9b2J", "\N{REPLACEMENT CHARACTER}2J"),
        ("left\u202eright\u200b", "leftright"),
        ("a\U000e0100b\ufe0f", "ab"),
        ("e" + "\u0301" * 9, "e\u0301\u0301"),
        ("\u0301lone mark", "lone mark"),
        (b"\xff\x00", "\N{REPLACEMENT CHARACTER}␀"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("数据 Ünïcode", "数据 Ünïcode"),
        (None, "None"),
    ],
)
def test_what_is_shown(text: object, shown: str) -> None:
    assert safe(text) == shown


def test_long_text_is_cut_before_it_is_looked_at() -> None:
    assert safe("x" * 10_000_000, 10) == "x" * 9 + "…"
    assert safe(b"x" * 10_000_000, 10) == "x" * 9 + "…"


def test_an_object_whose_text_cannot_be_had() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert safe(Broken()) == "Broken (its text cannot be had: ValueError)"
