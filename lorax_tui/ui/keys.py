"""The keys: which there are, and the words that the footer and the help have for them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from lorax_tui.model.format import UNKNOWN

PANEL_BINDINGS: list[BindingType] = [
    Binding("up,down", "point", show=False),
    Binding("p", "turn_chart", show=False),
    Binding("m", "turn_panel", show=False),
    Binding("h", "turn_over('generator')", show=False),
    Binding("l", "turn_over('limits')", show=False),
    Binding("question_mark", "help", show=False),
]
"""What those keys do that any dashboard has, of a run that goes on and of one that is kept."""

BINDINGS: list[BindingType] = [
    *(Binding(str(number), f"scenario({number})", show=False) for number in range(1, 10)),
    Binding("plus,equals_sign", "adjust(1)", show=False),
    Binding("minus", "adjust(-1)", show=False),
    Binding("right_square_bracket", "adjust(10)", show=False),
    Binding("left_square_bracket", "adjust(-10)", show=False),
    Binding("x", "stop", show=False),
    Binding("g", "silence", show=False),
    Binding("s", "snapshot", show=False),
    Binding("t", "target", show=False),
    Binding("r", "runs", show=False),
    *PANEL_BINDINGS,
    Binding("q", "leave", show=False),
    Binding("ctrl+q,ctrl+c", "leave", show=False, priority=True),
]
"""What each key does. All three keys that end the program are one action."""

_ACTIONS = {str(binding.action).partition("(")[0] for binding in BINDINGS if isinstance(binding, Binding)}

STEERING = frozenset(_ACTIONS - {"leave"} | {"open_runs"})
"""What is only there while the dashboard is looked at, by key or by name."""

FOOTER = (
    ("1-9", "scenario"),
    ("+/-", "users"),
    ("]/[", "by 10"),
    ("x", "stop"),
    ("s", "snap"),
    ("p", "chart"),
    ("m", "panel"),
    ("t", "target"),
    ("l", "limits"),
    ("h", "health"),
    ("r", "runs"),
    ("?", "help"),
    ("q", "quit"),
)
"""The ones to keep in sight."""

TARGET_FOOTER = (
    ("t", "back"),
    ("p", "chart"),
    ("m", "panel"),
    ("1-9", "scenario"),
    ("+/-", "users"),
    ("x", "stop"),
    ("s", "snap"),
    ("?", "help"),
    ("q", "quit"),
)
"""The same on the target's screen."""

HELP = (
    ("1-9", "start a scenario, or switch the load to it"),
    ("up down Enter", "the same in the list; tab: next panel"),
    ("Enter", "on an operation: what is behind its row"),
    ("+ -", "one user more or fewer"),
    ("] [", "ten users more or fewer"),
    ("x", "stop the load: the run ends and is kept"),
    ("s", "snapshot of the run as it stands"),
    ("g", "silence the guard that is about to end the run"),
    ("p", "latency of HTTP, Socket.IO, the chosen row; or knee"),
    ("m", "small terminal: scenarios, errors, limits, memory"),
    ("t", "the target: memory of its workers; p and m turn there"),
    ("l", "limits of the phase, in the place of errors"),
    ("h", "health of the generator, in the place of memory"),
    ("r", "runs that are kept: see one again; not while a load runs"),
    ("ctrl+p", "all of this by name"),
    ("q", "quit; also ctrl+c and ctrl+q; ctrl+z suspends"),
)
"""All of them."""

MARKS_HELP = (
    ("✓ ✗ ?", "limit kept, broken, not decided yet"),
    ("~", "users not all there yet: not judged"),
    ("↗ →", "memory grows for certain, is flat for certain"),
    ("base, Δ", "the baseline at the same time: answers/s, p95"),
    (UNKNOWN, "unknown, or too few answers to say"),
    ("due", "paced load: counted from when the ask was due to start"),
    ("missed waiting", "asks that started over 100 ms late, or have no free user"),
    ("≥", "at least: age of the oldest ask in flight"),
    ("STALLED", "nothing is answered, although asks wait"),
    ("GENERATOR-BOUND", "this machine is the bottleneck, not the target"),
)
"""What the signs on the dashboard mean."""
