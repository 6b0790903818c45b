"""Help: one page of text over the screen that it explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.screens.focus_help import Topic

_KEYS = """Keys
Tab, Shift+Tab   next, previous field or button
Enter            press, choose, check
Esc              back
F1 or ?          this page
F2               requests made, secrets masked
F3               the values of this step, to copy
Ctrl+P           all commands
Ctrl+Q           leave; what was entered is kept"""


class HelpScreen(ModalScreen[None]):
    """A page of help; Esc, Enter or F1 closes it.

    Args:
        title: Whose help it is.
        text: The help of the screen.
        topic: What has the focus there, which comes first; None where nothing has it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,enter,question_mark,q", "dismiss", "Close")]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 76; max-width: 96%; height: auto; max-height: 90%;
        border: round $primary; border-title-style: bold; padding: 1 2; background: $surface;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, title: str, text: str, topic: Topic | None = None) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._topic = topic

    def compose(self) -> ComposeResult:
        page = VerticalScroll(Static(self._page(), markup=False))
        page.border_title = f"Help: {self._title}"
        page.border_subtitle = "Esc closes"
        yield page

    def _page(self) -> Content:
        text = f"{reflow(self._text)}\n\n{_KEYS}"
        if self._topic is None:
            return Content(text)
        name, words = (self._topic.name, "bold"), f"\n{reflow(self._topic.text)}\n\n"
        return Content.assemble(name, words, ("This screen", "bold"), f"\n{text}")


def reflow(text: str) -> str:
    """Paragraphs as one line each, so that they wrap at the page's width."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
