"""A scenario as it is written, and the configuration that a text makes; needs the fixture `elsewhere`."""

from __future__ import annotations

from pathlib import Path

from lorax_tui import config

SMOKE = """
[scenarios.smoke]
users = 5
spawn_rate = 5
duration = "1m"
mix = { LoraxHttpUser = 2 }
"""


def loaded(text: str | bytes) -> config.Config:
    path = Path("own.toml")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return config.load(path)
