"""One entry of a lookup list in full."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from entra_tui.guidance import Value
from entra_tui.model.text import harmless
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.screens.frame import Frame
from entra_tui.screens.member_lines import member_lines
from entra_tui.screens.plain_page import PlainPage
from entra_tui.storage.errors import StorageError
from entra_tui.storage.lists import MEMBER_COUNT
from entra_tui.widgets.cells import shown
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from entra_tui.model.entry import Entry
    from entra_tui.services import Services

_LABEL = 20


class EntryScreen(Frame):
    """All columns of one entry, under the names that Microsoft Graph gives them, and the members of a group or role.

    Args:
        services: What to work with.
        entry: The entry.
        simulated: Whether it comes from a simulated tenant.
        columns: Properties that it was read with, shown first.
        members_in: The list of groups or roles that has its members; empty where it has none.
    """

    heading = "Entry"
    help_text = """Everything that the list holds about one entry, under the names of Microsoft Graph. A property that
the tenant never set is shown as (not set).

A group or role shows its number of members and the first hundred. A member is shown by its ID where no list of the
connector has its name; where the tenant does not tell the members, they are unknown.

F3 shows the values on a page of their own, from which each can be sent to your terminal's clipboard."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "copy", "Copy", key_display="F3", id="values", tooltip="All of it as plain text, to copy")
    ]
    DEFAULT_CSS = """
    EntryScreen #values { height: auto; }
    EntryScreen #members { height: auto; margin: 1 0 0 0; display: none; }
    """

    def __init__(
        self,
        services: Services,
        entry: Entry,
        *,
        simulated: bool,
        columns: Sequence[str] = USER_COLUMNS,
        members_in: str = "",
    ) -> None:
        self._columns = tuple(columns)
        self._members_in = members_in
        self._entry = entry
        self._simulated = simulated
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        values = self._values()
        width = max(_LABEL, *(len(label) + 2 for label, _ in values))
        lines = (f"{label:<{width}}{text or '(not set)'}" for label, text in values)
        yield VerticalScroll(
            Static("\n".join(lines), id="values", markup=False),
            Static("", id="members", markup=False),
            id="body",
        )

    def is_simulated(self) -> bool:
        return self._simulated

    def on_mount(self) -> None:
        name = harmless(str(self._entry.values.get("displayName") or self._entry.id))
        self.query_one(TitleBar).rename(f"entra-tui  {name}")
        if self._members_in:
            self.read()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read who is in the group, or holds the role."""
        number = self._entry.values.get(MEMBER_COUNT)
        if not isinstance(number, int):
            text = "members: unknown"
        elif not number:
            text = "members: none"
        else:
            try:
                members = await asyncio.to_thread(self.services.members, self._members_in, self._entry.id)
            except StorageError as error:
                text = error.sentence
            else:
                text = member_lines("members", number, members)
        said = self.query_one("#members", Static)
        said.update(text)
        said.display = True

    def action_copy(self) -> None:
        """Show the values on a plain page."""
        self.open(PlainPage([Value(label, text) for label, text in self._values() if text]))

    def _values(self) -> list[tuple[str, str]]:
        values = self._entry.values
        further = [name for name in values if name not in self._columns]
        known = [name for name in self._columns[1:] if name in values or not further]
        return [("id", harmless(self._entry.id)), *((name, shown(values.get(name))) for name in (*known, *further))]
