"""The program's own colors, and which theme fits the terminal."""

from __future__ import annotations

import os
from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="entra-dark",
    primary="#4f9cf0",
    secondary="#7aa2c9",
    accent="#5cc8c2",
    foreground="#d6dce4",
    background="#11161d",
    surface="#18202a",
    panel="#22303f",
    success="#6cc486",
    warning="#e5b455",
    error="#ec7a74",
    dark=True,
)
LIGHT: Final = Theme(
    name="entra-light",
    primary="#0f62ad",
    secondary="#3f6f9e",
    accent="#0b7f79",
    foreground="#1c2733",
    background="#fbfcfd",
    surface="#f1f4f7",
    panel="#dde5ed",
    success="#1d7a3c",
    warning="#9a6700",
    error="#b3261e",
    dark=False,
)
_FEW_COLORS: Final = frozenset({"linux", "vt100", "vt220", "xterm", "screen", "dumb", "ansi"})


def theme_name(preferred: str | None) -> str:
    """The theme to start with.

    Args:
        preferred: What `config.toml` asks for.

    Returns:
        The preferred one; else the terminal's own 16 colors where it has no more or none are wanted (`NO_COLOR`).
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in _FEW_COLORS:
        return "ansi-dark"
    return preferred or os.environ.get("TEXTUAL_THEME") or DARK.name
