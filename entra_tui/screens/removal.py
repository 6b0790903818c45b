"""The question before something is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from entra_tui.model.quantities import count
from entra_tui.model.text import harmless
from entra_tui.widgets.button import Button

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.client_secrets import SecretSharing
    from entra_tui.model.entry import LookupList


class RemovalQuestion(ModalScreen[bool]):
    """Are you sure?

    Args:
        title: What would be done, above the question.
        question: The question, with what goes and what stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "Keep it")]
    DEFAULT_CSS = """
    RemovalQuestion { align: center middle; }
    RemovalQuestion > Vertical { width: 60; height: auto; border: round $error; padding: 1 2; background: $surface; }
    RemovalQuestion Horizontal { height: 1; margin: 1 0 0 0; }
    RemovalQuestion Button { margin: 0 2 0 0; }
    """

    def __init__(self, title: str, question: str) -> None:
        super().__init__()
        self._title = title
        self._question = question

    def compose(self) -> ComposeResult:
        window = Vertical(
            Static(self._question, markup=False),
            Horizontal(
                Button("Keep it", variant="primary", id="keep"),
                Button("Remove", variant="error", id="remove"),
                classes="actions",
            ),
        )
        window.border_title = self._title
        yield window

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "remove")


class RemoveScreen(RemovalQuestion):
    """Whether a connector is removed.

    Args:
        sharing: What becomes of its secret.
        synchronizing: Whether a synchronization of it is under way here.
    """

    def __init__(self, sharing: SecretSharing, *, synchronizing: bool = False) -> None:
        lines = [
            f"Remove '{sharing.connector}' with {sharing.takes}?",
            sharing.sentence,
            "The app registration in Entra stays as it is.",
            "Its synchronization is under way and will be canceled." if synchronizing else "",
        ]
        super().__init__("Remove a connector", "\n".join(line for line in lines if line))


class RemoveListScreen(RemovalQuestion):
    """Whether a list is removed whose connector was removed.

    Args:
        one: Which list.
    """

    def __init__(self, one: LookupList) -> None:
        entries = count(one.entries, "entry", "entries")
        super().__init__(
            "Remove a lookup list",
            f"Remove '{harmless(one.name)}' with its {entries} and its history?\nIts connector was removed already.",
        )
