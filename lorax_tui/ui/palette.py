"""What the dashboard offers by name: the actions of its keys, and the words for them."""

from __future__ import annotations

from collections.abc import Iterator

from lorax_tui.session.view import SessionView

Offer = tuple[str, str, str]
"""A name, what it is about, and the action of the app that it stands for."""

_OFFERS: tuple[Offer, ...] = (
    ("One user more", "+", "adjust(1)"),
    ("One user fewer", "-", "adjust(-1)"),
    ("Ten users more", "right bracket", "adjust(10)"),
    ("Ten users fewer", "left bracket", "adjust(-10)"),
    ("Stop", "x: end the load and keep the run", "stop"),
    ("Silence a guard", "g: the one that is about to end the run", "silence"),
    ("Snapshot", "s: keep the run as it stands", "snapshot"),
    ("Next latency chart", "p: HTTP, Socket.IO, operation", "turn_chart"),
    ("Next panel", "m: scenarios, errors, memory", "turn_panel"),
    ("Target", "t: memory of its workers over the whole run", "target"),
    ("Generator", "h: load, lag, files and connections of this machine", "turn_over('generator')"),
    ("Limits", "l: each with its value now", "turn_over('limits')"),
    ("Runs", "r: see one again, mark one as baseline", "open_runs"),
    ("Help", "? all keys and signs", "help"),
    ("Quit", "q: asks while a load runs", "leave"),
)


def offers(view: SessionView) -> Iterator[Offer]:
    """The scenarios, each to be started or switched to, and then everything else."""
    verb = "Switch to" if view.is_loaded else "Start"
    for number, scenario in enumerate(view.scenarios, start=1):
        yield f"{verb} {scenario.name}", "its number key", f"scenario({number})"
    yield from _OFFERS
