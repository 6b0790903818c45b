"""One lookup list: its entries, searched and filtered, and the way to bring it up to date."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static

from entra_tui.model.connector import list_name
from entra_tui.model.entry import ListStatus
from entra_tui.model.permission import Feature
from entra_tui.model.text import harmless
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.screens.entry import EntryScreen
from entra_tui.screens.frame import Frame
from entra_tui.screens.list_standing import list_lines
from entra_tui.storage.errors import StorageError, UnknownNameError
from entra_tui.storage.lists import EntryFilter
from entra_tui.widgets.button import Button
from entra_tui.widgets.entry_columns import OBJECT_TABLE, user_table
from entra_tui.widgets.entry_table import EntryTable
from entra_tui.widgets.field import PasteInput
from entra_tui.widgets.symbols import symbols
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.model.entry import LookupList
    from entra_tui.services import Services

_SETTLE_SECONDS: Final = 0.15
"""How long a search waits for the next key, so that a word typed in one go is searched once."""

_FILTERS: Final = {EntryFilter.ALL: "All", EntryFilter.DISABLED: "Disabled", EntryFilter.GUESTS: "Guests"}

_FILTERED_BY: Final = {EntryFilter.DISABLED: "accountEnabled", EntryFilter.GUESTS: "userType"}


class LookupListScreen(Frame):
    """The entries of one list.

    Args:
        services: What to work with.
        list_name: Which list.
    """

    heading = "Lists > Lookup Lists"
    help_text = """Search finds entries whose name, user principal name or mail holds every word, as you type. Down
goes from there to the entries, / goes back to the search.

All, Disabled and Guests choose which entries are shown. Enter on an entry shows it in full.

Synchronize (S) brings the list up to date. The list is updated only after everything has been read; while a
synchronization runs, and when one fails, it is unchanged. A full read compares the list with the tenant.

History (H) shows every synchronization of the list, and what each one added, changed and removed.

Enter on a group or role shows its members, too.

Export (E) writes the whole list to a file: CSV, Excel, JSON or JSON Lines."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", tooltip="By name or address"),
        Binding("s", "synchronize", "Synchronize", show=False, tooltip="Bring the list up to date"),
        Binding("h", "history", "History", show=False, tooltip="Every synchronization of the list"),
        Binding("e", "export", "Export", show=False, tooltip="Write the list to a file"),
        Binding("down", "entries", "Entries", show=False, system=True),
    ]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    LookupListScreen #standing { height: auto; max-height: 2; text-wrap: nowrap; text-overflow: ellipsis; }
    LookupListScreen #actions { height: 1; }
    LookupListScreen #actions Button { margin: 0 2 0 0; min-width: 11; }
    LookupListScreen #bar { height: 1; margin: 1 0 0 0; }
    LookupListScreen #bar Label { width: auto; color: $text-muted; }
    LookupListScreen #search { width: 1fr; margin: 0 2 0 1; }
    LookupListScreen #bar .filter { min-width: 4; width: auto; padding: 0; background: $background; }
    LookupListScreen #bar .filter.-chosen { text-style: bold; color: $text-accent; }
    LookupListScreen #none { height: auto; margin: 1 0 0 0; display: none; }
    LookupListScreen #none.-shown { display: block; }
    """

    def __init__(self, services: Services, list_name: str) -> None:
        self._list_name = list_name
        self._wanted = EntryFilter.ALL
        self._drawn: tuple[object, ...] = ()
        self._columns = USER_COLUMNS
        self._of_users = True
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        filters = [Button(label, id=f"filter-{wanted.value}", classes="filter") for wanted, label in _FILTERS.items()]
        yield Vertical(
            Static("", id="standing", markup=False),
            Horizontal(
                Button("Synchronize", id="synchronize", variant="primary"),
                Button("History", id="history"),
                Button("Export", id="export"),
                id="actions",
            ),
            Horizontal(
                Label("Search", markup=False),
                PasteInput(placeholder="name or address", id="search"),
                *filters,
                id="bar",
            ),
            EntryTable(id="entries"),
            Static("", id="none", classes="quiet", markup=False),
            id="body",
        )

    def is_simulated(self) -> bool:
        try:
            connector = self.services.settings.find_connector(self._connector_name())
            return self.services.is_simulated(self.services.settings.environment(connector.environment))
        except StorageError:
            return super().is_simulated()

    def on_mount(self) -> None:
        self.query_one(TitleBar).rename(f"entra-tui  {harmless(self._list_name)}")
        self._mark_filter()

    def on_screen_resume(self) -> None:
        """The list may have been synchronized meanwhile."""
        self.read()

    # ------------------------------------------------------------ reading

    @work(group="read", exclusive=True)
    async def read(self, *, settle: bool = False) -> None:
        """Read how the list stands, and the entries that match.

        Args:
            settle: Whether to wait a moment first, since another key may follow.
        """
        if settle:
            await asyncio.sleep(_SETTLE_SECONDS)
        search, wanted = self.query_one("#search", Input).value, self._wanted
        lists = self.services.lists
        try:
            standing = await asyncio.to_thread(self._standing)
            matching = await asyncio.to_thread(lists.count, self._list_name, search=search, wanted=wanted)
            self._columns = await asyncio.to_thread(lists.columns, self._list_name) or USER_COLUMNS
        except StorageError as error:
            self._say_unreadable(error.sentence)
            return
        self._draw_standing(standing, matching)
        of_users = self._of_users = standing.name == list_name(Feature.USERS, standing.connector)
        for wanted_filter, column in _FILTERED_BY.items():
            self.query_one(f"#filter-{wanted_filter.value}").display = of_users and column in self._columns
        self.query_one("#filter-all").display = of_users
        what = (search, wanted, matching, standing.synchronized_at)
        if what != self._drawn:
            # Coming back to the same rows keeps the cursor where it was.
            self._drawn = what
            rows = partial(lists.rows, self._list_name, search=search, wanted=wanted)
            table = self.query_one(EntryTable)
            table.display = bool(matching)
            table.show_rows(
                matching,
                lambda offset, limit: asyncio.to_thread(rows, offset=offset, limit=limit),
                columns=user_table(self._columns) if of_users else OBJECT_TABLE,
            )
            if not isinstance(self.focused, Input):
                (table if matching else self.query_one("#synchronize")).focus()
        self._say_none(self._why_none(standing) if not matching else "")

    def _standing(self) -> LookupList:
        wanted = self._list_name.casefold()
        for one in self.services.lists.overview():
            if one.name.casefold() == wanted:
                return one
        raise UnknownNameError(f"There is no list '{self._list_name}' any more; go back with Esc.")

    def _draw_standing(self, standing: LookupList, matching: int) -> None:
        shown = f", {matching:,} shown" if matching != standing.entries else ""
        lines = list_lines(standing, self.services.now(), shown=shown, width=self.query_one("#body").content_size.width)
        self.query_one("#standing", Static).update("\n".join(lines))

    def _why_none(self, standing: LookupList) -> str:
        if standing.entries:
            return "No entry matches. Search for less, or choose All."
        if standing.status is ListStatus.SYNCHRONIZED:
            return "The tenant holds no entry."
        return "The list is empty until it is synchronized. Press S, or the button Synchronize."

    def _say_none(self, sentence: str) -> None:
        said = self.query_one("#none", Static)
        said.update(sentence)
        said.set_class(bool(sentence), "-shown")

    def _say_unreadable(self, sentence: str) -> None:
        # What is read next is drawn anew, even where its numbers are the same.
        self._drawn = ()
        self.query_one(EntryTable).display = False
        self._say_none(sentence)
        if not isinstance(self.focused, Input):
            self.query_one("#synchronize").focus()

    # ------------------------------------------------------------ what a person does

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what stands there now."""
        event.stop()
        self.read(settle=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what was found."""
        event.stop()
        self.action_entries()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Choose a filter, or do what the button says."""
        event.stop()
        match event.button.id or "":
            case "synchronize":
                self.action_synchronize()
            case "history":
                self.action_history()
            case "export":
                self.action_export()
            case name:
                self._wanted = EntryFilter(name.removeprefix("filter-"))
                self._mark_filter()
                self.read()

    def on_entry_table_selected(self, event: EntryTable.Selected) -> None:
        """Show the entry in full."""
        self.open(
            EntryScreen(
                self.services,
                event.entry,
                simulated=self.is_simulated(),
                columns=self._columns,
                members_in="" if self._of_users else self._list_name,
            )
        )

    def on_entry_table_unreadable(self, event: EntryTable.Unreadable) -> None:
        """Say why."""
        self._say_unreadable(event.sentence)

    def action_search(self) -> None:
        """Go to the search."""
        self.query_one("#search").focus()

    def action_entries(self) -> None:
        """Go to the entries."""
        self.query_one(EntryTable).focus()

    def action_synchronize(self) -> None:
        """Open the synchronization of the list's connector, begun."""
        from entra_tui.screens.sync import SyncScreen  # noqa: PLC0415 - loaded when opened

        try:
            connector = self.services.settings.find_connector(self._connector_name())
        except StorageError as error:
            self._say_none(error.sentence)
            return
        self.open(SyncScreen(self.services, connector))

    def action_history(self) -> None:
        """Show the synchronizations of the list."""
        from entra_tui.screens.history import HistoryScreen  # noqa: PLC0415 - loaded when opened

        self.open(HistoryScreen(self.services, self._list_name, simulated=self.is_simulated()))

    def action_export(self) -> None:
        """Write the list to a file."""
        from entra_tui.screens.export import ExportScreen  # noqa: PLC0415 - loaded when opened

        try:
            standing = self._standing()
        except StorageError as error:
            self._say_none(error.sentence)
            return
        self.open(ExportScreen(self.services, standing, simulated=self.is_simulated()))

    def _connector_name(self) -> str:
        return self._standing().connector

    def _mark_filter(self) -> None:
        for wanted, label in _FILTERS.items():
            button = self.query_one(f"#filter-{wanted.value}", Button)
            chosen = wanted is self._wanted
            button.label = f"{symbols().selected if chosen else ' '}{label}"
            button.set_class(chosen, "-chosen")
