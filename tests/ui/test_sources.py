"""What the sources of the dashboard must not contain: ways in which a text could be read as markup."""

import re
from pathlib import Path

import pytest

import lorax_tui.ui

SOURCES = sorted(Path(lorax_tui.ui.__file__).parent.rglob("*.py"))
BANNED = [r"\bescape\(", r"from_markup\(", r"add_row\(", r"\.update\(f?[\"']", r"RichLog", r"OptionList", r"DataTable"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_text_is_read_as_markup(source):
    code = source.read_text()
    for pattern in BANNED:
        assert not re.search(pattern, code), f"{pattern} in {source.name}"
    for call in re.findall(r"\b(?:notify|Static|Label)\((?:[^()]|\([^()]*\))*\)", code):
        assert "markup=False" in call, f"{call} in {source.name}"


def test_roles_and_style_sheet_name_the_same():
    from lorax_tui.ui.lines import ROLES

    sheet = (Path(lorax_tui.ui.__file__).parent / "app.tcss").read_text()
    assert set(re.findall(r"role--([\w-]+)", sheet)) == ROLES


def test_only_the_ui_knows_plotext_in_one_place():
    assert [path.name for path in SOURCES if "import plotext" in path.read_text()] == ["plot.py"]
