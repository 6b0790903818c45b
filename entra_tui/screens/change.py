"""One entry that a synchronization changed: each value before and after, and who joined and left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.containers import VerticalScroll
from textual.widgets import Static

from entra_tui.model.text import harmless
from entra_tui.screens.frame import Frame
from entra_tui.screens.member_lines import member_lines
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.cells import shown
from entra_tui.widgets.history_rows import changed_columns
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.model.entry import Entry
    from entra_tui.services import Services
    from entra_tui.storage.lists import RowChange


class ChangeScreen(Frame):
    """What changed in one entry.

    Args:
        services: What to work with.
        change: The entry before and after.
        list_name: Its list.
        run: Number of the synchronization.
        simulated: Whether it comes from a simulated tenant.
    """

    heading = "Change"
    help_text = """The values that a synchronization changed in one entry, under the names of Microsoft Graph, and the
members that joined or left a group or role. A member is shown by its ID where no list of the connector has its name.

Unchanged values are not shown: Lists > Lookup Lists has the whole entry."""
    DEFAULT_CSS = """
    ChangeScreen #values { height: auto; }
    ChangeScreen #members { height: auto; margin: 1 0 0 0; display: none; }
    """

    def __init__(self, services: Services, change: RowChange, *, list_name: str, run: int, simulated: bool) -> None:
        self._change = change
        self._list_name = list_name
        self._run = run
        self._simulated = simulated
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        before, after = self._change.before, self._change.after
        blocks = [f"id\n  {harmless(self._change.id)}"]
        blocks.extend(
            f"{harmless(name)}\n  before  {_told(before, name)}\n  after   {_told(after, name)}"
            for name in changed_columns(self._change)
        )
        yield VerticalScroll(
            Static("\n\n".join(blocks), id="values", markup=False),
            Static("", id="members", markup=False),
            id="body",
        )

    def is_simulated(self) -> bool:
        return self._simulated

    def on_mount(self) -> None:
        present = self._change.after or self._change.before
        name = present.values.get("displayName") if present is not None else None
        self.query_one(TitleBar).rename(f"entra-tui  {harmless(str(name or self._change.id))}")
        if self._change.joined or self._change.left:
            self.read()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read who joined and who left."""
        change = self._change
        try:
            joined, left = await asyncio.to_thread(self.services.member_moves, self._list_name, self._run, change.id)
        except StorageError as error:
            text = error.sentence
        else:
            blocks = [member_lines("joined", change.joined, joined), member_lines("left", change.left, left)]
            text = "\n\n".join(block for block in blocks if block)
        members = self.query_one("#members", Static)
        members.update(text)
        members.display = True


def _told(entry: Entry | None, name: str) -> str:
    return shown(entry.values.get(name)) or "(not set)" if entry is not None else "(not set)"
