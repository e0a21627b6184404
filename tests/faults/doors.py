"""Where texts from outside come in: every call of `safe()` in the program, found in its sources.

A door is such a call. It is named by its file, its function and its number there; `without` makes it a hole.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lorax_tui
from lorax_tui.model.text import as_text, safe

PACKAGE = Path(lorax_tui.__file__).parent


@dataclass(frozen=True, slots=True)
class Door:
    """One call of `safe()`."""

    module: str
    function: str
    number: int
    line: int
    column: int

    @property
    def name(self) -> str:
        """As `runs/store.py find 2`."""
        return f"{self.place} {self.number}"

    @property
    def place(self) -> str:
        """The function that it is in, as `runs/store.py find`."""
        return f"{self.module.removeprefix('lorax_tui.').replace('.', '/')}.{self.function}"


class _Finder(ast.NodeVisitor):
    def __init__(self, module: str) -> None:
        self.found: list[Door] = []
        self._module = module
        self._functions: list[str] = []
        self._counts: dict[str, int] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._functions.append(node.name)
        self.generic_visit(node)
        self._functions.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._functions.append(node.name)
        self.generic_visit(node)
        self._functions.pop()

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "safe":
            function = ".".join(self._functions)
            number = self._counts[function] = self._counts.get(function, 0) + 1
            self.found.append(Door(self._module, function, number, node.lineno, node.col_offset))
        self.generic_visit(node)


def doors() -> list[Door]:
    """All there are."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("lorax_tui", *path.relative_to(PACKAGE).with_suffix("").parts)
        finder = _Finder(".".join(parts).removesuffix(".__init__"))
        finder.visit(ast.parse(path.read_text()))
        found += finder.found
    return found


@contextmanager
def without(door: Door) -> Iterator[list[Any]]:
    """This one lets through whatever comes; what came is in the list."""
    module: Any = importlib.import_module(door.module)
    came: list[Any] = []

    def gate(text: object, *limits: Any, **named: Any) -> str:
        frame = sys._getframe(1)
        place = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        if (place[0], place[2]) != (door.line, door.column):
            return safe(text, *limits, **named)
        came.append(text)
        return as_text(text)

    module.safe = gate
    try:
        yield came
    finally:
        module.safe = safe
