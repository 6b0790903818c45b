"""Text fields that take what people paste."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from entra_tui.model.fields import SecretShape
from entra_tui.model.text import clean_paste

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

_LONGEST = 4096


class PasteInput(Input):
    """An input that takes a paste with line breaks, blanks, quotes and invisible characters, and says what it removed.

    Textual's own takes the first line only, untrimmed; a paste that begins with a line break would leave it empty.
    """

    DEFAULT_CSS = """
    PasteInput { width: 1fr; }
    """

    @dataclass
    class Cleaned(Message):
        """Something was removed from a paste.

        Attributes:
            input: Where.
            removed: What, in a person's words.
        """

        input: PasteInput
        removed: tuple[str, ...]

    def __init__(self, value: str = "", *, placeholder: str = "", secret: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(value, placeholder=placeholder, password=secret, compact=True, id=id, max_length=_LONGEST)
        self.cursor_blink = False
        self._unwrap = not secret

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        cleaned = clean_paste(event.text[:_LONGEST], unwrap=self._unwrap)
        if cleaned.value:
            self.replace(cleaned.value, *self.selection)
        if cleaned.removed:
            self.post_message(self.Cleaned(self, cleaned.removed))


class SecretInput(PasteInput):
    """A masked input whose text cannot be copied out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "reveal", "Show or hide the secret", show=False, id="reveal")
    ]

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(placeholder=placeholder, secret=True, id=id)

    @property
    def shape(self) -> SecretShape:
        """What may be said about the text without showing it."""
        return SecretShape.of(self.value)

    def action_copy(self) -> None:
        """Refuse: what is copied lands in the terminal's clipboard."""
        self._refuse_copy()

    def action_cut(self) -> None:
        """Refuse, as for a copy."""
        self._refuse_copy()

    def on_blur(self) -> None:
        """Mask it again: whoever goes on does not want it to stay on the screen."""
        self.password = True

    def action_reveal(self) -> None:
        """Show the text, or mask it again."""
        self.password = not self.password

    def _refuse_copy(self) -> None:
        self.notify("A secret is not copied out of this field.", severity="warning", markup=False)


class FieldRow(Vertical):
    """A label, an input, and a line below it for a hint or a refusal."""

    DEFAULT_CSS = """
    FieldRow { height: auto; margin: 0 0 1 0; }
    FieldRow > Label { height: 1; text-style: bold; }
    FieldRow > .hint { height: auto; color: $text-muted; display: none; }
    FieldRow > .hint.-shown { display: block; }
    FieldRow > .hint.-refused { color: $text-error; text-style: bold; }
    FieldRow:ansi > .hint { text-style: dim; }
    """

    def __init__(self, label: str, field: Input, *, hint: str = "") -> None:
        super().__init__()
        self._label = label
        self._hint = hint
        self.field = field

    def compose(self) -> ComposeResult:
        yield Label(self._label, markup=False)
        yield self.field
        yield Static(self._hint, classes="hint -shown" if self._hint else "hint", markup=False)

    def refuse(self, sentence: str) -> None:
        """Say why the value is not taken; it stays in the field."""
        self._say(sentence, refused=True)

    def accept(self, hint: str | None = None) -> None:
        """Nothing is wrong with the value; show `hint`, or the usual one."""
        self._say(self._hint if hint is None else hint, refused=False)

    def _say(self, text: str, *, refused: bool) -> None:
        hint = self.query_one(".hint", Static)
        hint.update(text)
        hint.set_class(refused, "-refused")
        hint.set_class(bool(text), "-shown")

    def on_paste_input_cleaned(self, event: PasteInput.Cleaned) -> None:
        """Tell what was taken off a paste."""
        event.stop()
        self.accept(f"Removed from the paste: {', '.join(event.removed)}.")
