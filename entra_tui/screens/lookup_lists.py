"""Lists > Lookup Lists: every list, how many entries it holds, how it stands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from entra_tui.model.text import harmless
from entra_tui.screens.frame import Frame
from entra_tui.screens.list_standing import list_standing
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.symbols import symbols
from entra_tui.widgets.sync_lines import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.model.entry import LookupList

_EMPTY: Final = (
    "There is no lookup list yet. ASCERA makes one with each connector: go back and choose Set up a connector, or "
    "ConMon: Maintain > Connectors > Create."
)


class LookupListsScreen(Frame):
    """All lookup lists."""

    heading = "Lists > Lookup Lists"
    help_text = """Each saved connector fills a lookup list, named 'Users - <connector name>'.

Enter opens a list: there its entries can be searched, and Synchronize brings it up to date. A list always holds the
result of the last synchronization that ended well.

There, too, History tells what each synchronization did, and Export writes the list to a file."""
    DEFAULT_CSS = """
    LookupListsScreen OptionList {
        height: auto; max-height: 1fr; border: none; padding: 0; background: $background; display: none;
    }
    LookupListsScreen OptionList.-shown { display: block; }
    LookupListsScreen #notice { height: auto; display: none; }
    LookupListsScreen #notice.-shown { display: block; }
    LookupListsScreen OptionList:focus { background-tint: $foreground 0%; }
    """

    def compose_body(self) -> Iterable[Widget]:
        yield Vertical(
            Static("", id="notice", markup=False),
            OptionList(id="lists", markup=False, compact=True),
            id="body",
        )

    def on_screen_resume(self) -> None:
        """A list may have been synchronized meanwhile."""
        self.read()

    @work(group="overview", exclusive=True)
    async def read(self) -> None:
        """Read the lists anew and draw them."""
        try:
            lists = await asyncio.to_thread(self.services.lists.overview)
        except StorageError as error:
            self._draw((), error.sentence)
        else:
            self._draw(lists, self.services.lists.why_read_only if lists else _EMPTY)

    def _draw(self, lists: tuple[LookupList, ...], notice: str) -> None:
        said = self.query_one("#notice", Static)
        said.update(notice)
        said.set_class(bool(notice), "-shown")
        menu = self.query_one(OptionList)
        before = menu.highlighted
        menu.clear_options()
        menu.add_options(Option(self._line(one), id=one.name) for one in lists)
        menu.set_class(bool(lists), "-shown")
        if lists:
            menu.highlighted = min(before or 0, len(lists) - 1)
            menu.focus()

    def _line(self, one: LookupList) -> Content:
        running = self.services.running_syncs.find(one.connector)
        if running is not None and running.outcome is None:
            standing = f"{symbols().running} synchronizing now"
        else:
            standing = list_standing(one)
        return Content.assemble(
            (harmless(one.name), "bold"),
            f"\n  {standing}, {count(one.entries, 'entry', 'entries')}",
            f"\n  Connector: {harmless(one.connector)}",
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the list."""
        self.open(LookupListScreen(self.services, str(event.option_id)))
