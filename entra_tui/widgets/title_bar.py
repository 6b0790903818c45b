"""The first line of every screen: where one is, and whether the tenant is a simulated one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

SIMULATED = "SIMULATED TENANT"


class TitleBar(Horizontal):
    """Program, screen, and the mark of a simulated tenant, which nothing can hide while it holds."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1;
        dock: top;
        background: $panel;
        color: $foreground;
        padding: 0 1;
    }
    TitleBar #title { width: 1fr; height: 1; text-overflow: ellipsis; text-wrap: nowrap; }
    TitleBar #simulated {
        width: auto; height: 1; padding: 0 1; display: none;
        background: $warning; color: $background; text-style: bold;
    }
    TitleBar.-simulated #simulated { display: block; }
    TitleBar:ansi #simulated { background: ansi_yellow; color: ansi_black; }
    """

    simulated: reactive[bool] = reactive(False, toggle_class="-simulated")

    def __init__(self, title: str, *, simulated: bool) -> None:
        super().__init__()
        self._title = Static(title, id="title", markup=False)
        self.set_reactive(TitleBar.simulated, simulated)
        self.set_class(simulated, "-simulated")

    def compose(self) -> ComposeResult:
        yield self._title
        yield Static(SIMULATED, id="simulated", markup=False)

    def rename(self, title: str) -> None:
        """Show another title."""
        self._title.update(title)
