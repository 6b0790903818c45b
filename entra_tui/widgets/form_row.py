"""One line of a form: label, control, and a refusal below where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import Label, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

    from entra_tui.widgets.field import PasteInput


class FormRow(Vertical):
    """A label beside its control; the line below shows only when there is something to say."""

    DEFAULT_CSS = """
    FormRow { height: auto; }
    FormRow Horizontal { height: auto; }
    FormRow Label { width: 17; height: 1; }
    FormRow .message { height: auto; display: none; margin: 0 0 0 17; color: $text-muted; }
    FormRow .message.-shown { display: block; }
    FormRow .message.-refused { color: $text-error; text-style: bold; }
    """

    def __init__(self, label: str, control: Widget) -> None:
        super().__init__()
        self._label = label
        self.control = control

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label(self._label, markup=False)
            yield self.control
        yield Static("", classes="message", markup=False)

    def refuse(self, sentence: str) -> None:
        """Say why the value is not taken; it stays in the control."""
        self._say(sentence, refused=True)

    def tell(self, sentence: str) -> None:
        """Say something about the value; nothing hides the line."""
        self._say(sentence, refused=False)

    def _say(self, text: str, *, refused: bool) -> None:
        message = self.query_one(".message", Static)
        message.update(text)
        message.set_class(bool(text), "-shown")
        message.set_class(refused, "-refused")

    def on_paste_input_cleaned(self, event: PasteInput.Cleaned) -> None:
        """Tell what was taken off a paste."""
        event.stop()
        self.tell(f"Removed from the paste: {', '.join(event.removed)}.")
