"""Exact values to enter in the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class ValueList(Vertical):
    """Labels and values, one pair a line."""

    DEFAULT_CSS = """
    ValueList { height: auto; margin: 0 0 1 0; }
    ValueList Horizontal { height: auto; }
    ValueList .label { width: 16; height: 1; color: $text-muted; }
    ValueList .value { width: 1fr; height: auto; text-style: bold; }
    ValueList:ansi .label { text-style: dim; }
    """

    def __init__(self, values: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._values = tuple(values)

    def compose(self) -> ComposeResult:
        for label, value in self._values:
            with Horizontal():
                yield Static(label, classes="label", markup=False)
                yield Static(value, classes="value", markup=False)
