"""The few signs that stand for a state, with an ASCII form for terminals that know no other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from entra_tui.terminal_kind import shows_unicode


@dataclass(frozen=True, slots=True)
class Symbols:
    """One sign a state; each is one cell wide."""

    passed: str
    failed: str
    warning: str
    skipped: str
    waiting: str
    running: str
    here: str
    bullet: str
    rule: str
    bar_full: str
    bar_empty: str
    ellipsis: str
    selected: str


UNICODE: Final = Symbols("✓", "✗", "!", "─", "·", "…", "▸", "•", "─", "█", "░", "…", "▸")
ASCII: Final = Symbols("+", "x", "!", "-", ".", "~", ">", "*", "-", "#", ".", "~", ">")


@cache
def symbols() -> Symbols:
    """The signs for this terminal's locale."""
    return UNICODE if shows_unicode() else ASCII
