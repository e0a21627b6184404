"""The keys of the screens about runs that are kept, and the words for them: none of these needs an engine."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from lorax_tui.ui.keys import PANEL_BINDINGS

REPLAY_BINDINGS: list[BindingType] = [
    # Before the panels, which would scroll by some of them.
    Binding("space", "play_or_hold", show=False, priority=True),
    Binding("left", "skip(-10)", show=False, priority=True),
    Binding("right", "skip(10)", show=False, priority=True),
    Binding("home", "seek(0)", show=False, priority=True),
    Binding("end", "seek_end", show=False, priority=True),
    Binding("full_stop", "step(1)", show=False),
    Binding("comma", "step(-1)", show=False),
    Binding("n", "to_event(1)", show=False),
    Binding("b,N", "to_event(-1)", show=False),
    Binding("t", "ask_time", show=False),
    Binding("w", "target", show=False),
    Binding("plus,equals_sign", "speed(1)", show=False),
    Binding("minus", "speed(-1)", show=False),
    *PANEL_BINDINGS,
    Binding("q,escape", "leave", show=False),
]

REPLAY_FOOTER = (
    ("space", "play"),
    ("+/-", "speed"),
    (",/.", "step"),
    ("←/→", "10 s"),
    ("b/n", "event"),
    ("t", "time"),
    ("p", "chart"),
    ("m", "panel"),
    ("w", "target"),
    ("?", "help"),
    ("q", "leave"),
)

TARGET_MOMENT_FOOTER = (("w", "back"), ("p", "chart"), ("m", "panel"))

REPLAY_HELP = (
    ("space", "play, or hold"),
    ("+ -", "faster or slower, up to 60 s in a second"),
    (". ,", "to the next interval or the one before, and hold"),
    ("right left", "10 s on or back"),
    ("n b", "to the next thing that happened, or to the one before"),
    ("t", "to a time"),
    ("home end", "to the beginning or the end"),
    ("p", "latency of HTTP, Socket.IO, or the chosen row"),
    ("m", "small terminal: scenarios, errors, memory"),
    ("w", "the target: memory of its workers up to that moment"),
    ("h", "health of the generator, in the place of memory"),
    ("l", "limits of the phase, in the place of errors"),
    ("q", "leave the replay; also Esc"),
)

RUNS_BINDINGS: list[BindingType] = [
    Binding("o", "open", show=False),
    Binding("space", "replay", show=False),
    Binding("c", "compare", show=False),
    Binding("b", "mark", show=False),
    Binding("f5", "refresh_list", show=False),
    Binding("q,escape,r", "leave", show=False),
]

RUNS_FOOTER = (
    ("↑/↓", "choose"),
    ("Enter", "open"),
    ("space", "replay"),
    ("c", "compare"),
    ("b", "baseline"),
    ("q", "back"),
)
