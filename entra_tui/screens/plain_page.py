"""Values and addresses on a page without borders, to be read, selected or sent to the terminal's clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from entra_tui.storage.errors import StorageError
from entra_tui.storage.private_file import write_private
from entra_tui.widgets.button import Button
from entra_tui.widgets.terminal_clipboard import clipboard_sequence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.app import ComposeResult

    from entra_tui.guidance import Value
    from entra_tui.model.secret import Secret


class PlainPage(Screen[None]):
    """All values of a step in full width; Enter on one sends it to the terminal's clipboard.

    Args:
        values: What to show.
        file: Where all of it can be written to; None where nobody would want that.
        secret: A client secret that is shown on purpose, by a button of its own; it goes neither into the file nor to
            the clipboard.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f3", "dismiss", "Back"),
        Binding("w", "write", "Write to a file"),
    ]
    DEFAULT_CSS = """
    PlainPage { background: $background; }
    PlainPage VerticalScroll { padding: 0; scrollbar-size-vertical: 1; }
    PlainPage .lead { height: auto; margin: 0 0 1 0; color: $text-muted; }
    PlainPage:ansi .lead { text-style: dim; }
    PlainPage Button { text-style: bold; }
    PlainPage .value { height: auto; margin: 0 0 1 0; }
    """

    def __init__(self, values: Sequence[Value], *, file: Path | None = None, secret: Secret | None = None) -> None:
        super().__init__()
        self._values = tuple(values)
        self._file = file
        self._secret = secret
        self._shows_secret = False

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(
                "Enter on a label sends its value to your terminal's clipboard (OSC 52). Esc goes back."
                + (" W writes all of this page to a file." if self._file else ""),
                classes="lead",
                markup=False,
            )
            for position, value in enumerate(self._values):
                yield Button(value.label, id=f"value-{position}")
                yield Static(value.text, classes="value", markup=False)
            if self._secret:
                yield Button("Show or hide the client secret", id="secret")
                yield Static("", id="secret-value", classes="value", markup=False)
            if self._file is not None:
                yield Button("Write all of this page to a file", id="write")

    def on_screen_resume(self) -> None:
        """The mouse is the terminal's own here, so that it selects text as everywhere else."""
        self._capture_mouse(wanted=False)

    def on_screen_suspend(self) -> None:
        """From here on it presses buttons again."""
        self._capture_mouse(wanted=True)

    def _capture_mouse(self, *, wanted: bool) -> None:
        # The drivers of Textual 8.2.8 for real terminals have it, and do nothing where the mouse is off altogether.
        name = "_enable_mouse_support" if wanted else "_disable_mouse_support"
        switch = getattr(self.app._driver, name, None)  # noqa: SLF001
        if switch is not None:
            switch()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Not every page is worth a file."""
        return action != "write" or self._file is not None

    def action_write(self) -> None:
        """Write everything to a file that only its owner may read, and say where it is."""
        if self._file is None:
            return
        text = "\n\n".join(f"{value.label}\n{value.text}" for value in self._values)
        try:
            write_private(self._file, f"{text}\n".encode())
        except StorageError as error:
            self._say(error.sentence)
        else:
            self._say(f"Written, for you alone to read, to {self._file}")

    def _turn_secret(self) -> None:
        """Show the client secret, or hide it again."""
        if self._secret:
            self._shows_secret = not self._shows_secret
            self.query_one("#secret-value", Static).update(self._secret.reveal() if self._shows_secret else "")

    def _say(self, sentence: str) -> None:
        self.query_one(".lead", Static).update(sentence)
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Send a value to the terminal, or write all."""
        if event.button.id == "write":
            self.action_write()
            return
        if event.button.id == "secret":
            self._turn_secret()
            return
        value = self._values[int((event.button.id or "value-0").removeprefix("value-"))]
        driver = self.app._driver  # noqa: SLF001 - Textual offers no way to write a sequence of one's own
        if driver is not None:
            driver.write(clipboard_sequence(value.text))
            driver.flush()
        self.notify(f"{value.label}: sent to your terminal.", markup=False)
