"""The program's button: one row high, and ready for the next press at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import widgets

if TYPE_CHECKING:
    from textual.widgets.button import ButtonVariant


class Button(widgets.Button):
    """A compact button that takes every press.

    For a fifth of a second after a press Textual shows it as pressed and drops the next one; where a check is quicker
    than that, Enter on the button's new label would be lost. It would be two more repaints over a slow line, too.

    Args:
        label: What it says.
        id: Its name in the DOM.
        variant: How it looks.
        classes: Its classes in the style sheets, parted by blanks.
        disabled: Whether it can be pressed.
    """

    def __init__(
        self,
        label: str,
        *,
        id: str,  # noqa: A002 - Textual's name for it
        variant: ButtonVariant = "default",
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(label, variant, id=id, classes=classes, disabled=disabled, compact=True)
        self.active_effect_duration = 0
