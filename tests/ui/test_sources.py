"""What the sources must not contain: ways in which a text could be read as markup, or reach a terminal as it came."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lorax_tui
import lorax_tui.ui

PACKAGE = Path(lorax_tui.__file__).parent
SOURCES = sorted((PACKAGE / "ui").rglob("*.py"))

BANNED = {"escape", "from_markup", "from_ansi", "add_row", "render_markup", "RichLog", "Log", "Markdown"}
BANNED |= {"OptionList", "SelectionList", "DataTable", "Tree", "TextArea", "panic"}
MARKUP_FREE = {"Static", "Label"}
PRINTING = {"print", "echo", "secho", "echo_via_pager"}

PRINTS = "cli/saying.py"
"""The one place."""


def name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def is_composed(value: ast.expr) -> bool:
    """Whether a text is put together, or stands there, with brackets in it."""
    return isinstance(value, ast.JoinedStr | ast.BinOp) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str) and "[" in value.value
    )


def is_safe(value: ast.expr) -> bool:
    """Whether a text is ours, but for what goes through the gate."""
    if isinstance(value, ast.JoinedStr):
        return all(is_safe(part.value if isinstance(part, ast.FormattedValue) else part) for part in value.values)
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and name_of(value.func) == "safe")


def read_as_markup(code: str) -> Iterator[str]:
    """Where something may be read as markup, or be shown by a widget that does not take a text for what it is."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name, keywords = name_of(node.func), {keyword.arg: keyword.value for keyword in node.keywords}
            markup = keywords.get("markup")
            if "super()" in ast.unparse(node.func):
                continue
            if name in BANNED:
                yield f"{name}(...)"
            if name in MARKUP_FREE and not (isinstance(markup, ast.Constant) and markup.value is False):
                yield f"{name}(...) without markup=False"
            if isinstance(markup, ast.Constant) and markup.value is not False:
                yield f"{name}(..., markup={markup.value})"
            if name == "update" and node.args and is_composed(node.args[0]):
                yield "update() with a text that is composed"
        elif isinstance(node, ast.Assign):
            titles = [target for target in node.targets if isinstance(target, ast.Attribute)]
            if any(title.attr in ("border_title", "border_subtitle", "tooltip") for title in titles) and is_composed(
                node.value
            ):
                yield "a title that is composed"


def prints(code: str) -> Iterator[str]:
    """Where something is printed by the way."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            is_printing = name_of(node.func) in PRINTING or re.search(
                r"std(out|err)(__)?\.(write|buffer)|\Astream\.write", called
            )
            if is_printing and not all(map(is_safe, node.args)):
                yield called


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_text_is_read_as_markup(source):
    assert list(read_as_markup(source.read_text())) == []


def test_no_app_reads_its_toasts_as_markup():
    """For there is but one kind of app, and that never does."""
    kind = re.compile(r"^class (\w+)\((?:\w+\.)?App\b", re.MULTILINE)
    assert [name for source in SOURCES for name in kind.findall(source.read_text())] == ["TerminalApp"]


def test_whatever_is_printed_goes_one_way():
    sources = {str(path.relative_to(PACKAGE)): path.read_text() for path in PACKAGE.rglob("*.py")}
    assert list(prints(sources.pop(PRINTS)))
    assert not list(prints("sys.stderr.write(f'{safe(text)}\\n')"))
    assert {name: found for name, code in sources.items() if (found := list(prints(code)))} == {}


@pytest.mark.parametrize(
    "code",
    [
        "escape(text)",
        "rich.markup.escape(text)",
        "Content.from_markup(f'[b]{text}[/b]')",
        "Text.from_markup(text)",
        "label.update(f'[b]{text}')",
        "label.update('[b]' + text)",
        "table.add_row(text)",
        "self.notify(text, markup=True)",
        "Static(text)",
        "Label(text, classes='title')",
        "panel.border_title = f'{text}'",
        "RichLog(markup=False)",
    ],
)
def test_ways_to_markup_are_found(code):
    assert list(read_as_markup(code))


@pytest.mark.parametrize(
    "code",
    [
        "print(text)",
        "sys.stderr.write(f'{safe(a)} {b}')",
        "click.echo(text)",
        "sys.stdout.write(text)",
        "sys.__stderr__.write(text)",
        "click.secho(text)",
    ],
)
def test_ways_to_print_are_found(code):
    assert list(prints(code))


def test_roles_and_style_sheet_name_the_same():
    from lorax_tui.ui.lines import ROLES

    sheet = (Path(lorax_tui.ui.__file__).parent / "app.tcss").read_text()
    assert set(re.findall(r"role--([\w-]+)", sheet)) == ROLES


def test_only_the_ui_knows_plotext_in_one_place():
    assert [path.name for path in SOURCES if "import plotext" in path.read_text()] == ["plot.py"]
