"""Texts that fit their room, whatever they are made of."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lorax_tui.ui.lines import cut, fit, span, spread

texts = st.text(max_size=40)
lines = st.lists(st.tuples(texts, st.just("text")), max_size=4).map(tuple)


@given(texts, st.integers(0, 50), st.booleans())
def test_a_fitted_text_takes_exactly_its_cells(text, width, right):
    assert cell_len(fit(text, width, right)) == width


def test_what_does_not_fit_says_so():
    assert fit("load_file", 6) == "load_…"
    assert fit("12", 5, right=True) == "   12"


@given(lines, st.integers(0, 60))
def test_a_cut_line_is_never_wider_than_its_room(line, width):
    assert span(cut(line, width)) <= width


def test_a_line_is_cut_inside_a_piece():
    assert cut((("abc", "text"), ("defg", "bad"), ("h", "text")), 5) == (("abc", "text"), ("d…", "bad"))


@given(lines, lines, st.integers(0, 60))
def test_spread_fills_the_line(left, right, width):
    assert span(spread(left, right, width)) <= width
    if span(left) + span(right) < width:
        assert span(spread(left, right, width)) == width
