"""A frame in fewer bytes is the same frame."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.ui.thrift import thrifty

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
    text = draw(st.text(alphabet="ab \u2500\u28ff漢", max_size=6))
    codes = [code for code in codes if code]
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text


def screen(*writes):
    drawn = pyte.Screen(20, 5)
    stream = pyte.Stream(drawn)
    for text in writes:
        stream.feed(text)
    return [[drawn.buffer[y][x] for x in range(20)] for y in range(5)], drawn.cursor.attrs


@given(st.lists(st.lists(pieces(), max_size=12).map("".join), min_size=1, max_size=3))
def test_it_draws_the_same(frames):
    assert screen(*map(thrifty, frames)) == screen(*frames)


@given(st.lists(pieces(), max_size=12).map("".join))
def test_it_is_never_longer(frame):
    assert len(thrifty(frame)) <= len(frame)


def test_neighbours_share_what_they_have_in_common():
    frame = "\x1b[38;5;1;48;5;16ma\x1b[0m\x1b[38;5;1;48;5;16mb\x1b[0m\x1b[2;1H\x1b[38;5;2;48;5;16mc\x1b[0m"
    assert thrifty(frame) == "\x1b[38;5;1;48;5;16mab\x1b[2;1H\x1b[38;5;2mc\x1b[0m"


def test_what_is_no_frame_stays_as_it_is():
    for text in ("plain", "\x1b[?1049l\x1b[0m", "\x1b[1m\x1b[2J\x1b[0m", "\x1b[1m\x1b[K\x1b[0m"):
        assert thrifty(text) == text
