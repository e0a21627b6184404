"""A frame in fewer bytes is the same frame."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.ui.thrift import Thrift

COLOURS = st.one_of(
    st.just(""),
    st.integers(0, 255).map(lambda code: f"5;{code}"),
    st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "2;" + ";".join(map(str, rgb))),
)
NAMED = st.sampled_from(["", "31", "97", "42", "107", "39", "49"])


@st.composite
def pieces(draw):
    """A text with its style before it and a reset behind it, as a frame has them; or a place to go to."""
    if draw(st.booleans()):
        return f"\x1b[{draw(st.integers(1, 5))};{draw(st.integers(1, 20))}H"
    attributes = draw(st.lists(st.sampled_from(["1", "3", "4", "7", "9"]), max_size=2))
    foreground, background = draw(COLOURS), draw(COLOURS)
    codes = [*attributes, f"38;{foreground}" if foreground else draw(NAMED), f"48;{background}" if background else ""]
    text = draw(st.text(alphabet="ab \u2500\u28ff漢\u0301", max_size=6))
    codes = [code for code in codes if code]
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text


def screen(*writes):
    drawn = pyte.Screen(100, 5)
    stream = pyte.Stream(drawn)
    for text in writes:
        stream.feed(text)
    return [[drawn.buffer[y][x] for x in range(100)] for y in range(5)], drawn.cursor.attrs


MOVED = st.tuples(st.just("\x1b[1;1H"), st.lists(pieces(), max_size=12).map("".join)).map("".join)


@given(st.lists(MOVED, min_size=1, max_size=4))
def test_it_draws_the_same(frames):
    thrift = Thrift()
    assert screen(*map(thrift.frame, frames)) == screen(*frames)


def test_what_is_there_already_is_not_told_again():
    thrift = Thrift()
    frame = "\x1b[1;1H\x1b[38;5;1;48;5;16ma\x1b[0m\x1b[38;5;1;48;5;16mb\x1b[0m\x1b[2;1H\x1b[38;5;2;48;5;16mc\x1b[0m"
    assert thrift.frame(frame) == "\x1b[1;1H\x1b[38;5;1;48;5;16mab\x1b[2;1H\x1b[38;5;2mc\x1b[0m"
    assert thrift.frame(frame) == ""
    assert thrift.frame(frame.replace("b", "x")) == "\x1b[1;2H\x1b[38;5;1;48;5;16mx\x1b[0m"
    thrift.forget()
    assert thrift.frame(frame).count("H") == 2


def test_what_is_no_frame_stays_as_it_is_and_leaves_nothing_known():
    thrift = Thrift()
    known = "\x1b[1;1Hab"
    for text in ("\x1b[?1049l\x1b[0m", "\x1b[1m\x1b[2J\x1b[0m", "\x1b[1m\x1b[K\x1b[0m", "\x1b]0;title\x07"):
        assert thrift.frame(known) and not thrift.frame(known)
        assert thrift.frame(text) == text
    assert thrift.frame(known)


def test_a_mark_beside_a_wide_character_does_not_hide_that_it_is_wide():
    frames = ["\x1b[1;1H漢e\u0301|ab", "\x1b[1;1H漢e\u0301|xb"]
    thrift = Thrift()
    assert screen(*map(thrift.frame, frames)) == screen(*frames)
