"""Lists > Lookup Lists: every list, how many entries it holds, how it stands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from entra_tui.model.quantities import count
from entra_tui.model.text import harmless
from entra_tui.screens.frame import Frame
from entra_tui.screens.list_standing import list_lines
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.removal import RemoveListScreen
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.model.entry import LookupList
    from entra_tui.services import Services

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

There, too, History tells what each synchronization did, and Export writes the list to a file.

A list goes with its connector. Where one was left behind, it says so, and Delete removes it."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "remove", "Remove", tooltip="The list under the cursor, whose connector was removed"),
    ]
    DEFAULT_CSS = """
    LookupListsScreen OptionList {
        height: auto; max-height: 1fr; border: none; padding: 0; background: $background; display: none;
    }
    LookupListsScreen OptionList.-shown { display: block; }
    LookupListsScreen #notice { height: auto; display: none; }
    LookupListsScreen #notice.-shown { display: block; }
    LookupListsScreen OptionList:focus { background-tint: $foreground 0%; }
    """

    def __init__(self, services: Services) -> None:
        self._orphans: dict[str, LookupList] = {}
        super().__init__(services)

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
    async def read(self, *, refusal: str = "") -> None:
        """Read the lists anew and draw them.

        Args:
            refusal: Why something was not done.
        """
        try:
            lists = await asyncio.to_thread(self.services.lists.overview)
            settings = self.services.settings.read()
        except StorageError as error:
            self._orphans = {}
            self._draw((), error.sentence)
        else:
            self._orphans = {one.name: one for one in lists if not settings.has_connector(one.connector)}
            self._draw(lists, refusal or (self.services.lists.why_read_only if lists else _EMPTY))

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
        self.refresh_bindings()

    def _line(self, one: LookupList) -> Content:
        if self.services.is_synchronizing(one.connector):
            standing = f"{symbols().running} synchronizing now, {count(one.entries, 'entry', 'entries')}"
        else:
            width = self.query_one("#body").content_size.width - 2
            standing = "\n  ".join(list_lines(one, self.services.now(), width=width))
        connector = f"Connector: {harmless(one.connector)}"
        if one.name in self._orphans:
            connector = f"{symbols().warning} {connector} (removed). Delete removes the list."
        return Content.assemble(
            (harmless(one.name), "bold"),
            f"\n  {standing}",
            f"\n  {connector}",
        )

    def on_option_list_option_highlighted(self) -> None:
        """What can be removed depends on the list under the cursor."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """A list goes with its connector; alone it can be removed where that is gone."""
        return action != "remove" or self._chosen_orphan is not None

    @property
    def _chosen_orphan(self) -> LookupList | None:
        """The list under the cursor, where its connector was removed."""
        menus = self.query(OptionList)
        option = menus.first().highlighted_option if menus else None
        return None if option is None else self._orphans.get(str(option.id))

    def action_remove(self) -> None:
        """Ask, then remove the list under the cursor."""
        one = self._chosen_orphan
        if one is None:
            return

        def remove_if(sure: bool | None) -> None:
            if sure:
                self._remove(one)

        self.open(RemoveListScreen(one), remove_if)

    @work(group="remove")
    async def _remove(self, one: LookupList) -> None:
        try:
            await self.services.remove_orphan(one)
        except StorageError as error:
            self.read(refusal=error.sentence)
        else:
            self.read()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the list."""
        self.open(LookupListScreen(self.services, str(event.option_id)))
