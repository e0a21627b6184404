"""The user classes there are: the shipped ones, and those of a user's own file."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

from locust.user.users import HttpUser, User

from lorax_tui.config.reading import check_classes
from lorax_tui.engine.stock import KINDS, adopted
from lorax_tui.engine.users import SHIPPED, LoraxUser
from lorax_tui.engine.users.counted import CountedUser
from lorax_tui.errors import UsageError
from lorax_tui.model.text import named, safe

UserClasses = dict[str, type[CountedUser]]
"""By name."""


def user_classes(file: Path | None = None, in_workers: bool = False) -> UserClasses:
    """The shipped user classes and those of `file`, by name.

    Args:
        in_workers: whether users live in processes whose standard library is patched, where none blocks the others.

    Raises:
        UsageError: the file cannot be run, or holds no usable class.
    """
    classes: UserClasses = {user_class.__name__: user_class for user_class in SHIPPED}
    if file is not None:
        classes |= own_classes(file, in_workers)
    return classes


def own_classes(file: Path, in_workers: bool = False) -> UserClasses:
    """The user classes that a file defines, by name; see `user_classes`."""
    module = _executed(file)
    found: UserClasses = {}
    for name, value in vars(module).items():
        if not _is_user_class(value, module):
            continue
        is_stock = issubclass(value, KINDS)
        if not issubclass(value, LoraxUser) and not (is_stock and in_workers):
            raise UsageError(f"{named(file)}: {name} is built on {_base(value)}: {_why_not(value)}")
        if not value.tasks:
            raise UsageError(
                f"{named(file)}: {name} has no tasks: give it @task methods, or abstract = True for a mere base"
            )
        if safe(value.__name__) != value.__name__:
            raise UsageError(f"{named(file)}: {name} has a name that cannot be shown: {safe(value.__name__)}")
        found[value.__name__] = adopted(value) if is_stock else value
    if not found:
        raise UsageError(f"{named(file)}: no user class in it: subclass one of lorax_tui.users, with @task methods")
    return found


def _executed(file: Path) -> ModuleType:
    check_classes(file)
    name = f"lorax_tui_own_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{named(file)}: not a Python file (its name must end in .py)")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == spec.origin]
        line = error.lineno if isinstance(error, SyntaxError) else (lines[-1] if lines else None)
        where = f", line {line}" if line else ""
        raise UsageError(f"{named(file)}{where}: {type(error).__name__}: {safe(error)}") from error
    return module


def _is_user_class(value: object, module: ModuleType) -> TypeGuard[type[User]]:
    return (
        isinstance(value, type)
        and issubclass(value, User)
        and value.__module__ == module.__name__
        and not value.__dict__.get("abstract", False)
    )


def _base(user_class: type[User]) -> str:
    return next(base.__name__ for base in user_class.__mro__[1:] if base.__module__.startswith("locust"))


def _why_not(user_class: type[User]) -> str:
    if issubclass(user_class, KINDS):
        why = "its requests would block every other user" if issubclass(user_class, HttpUser) else "it lives in workers"
        return f"{why}: --workers 1 runs it; or subclass LoraxHttpUser or HttpUser of lorax_tui.users"
    return "its requests would not be counted; subclass one of lorax_tui.users"
