"""The table of faults tells the truth about the tests that there are."""

import re

from tests.faults import catalogue


def test_it_has_all_rows():
    assert list(catalogue.ROWS) == list(range(1, 61))


def test_every_test_is_of_a_row_and_every_test_of_a_row_exists():
    assert set(catalogue.tests()) <= set(catalogue.ROWS)
    named = [test for row in catalogue.ROWS.values() for test in row.elsewhere]
    assert [test for test in named if not catalogue.exists(test)] == []


def test_what_is_tested_needs_no_excuse():
    assert [number for number in catalogue.automated() if catalogue.ROWS[number].why_not] == []


def test_a_row_without_a_test_says_why():
    assert [
        number for number, row in catalogue.ROWS.items() if number not in catalogue.automated() and not row.why_not
    ] == []


def test_the_readme_says_how_many():
    said = re.search(r"\[(\d+)/60\]\(tests/faults/catalogue\.py\)", (catalogue.ROOT / "README.md").read_text())
    assert said is not None and int(said[1]) == len(catalogue.automated())
