"""One synchronization of a list: how it went, and every entry that it changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual import work
from textual.containers import Vertical
from textual.widgets import Static

from entra_tui.model.quantities import count
from entra_tui.model.text import harmless
from entra_tui.screens.change import ChangeScreen
from entra_tui.screens.entry import EntryScreen
from entra_tui.screens.frame import Frame
from entra_tui.screens.moment import moment
from entra_tui.storage.errors import StorageError
from entra_tui.storage.lists import RunOutcome
from entra_tui.sync.events import COLUMNS_EMPTIED, TOO_MANY_REMOVALS
from entra_tui.sync.sentences import summary
from entra_tui.widgets.duration import duration
from entra_tui.widgets.entry_table import EntryTable
from entra_tui.widgets.history_rows import CHANGE_TABLE, change_row, mode_words, outcome_sign
from entra_tui.widgets.symbols import symbols
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from entra_tui.model.entry import Entry
    from entra_tui.services import Services
    from entra_tui.storage.lists import Run

_NOTHING: Final = {
    RunOutcome.FAILED: "The list is unchanged.",
    RunOutcome.CANCELED: "The list is unchanged.",
    RunOutcome.HELD: "The result was held back. The list is unchanged.",
}
_HELD: Final = {
    TOO_MANY_REMOVALS: "The result was held back: it would remove too many entries. The list is unchanged.",
    COLUMNS_EMPTIED: "The result was held back: it would empty columns. The list is unchanged.",
}


class RunScreen(Frame):
    """One run of a list's history.

    Args:
        services: What to work with.
        list_name: Which list.
        run: The run.
        simulated: Whether the list is filled from a simulated tenant.
    """

    heading = "Synchronization"
    help_text = """What one synchronization did, and what it warns of. The entries that it added, changed and removed
are listed below. Enter shows an entry; of one that changed, each value before and after, and the members that joined
and left.

The entries are kept of the latest twenty synchronizations, ten thousand of each. Those of a list's first one are not
kept one by one: all were new."""
    DEFAULT_CSS = """
    RunScreen #story { height: auto; margin: 0 0 1 0; }
    """

    def __init__(self, services: Services, list_name: str, run: Run, *, simulated: bool) -> None:
        self._list_name = list_name
        self._run = run
        self._simulated = simulated
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        yield Vertical(
            Static(self._story(), id="story", markup=False),
            Static("", id="note", classes="quiet", markup=False),
            EntryTable(CHANGE_TABLE, id="changes"),
            id="body",
        )

    def is_simulated(self) -> bool:
        return self._simulated

    def on_mount(self) -> None:
        self.query_one(TitleBar).rename(f"entra-tui  Synchronization of {harmless(self._list_name)}")
        self.query_one(EntryTable).display = False
        self.read()

    @work(group="read", exclusive=True)
    async def read(self) -> None:
        """Read how many entries there are to show."""
        try:
            kept = await asyncio.to_thread(self.services.lists.count_run_changes, self._run.number)
        except StorageError as error:
            self._say(error.sentence)
            return
        self._say(self._note(kept))
        if kept:
            table = self.query_one(EntryTable)
            table.display = True
            table.show_rows(kept, self._rows)
            table.focus()

    async def _rows(self, offset: int, limit: int) -> Sequence[Entry]:
        changes = await asyncio.to_thread(self.services.lists.run_changes, self._run.number, offset=offset, limit=limit)
        return [change_row(change) for change in changes]

    def _story(self) -> str:
        report, changes = self._run.report, self._run.changes
        seconds = (report.ended_at - report.started_at).total_seconds()
        would = "Would have been: " if self._run.outcome is RunOutcome.HELD else ""
        lines = [
            f"{outcome_sign(self._run)}, started {moment(report.started_at)}, took {duration(seconds)}",
            f"{mode_words(report.mode)}, {count(report.requests, 'request')}.",
        ]
        if self._run.outcome in {RunOutcome.SUCCEEDED, RunOutcome.HELD}:
            lines.append(f"{would}{summary(changes)}.")
        if self._run.reason:
            lines.append(f"Reason: {harmless(self._run.reason, limit=80)}")
        lines += [f"{symbols().warning} {harmless(warning)}" for warning in report.warnings]
        return "\n".join(lines)

    def _note(self, kept: int) -> str:
        run = self._run
        if run.outcome in _NOTHING:
            return _HELD.get(run.reason) or _NOTHING[run.outcome]
        effects = run.changes.added + run.changes.changed + run.changes.removed
        if not effects:
            return "Nothing changed."
        if kept:
            return "" if kept == effects else f"The first {kept:,} of {effects:,} entries are kept:"
        if run.changes.total == run.changes.added:
            return "The list was empty before: all its entries were new. They are not kept one by one."
        return "Changed entries are kept for the latest synchronizations only; those of this one are gone."

    def _say(self, sentence: str) -> None:
        said = self.query_one("#note", Static)
        said.update(sentence)
        said.display = bool(sentence)

    def on_entry_table_unreadable(self, event: EntryTable.Unreadable) -> None:
        """Say why."""
        self._say(event.sentence)

    def on_entry_table_selected(self, event: EntryTable.Selected) -> None:
        """Show the entry under the cursor."""
        self.open_change(event.table.cursor)

    @work(group="read", exclusive=True)
    async def open_change(self, place: int) -> None:
        """Show one entry in full: as it was, as it came, or as it changed."""
        try:
            found = await asyncio.to_thread(self.services.lists.run_changes, self._run.number, offset=place, limit=1)
        except StorageError as error:
            self._say(error.sentence)
            return
        for change in found:
            if change.before is not None and change.after is not None:
                self.open(
                    ChangeScreen(
                        self.services,
                        change,
                        list_name=self._list_name,
                        run=self._run.number,
                        simulated=self._simulated,
                    )
                )
            elif (entry := change.after or change.before) is not None:
                self.open(EntryScreen(self.services, entry, simulated=self._simulated))
