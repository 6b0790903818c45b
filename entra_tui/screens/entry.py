"""One entry of a lookup list in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from entra_tui.guidance import Value
from entra_tui.model.text import harmless
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.screens.frame import Frame
from entra_tui.screens.plain_page import PlainPage
from entra_tui.widgets.cells import shown
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from entra_tui.model.entry import Entry
    from entra_tui.services import Services

_LABEL = 20


class EntryScreen(Frame):
    """All columns of one entry, under the names that Microsoft Graph gives them.

    Args:
        services: What to work with.
        entry: The entry.
        simulated: Whether it comes from a simulated tenant.
        columns: Properties that it was read with, shown first.
    """

    heading = "Entry"
    help_text = """Everything that the list holds about one entry, under the names of Microsoft Graph. A property that
the tenant never set is shown as (not set).

F3 shows the values on a page of their own, from which each can be sent to your terminal's clipboard."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "copy", "Copy", key_display="F3", id="values", tooltip="All of it as plain text, to copy")
    ]
    DEFAULT_CSS = """
    EntryScreen #values { height: auto; }
    """

    def __init__(
        self, services: Services, entry: Entry, *, simulated: bool, columns: Sequence[str] = USER_COLUMNS
    ) -> None:
        self._columns = tuple(columns)
        self._entry = entry
        self._simulated = simulated
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        values = self._values()
        width = max(_LABEL, *(len(label) + 2 for label, _ in values))
        lines = (f"{label:<{width}}{text or '(not set)'}" for label, text in values)
        yield VerticalScroll(Static("\n".join(lines), id="values", markup=False), id="body")

    def is_simulated(self) -> bool:
        return self._simulated

    def on_mount(self) -> None:
        name = harmless(str(self._entry.values.get("displayName") or self._entry.id))
        self.query_one(TitleBar).rename(f"entra-tui  {name}")

    def action_copy(self) -> None:
        """Show the values on a plain page."""
        self.open(PlainPage([Value(label, text) for label, text in self._values() if text]))

    def _values(self) -> list[tuple[str, str]]:
        values = self._entry.values
        further = [name for name in values if name not in self._columns]
        known = [name for name in self._columns[1:] if name in values or not further]
        return [("id", harmless(self._entry.id)), *((name, shown(values.get(name))) for name in (*known, *further))]
