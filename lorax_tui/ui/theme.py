"""The colours of the dashboard: calm ones for what is well, loud ones for what is not."""

from textual.theme import Theme

THEME = Theme(
    name="lorax",
    primary="#6fb3d2",
    secondary="#8c9bab",
    accent="#6fb3d2",
    success="#8ecf98",
    warning="#e6b450",
    error="#f4746c",
    foreground="#cfd8e0",
    background="#0e1318",
    surface="#141b22",
    panel="#1c252e",
    dark=True,
    variables={
        "frame": "#31404d",
        "muted": "#8796a5",
        "bright": "#f2f6f9",
        "line-users": "#b59bd6",
        "ghost": "#6f7f8e",
        "limit": "#b8625d",
        "line-low": "#6f93ad",
        "scrollbar": "#31404d",
        "scrollbar-hover": "#4b6073",
        "scrollbar-active": "#6fb3d2",
        "scrollbar-background": "#0e1318",
        "scrollbar-background-hover": "#0e1318",
        "scrollbar-background-active": "#0e1318",
        "scrollbar-corner-color": "#0e1318",
    },
)
"""Meaning never hangs on a colour alone: a word or a mark always says the same."""
