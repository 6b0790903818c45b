"""The keys that a screen offers, on its last line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from textual import events
    from textual.binding import ActiveBinding
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Hint:
    """One key.

    Attributes:
        key: Its name, as Textual knows it.
        shown: Its name, as a person knows it.
        does: What it does, in a word or two.
        enabled: Whether it does so now.
    """

    key: str
    shown: str
    does: str
    enabled: bool

    @property
    def text(self) -> str:
        """What is read."""
        return f" {self.shown} {self.does} "


class KeyHints(Static):
    """The active bindings in one line, which a mouse can press.

    Textual's own footer is made anew, a widget for each key, whenever the focus moves: more work than all else that a
    key causes, and this line seldom changes.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyHints {
        dock: bottom; height: 1; text-wrap: nowrap;
        color: $footer-foreground; background: $footer-background;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.hints: tuple[Hint, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[object]) -> None:
        first: dict[str, ActiveBinding] = {}
        for active in screen.active_bindings.values():
            if active.binding.show:
                # A second key for the same action is one that a person need not know.
                first.setdefault(active.binding.action, active)
        hints = tuple(
            Hint(binding.key, self.app.get_key_display(binding), binding.description, enabled)
            for _, binding, enabled, _ in first.values()
        )
        if hints != self.hints:
            self.hints = hints
            self.update(Content("").join(map(_content, hints)), layout=False)

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        end = 0
        for hint in self.hints:
            end += cell_len(hint.text)
            if event.x < end:
                self.app.simulate_key(hint.key)
                return


def _content(hint: Hint) -> Content:
    dim = "" if hint.enabled else " dim"
    return Content.assemble(
        (f" {hint.shown} ", f"$footer-key-foreground bold{dim}"),
        (f"{hint.does} ", f"$footer-description-foreground{dim}"),
    )
