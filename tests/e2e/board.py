"""What the dashboard says, read off the lines of a screen."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLOCK = re.compile(r"\b(\d\d):(\d\d)\b")
_USERS = re.compile(r"\busers +(\d+)/(\d+)")
_ROW = re.compile(r"^│? *(HTTP|Socket\.IO|S\.IO) +(\S.*?) {2,}(\S+) +(\d+) +(\d+) +(\d+) +(\S+) +(\S+) +(\S+) +(\S+) ")


@dataclass(frozen=True, slots=True)
class Row:
    """One operation as it is shown."""

    asks: int
    failed: int
    p50: str
    p99: str
    max: str


def clock_s(lines: list[str]) -> int:
    """Seconds since the scenario began; -1 where the header has no clock."""
    found = _CLOCK.search(lines[0])
    return 60 * int(found[1]) + int(found[2]) if found else -1


def users(lines: list[str]) -> tuple[int, int] | None:
    """Users that are there and users that are wanted."""
    found = _USERS.search(lines[0])
    return (int(found[1]), int(found[2])) if found else None


def rows(lines: list[str]) -> dict[str, Row]:
    """The operations by protocol and name."""
    found = [match for line in lines if (match := _ROW.match(line))]
    return {
        f"{match[1].replace('S.IO', 'Socket.IO')} {match[2]}": Row(
            int(match[4]), int(match[5]), match[7], match[9], match[10]
        )
        for match in found
    }


def asks(lines: list[str]) -> int:
    """Of all operations that are shown."""
    return sum(row.asks for row in rows(lines).values())
