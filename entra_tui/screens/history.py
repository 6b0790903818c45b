"""The synchronizations of one lookup list: when, how long, how, and what came of each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual import work
from textual.containers import Vertical
from textual.widgets import Static

from entra_tui.model.quantities import count
from entra_tui.model.text import harmless
from entra_tui.screens.frame import Frame
from entra_tui.screens.run import RunScreen
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.entry_table import EntryTable
from entra_tui.widgets.history_rows import MEMBER_RUN_TABLE, RUN_TABLE, run_row
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from entra_tui.model.entry import Entry
    from entra_tui.services import Services
    from entra_tui.storage.lists import Run

_MOST_RUNS: Final = 500


class HistoryScreen(Frame):
    """The runs of one list, the newest first.

    Args:
        services: What to work with.
        list_name: Which list.
        simulated: Whether it is filled from a simulated tenant.
    """

    heading = "History"
    help_text = """Every synchronization of the list, the newest first: when it began, how it ended, whether everything
was read (full) or what had changed since the run before (delta), how long it took, and how many entries it added,
changed and removed. ! done is a run with warnings. A held run changed nothing: its numbers tell what it would have
done.

Enter on a run shows the entries that it changed, with their values before and after."""
    DEFAULT_CSS = """
    HistoryScreen #standing { height: auto; margin: 0 0 1 0; }
    """

    def __init__(self, services: Services, list_name: str, *, simulated: bool) -> None:
        self._list_name = list_name
        self._simulated = simulated
        self._runs: tuple[Run, ...] = ()
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        yield Vertical(
            Static("", id="standing", markup=False),
            EntryTable(RUN_TABLE, id="runs"),
            id="body",
        )

    def is_simulated(self) -> bool:
        return self._simulated

    def on_mount(self) -> None:
        self.query_one(TitleBar).rename(f"entra-tui  History of {harmless(self._list_name)}")
        self.query_one(EntryTable).display = False
        self.read()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read the runs."""
        try:
            self._runs = await asyncio.to_thread(self.services.lists.runs, self._list_name, limit=_MOST_RUNS)
        except StorageError as error:
            self._say(error.sentence)
            return
        if not self._runs:
            self._say("The list was never synchronized. Press Esc, then S.")
            return
        self._say(f"{count(len(self._runs), 'synchronization')}, the newest first")
        table = self.query_one(EntryTable)
        table.display = True
        has_members = any(run.changes.joined or run.changes.left for run in self._runs)
        table.show_rows(len(self._runs), self._rows, columns=MEMBER_RUN_TABLE if has_members else RUN_TABLE)
        table.focus()

    async def _rows(self, offset: int, limit: int) -> Sequence[Entry]:
        return [run_row(run) for run in self._runs[offset : offset + limit]]

    def _say(self, sentence: str) -> None:
        self.query_one("#standing", Static).update(sentence)

    def on_entry_table_selected(self, event: EntryTable.Selected) -> None:
        """Show what the run changed."""
        run = self._runs[event.table.cursor]
        self.open(RunScreen(self.services, self._list_name, run, simulated=self._simulated))
