"""However an answer is cut into pieces it reads the same, and whatever comes instead of one is told in one way."""

from __future__ import annotations

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorax_tui.engine.http import HttpError, HttpLimits, intake
from lorax_tui.engine.http.content import decoded
from lorax_tui.engine.http.intake import Intake
from lorax_tui.engine.http.reader import Reader

MB = 1024 * 1024
LIMITS = HttpLimits(header_bytes=400, body_bytes=600)
BODY = bytes(range(256)) * 2
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 512\r\nX-One: 1\r\nX-One: 2\r\n\r\n" + BODY
CHUNKED = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-One: 1\r\nX-One: 2\r\n\r\n"
    b"100\r\n" + BODY[:256] + b"\r\n100;a=b\r\n" + BODY[256:] + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"
)
OPEN = b"HTTP/1.1 200 OK\r\nX-One: 1\r\nX-One: 2\r\n\r\n" + BODY

cuts = st.lists(st.integers(1, 700), max_size=12).map(sorted)


def pieces(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *places, len(data)]
    return [data[start:end] for start, end in pairwise(edges) if data[start:end]]


def read(reader: Reader, parts: list[bytes]) -> None:
    """Feed as a connection does."""
    reader.begin(LIMITS, without_body=False)
    for part in parts:
        if reader.feed(part):
            return
    reader.finish()


@given(st.sampled_from([SIZED, CHUNKED, OPEN]), cuts)
def test_an_answer_reads_the_same_however_it_is_cut(answer: bytes, places: list[int]) -> None:
    reader = Reader()
    for _ in range(1 if answer is OPEN else 2):
        read(reader, pieces(answer, places))
        assert (reader.status, reader.body, reader.reusable) == (200, BODY, answer is not OPEN)
        assert [value for name, value in reader.fields if name == b"X-One"] == [b"1", b"2"]


@given(st.sampled_from([SIZED, CHUNKED]), cuts, st.integers(0, 800))
def test_an_answer_cut_short_is_never_taken_for_whole(answer: bytes, places: list[int], length: int) -> None:
    cut = answer[: min(length, len(answer) - 1)]
    with pytest.raises(HttpError) as caught:
        read(Reader(), pieces(cut, places))
    assert caught.value.kind == ("truncated" if cut else "reset")


@given(
    st.lists(
        st.sampled_from(
            [b"HTTP/1.1 ", b"200 OK\r\n", b"\r\n", b"Content-Length: 3\r\n", b"0\r\n", b"a: b\r\n", b"\x00"]
        )
        | st.binary(max_size=300),
        max_size=20,
    ).map(b"".join),
    cuts,
)
def test_anything_else_is_one_failure(data: bytes, places: list[int]) -> None:
    reader = Reader()
    try:
        read(reader, pieces(data, places))
    except HttpError as error:
        assert error.kind in ("reset", "truncated", "garbage", "oversize")
    else:
        assert reader.complete
        assert len(reader.body) <= LIMITS.body_bytes


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 500 + b"\r\nContent-Length: 0\r\n\r\n", "header"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 100 + b"Content-Length: 0\r\n\r\n", "header"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 601\r\n\r\n" + b"x" * 601, "body"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 601, "body"),
    ],
)
@pytest.mark.parametrize("step", [10_000, 50])
def test_too_much_is_refused_in_one_piece_or_many(answer: bytes, what: str, step: int) -> None:
    with pytest.raises(HttpError, match=f"{what} over") as caught:
        read(Reader(), pieces(answer, list(range(step, len(answer), step))))
    assert caught.value.kind == "oversize"


def test_an_answer_to_head_has_no_body_and_leaves_the_next_one_whole() -> None:
    reader = Reader()
    reader.begin(LIMITS, without_body=True)
    assert reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    assert (reader.status, reader.body, reader.reusable) == (200, b"", True)
    read(reader, [SIZED])
    assert reader.body == BODY
    reader.begin(LIMITS, without_body=True)
    assert reader.feed(SIZED[:-100])
    assert (reader.body, reader.reusable) == (b"", False)


RAW = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)


@pytest.mark.parametrize(
    ("body", "codings"),
    [
        (gzip.compress(BODY), "gzip"),
        (gzip.compress(BODY), " GZip "),
        (gzip.compress(BODY[:100]) + gzip.compress(BODY[100:]), "gzip"),
        (gzip.compress(BODY) + b"\0" * 9, "gzip"),
        (zlib.compress(BODY), "deflate"),
        (RAW.compress(BODY) + RAW.flush(), "deflate"),
        (gzip.compress(zlib.compress(BODY)), "deflate, gzip"),
        (BODY, "identity"),
        (BODY, "br"),
    ],
)
def test_codings_are_undone(body: bytes, codings: str) -> None:
    assert decoded(body, codings, len(BODY)) == BODY


@given(st.binary(max_size=3000), st.integers(0, 3000), st.sampled_from(["gzip", "deflate"]))
def test_a_coded_body_is_whole_or_refused(body: bytes, length: int, coding: str) -> None:
    coded = gzip.compress(body) if coding == "gzip" else zlib.compress(body)
    try:
        assert decoded(coded[:length], coding, 2000) in (body, b"")
    except HttpError as error:
        assert error.kind in ("truncated", "garbage") or (error.kind == "oversize" and len(body) > 2000)


def test_the_bodies_of_all_connections_share_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    size = 5 * MB
    monkeypatch.setattr(intake, "MOST_AT_ONCE_BYTES", 8 * MB)
    reader, other = Reader(), Intake()
    other.grow_to(4 * MB)
    with pytest.raises(HttpError, match="at a time, all users together") as refused:
        fed(reader, size)
    assert refused.value.kind == "oversize"
    reader.close()
    with pytest.raises(HttpError, match="at a time, all users together"):
        decoded(gzip.compress(bytes(size)), "gzip", size)
    other.end()
    assert intake._at_once_bytes == 0
    reader = Reader()
    assert fed(reader, size) and intake._at_once_bytes > 4 * MB
    assert len(reader.body) == len(decoded(gzip.compress(bytes(size)), "gzip", size)) == size
    assert intake._at_once_bytes == 0


def fed(reader: Reader, size: int) -> bool:
    """Whether a body of this size is complete that came in pieces."""
    reader.feed(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
    return [reader.feed(bytes(MB)) for _ in range(size // MB)][-1]
