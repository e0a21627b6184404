"""The corpus itself, and what becomes of its texts before they are shown anywhere."""

from __future__ import annotations

import tracemalloc
import unicodedata

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from lorax_tui.engine.recorder import Recorder
from lorax_tui.model.hidden import hide
from lorax_tui.model.text import LONGEST, safe
from tests.faults.hostile import CORPUS, harm

PLAIN = {"empty", "spaces", "wide", "flags", "lone-marks", "conjoining", "right-to-left", "long", "long-wide"}
MARKUP = {"action", "action-of-a-screen", "action-unknown", "closes", "unclosed", "styles", "variables", "link-markup"}
MARKUP |= {"nested", "emoji-code", "json", "ansi-code", "formula", "html", "entities", "shell", "log4j"}
MARKUP |= {"many-lines", "many-brackets"}


def test_there_are_many_and_no_harm_in_them_is_overlooked():
    assert len(CORPUS) >= 60
    assert {name for name, text in CORPUS.items() if not harm(text, is_screen=True)} == PLAIN | MARKUP


@pytest.mark.parametrize("name", CORPUS)
def test_row_5_nothing_is_left_that_hides_or_steers(name: str):
    text = CORPUS[name]
    for shown in (safe(text), safe(hide(text)), safe(text.encode("utf-8", "surrogatepass"))):
        assert harm(shown) == [] and "\n" not in shown and len(shown) <= LONGEST
        assert shown.encode().decode() == shown
    if name in MARKUP and len(text) <= LONGEST and "\t" not in text:
        assert safe(text) == text


@settings(max_examples=3000, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(list(CORPUS.values())).map(lambda text: text[:400]), st.text()), max_size=5))
def test_row_4_no_mixture_of_them_gets_through(texts: list[str]):
    shown = safe("".join(texts))
    assert harm(shown) == [] and safe(shown) == shown
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert 0 <= cell_len(shown) <= 2 * LONGEST


@pytest.mark.parametrize("name", ["long", "long-wide", "long-escape", "many-lines", "many-brackets", "flood"])
def test_row_7_a_long_one_costs_no_more_than_what_is_kept_of_it(name: str):
    """No copy of it is made: not in memory, and so not in time."""
    text = CORPUS[name]
    tracemalloc.start()
    safe(hide(text))
    safe(text)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 100_000


def test_row_6_every_character_is_as_wide_to_us_as_to_a_terminal():
    kept = [shown for code in range(0x20, 0x30000) if (shown := safe("a" + chr(code))) == "a" + chr(code)]
    assert len(kept) > 50_000
    assert [text for text in kept if cell_len(text) - 1 != max(0, wcwidth(text[1]))] == []


def test_row_8_no_ask_is_lost_whatever_its_name_and_its_answer_are_made_of():
    recorder = Recorder()
    for text in CORPUS.values():
        recorder.begin("HTTP", text).failed(text, text.encode("utf-8", "surrogatepass"))
    tallies = recorder.cut()
    assert sum(tally.failed for tally in tallies) == len(CORPUS)
    assert sum(error.count for tally in tallies for error in tally.errors) == len(CORPUS)
    assert harm(msgspec.json.encode(tallies)) == []
