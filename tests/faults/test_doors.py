"""No door that a text from outside comes in by lets anything harmful through, and none is there for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults.doors import Door, doors, without
from tests.faults.hostile import CORPUS, PROBE, harm
from tests.faults.through import WAYS, through_screens

DOORS = doors()


def behind(place: str, text: str, folder: Path) -> list[str]:
    folder.mkdir()
    return [str(found) for found in WAYS[place](text, folder)]


def harmful(texts: Iterable[str]) -> list[str]:
    return [found for text in texts for found in harm(text.replace("\n", ""))]


def test_there_is_a_way_through_every_door():
    assert set(WAYS) == {door.place for door in DOORS}


@pytest.mark.parametrize(
    "place", sorted({way.__name__: place for place, way in WAYS.items() if way is not through_screens.screens}.values())
)
def test_nothing_harmful_comes_through(place: str, tmp_path: Path):
    for number, text in enumerate(CORPUS.values()):
        assert harmful(behind(place, text, tmp_path / str(number))) == []


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_row_3_what_comes_in_where_a_door_is_taken_out_is_noticed(door: Door, tmp_path: Path):
    assert harmful(behind(door.place, PROBE, tmp_path / "with")) == []
    with without(door) as came:
        found = behind(door.place, PROBE, tmp_path / "without")
    assert came, "no text came by"
    assert harmful(found), found
