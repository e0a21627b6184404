"""lorax-tui: a terminal monitor for load-testing a Lorax backend.

`validate_results` is there for other programs; everything else is the program's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lorax_tui.api import validate_results

__all__ = ["__version__", "validate_results"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Late, so that importing any part of the package does not load all that is below the api.
    if name == "validate_results":
        from lorax_tui.api import validate_results

        return validate_results
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
