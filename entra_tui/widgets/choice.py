"""A checkbox whose state can be read without color."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class Choice(Checkbox):
    """`[x] label` or `[ ] label`; Textual's own tells on from off by color alone."""

    DEFAULT_CSS = """
    Choice { background: transparent; padding: 0; width: auto; height: 1; border: none; }
    Choice:focus { background: $primary; color: $background; text-style: bold; border: none; }
    Choice:ansi:focus { text-style: bold reverse; }
    """

    def __init__(self, label: str, value: bool, *, id: str) -> None:  # noqa: A002 - Textual's names
        super().__init__(label, value, compact=True, id=id)

    def render(self) -> Content:
        """The box and its label."""
        return Content(f"[{'x' if self.value else ' '}] {self.label.plain}")
