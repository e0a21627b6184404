"""Encodes what a caller wants to send: bytes, text, a form, JSON or files."""

from __future__ import annotations

import json as json_codec
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata


def encoded_body(data: Any, json: Any, files: Any) -> tuple[bytes, str | None]:
    """The body and its content type, where that follows from what it is.

    Args:
        data: bytes, text, a file, a mapping or pairs for a form, or an iterable of bytes.
        json: anything the standard library can encode; used where there is no `data`.
        files: field name to a file, its content, or a tuple (file name, file or content[, content type[, headers]]).
    """
    if files:
        return encode_multipart_formdata([*_form_fields(data), *_file_fields(files)])
    if data:
        return _encoded_data(data)
    if json is not None:
        return json_codec.dumps(json, allow_nan=False).encode(), "application/json"
    return b"", None


def pairs(values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Names and values in order; a name whose value is a list comes once for each item, one with `None` not at all."""
    items = values.items() if isinstance(values, Mapping) else values
    found: list[tuple[str, Any]] = []
    for name, value in items:
        several = value if isinstance(value, list | tuple | set) else [value]
        found.extend((name, item) for item in several if item is not None)
    return found


def _encoded_data(data: Any) -> tuple[bytes, str | None]:
    if isinstance(data, str):
        return data.encode(), None
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data), None
    if hasattr(data, "read"):
        return _content(data), None
    if isinstance(data, Mapping) or (isinstance(data, list | tuple) and isinstance(data[0], tuple)):
        return urlencode(pairs(data)).encode(), "application/x-www-form-urlencoded"
    return b"".join(data), None


def _content(source: Any) -> bytes:
    content = source.read() if hasattr(source, "read") else source
    return content.encode() if isinstance(content, str) else bytes(content)


def _form_fields(data: Any) -> list[tuple[str, bytes]]:
    if isinstance(data, str | bytes):
        raise ValueError("data sent beside files must be a form: a mapping or pairs")
    return [(name, _content(value if isinstance(value, bytes) else str(value))) for name, value in pairs(data or {})]


def _file_fields(files: Any) -> list[RequestField]:
    fields: list[RequestField] = []
    for name, given in files.items() if isinstance(files, Mapping) else files:
        content_type, headers = None, None
        if isinstance(given, tuple | list):
            file_name, source = given[:2]
            content_type = given[2] if len(given) > 2 else None
            headers = given[3] if len(given) > 3 else None
        else:
            file_name, source = _file_name(given) or name, given
        field = RequestField(name=name, data=_content(source), filename=file_name, headers=headers)
        field.make_multipart(content_type=content_type)
        fields.append(field)
    return fields


def _file_name(source: Any) -> str | None:
    name = getattr(source, "name", None)
    return PurePath(name).name if isinstance(name, str) and not name.startswith("<") else None
