"""The program's own colors, and which theme fits the terminal."""

from __future__ import annotations

import os
from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

from entra_tui.model.text import harmless

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


_CHOOSE: Final = "Ctrl+P, then Theme, offers all of them."
_KNOWN: Final = frozenset({*BUILTIN_THEMES, DARK.name, LIGHT.name})


def theme_name(preferred: str | None) -> str:
    """The theme to start with.

    Args:
        preferred: What `config.toml` asks for.

    Returns:
        The preferred one; else the terminal's own 16 colors where it has no more or none are wanted (`NO_COLOR`). One
        that is not known counts as none.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in _FEW_COLORS:
        return "ansi-dark"
    # Textual takes several names in its variable, and the first that it knows.
    wanted = (preferred or "", *os.environ.get("TEXTUAL_THEME", "").split(","))
    return next((name for name in map(str.strip, wanted) if name in _KNOWN), DARK.name)


def unknown_theme(preferred: str | None) -> str:
    """What to say of a theme that is asked for and not known; empty where there is none."""
    if preferred and preferred.strip() not in _KNOWN:
        return f"config.toml asks for the theme '{harmless(preferred, limit=40)}', which does not exist. {_CHOOSE}"
    variable = os.environ.get("TEXTUAL_THEME", "")
    if not preferred and variable.strip() and not _KNOWN & {name.strip() for name in variable.split(",")}:
        return f"TEXTUAL_THEME names '{harmless(variable, limit=40)}', which is no theme. {_CHOOSE}"
    return ""
