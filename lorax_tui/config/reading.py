"""A file that somebody names: read or refused, without waiting for a pipe or reading a device for ever."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lorax_tui.errors import UsageError
from lorax_tui.model.text import named

MOST_BYTES = 4_000_000
"""Far more than anybody writes by hand."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, to be read in the block.

    Raises:
        OSError: it is not there, cannot be read or is no regular file; `strerror` says which.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error)) from error
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is a folder" if stat.S_ISDIR(mode) else "it is no file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def content(path: Path) -> bytes:
    """All of a small one.

    Raises:
        OSError: as `opened`, or it is far too large.
    """
    with opened(path) as file:
        read = file.read(MOST_BYTES + 1)
    if len(read) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES // 1_000_000} MB")
    return read


def check_classes(file: Path) -> None:
    """See that a file of user classes can be read at all.

    Raises:
        UsageError: it cannot.
    """
    try:
        content(file)
    except OSError as error:
        raise UsageError(f"{named(file)}: cannot be read: {error.strerror}; name a file of Python with -f") from error
