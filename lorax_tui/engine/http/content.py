"""Undoes the content coding of a body, never to more bytes than allowed."""

from __future__ import annotations

import zlib

import gevent

from lorax_tui.engine.http.failure import HttpError
from lorax_tui.engine.http.intake import Intake

_STEP_BYTES = 1024 * 1024
"""Decompressed in one go; then others run."""

_GZIP_MAGIC = b"\x1f\x8b"


def decoded(body: bytes, codings: str, limit_bytes: int) -> bytes:
    """The body without its codings.

    Args:
        codings: value of `Content-Encoding`. A body in a coding that we do not offer stays as it is.

    Raises:
        HttpError: `garbage`, `truncated` or `oversize`.
    """
    for coding in reversed([part.strip().lower() for part in codings.split(",")]):
        if coding in ("gzip", "x-gzip"):
            body = _bounded(body, zlib.MAX_WBITS | 16, limit_bytes)
        elif coding == "deflate":
            body = _bounded(body, zlib.MAX_WBITS if _has_zlib_header(body) else -zlib.MAX_WBITS, limit_bytes)
        elif coding not in ("", "identity"):
            break
    return body


def _has_zlib_header(body: bytes) -> bool:
    """Some servers send the bare stream where `deflate` means the wrapped one."""
    return len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _bounded(body: bytes, window_bits: int, limit_bytes: int) -> bytes:
    intake = Intake(limit_bytes)
    try:
        return _inflated(body, window_bits, limit_bytes, intake)
    finally:
        intake.end()


def _inflated(body: bytes, window_bits: int, limit_bytes: int, intake: Intake) -> bytes:
    parts: list[bytes] = []
    size, rest = 0, body
    while rest:
        inflater = zlib.decompressobj(window_bits)
        while not inflater.eof:
            part = _inflated_step(inflater, rest)
            rest = inflater.unconsumed_tail
            if not part and not rest:
                raise HttpError("truncated", "the compressed body ends too soon")
            size += len(part)
            if size > limit_bytes:
                raise HttpError("oversize", f"body over {limit_bytes} bytes when decompressed")
            parts.append(part)
            if len(part) == _STEP_BYTES:
                intake.grow_to(size)
                gevent.sleep(0)
        rest = inflater.unused_data
        if not rest.startswith(_GZIP_MAGIC):
            break  # only gzip has members in a row; zeros may follow as padding
    return b"".join(parts)


def _inflated_step(inflater: zlib._Decompress, data: bytes) -> bytes:
    try:
        return inflater.decompress(data, _STEP_BYTES)
    except zlib.error:
        raise HttpError("garbage", "the body is not compressed as its header says") from None
