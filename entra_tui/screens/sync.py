"""A connector's synchronization on a screen of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

from entra_tui.model.text import harmless
from entra_tui.screens.ask_secret import obtain_secret
from entra_tui.screens.frame import Frame
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.sync_view import SyncView
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.model.connector import Connector
    from entra_tui.services import Services


class SyncScreen(Frame):
    """Starts the synchronization of a connector, or shows the one that runs.

    Args:
        services: What to work with.
        connector: Whose lists.
    """

    heading = "Synchronize"
    help_text = """The list is read page by page and replaced as a whole at the end: nobody sees half of it, and a
synchronization that fails or is canceled changes nothing.

Pause (P) holds it before the next page, Resume continues. Esc leaves this screen; the synchronization runs on, and
coming back shows it. PgUp and PgDn scroll through a long result.

When Microsoft asks to slow down, the wait is obeyed and counted down. Users are saved page by page, so an interrupted
full read resumes from the last page. A result that would remove more than a quarter of the list, or empty columns, is
applied only when you confirm it."""

    AUTO_FOCUS = ""

    def __init__(self, services: Services, connector: Connector) -> None:
        self._connector = connector
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        # With the focus, it would be styled anew with all that is in it whenever Tab comes by; from a button in it, its
        # keys scroll it as well.
        view = SyncView(self.services, self._connector, obtain_secret, at_once=True)
        yield VerticalScroll(view, id="body", can_focus=False)

    def is_simulated(self) -> bool:
        try:
            return self.services.is_simulated(self.services.settings.environment(self._connector.environment))
        except StorageError:
            return super().is_simulated()

    def on_mount(self) -> None:
        try:
            place = self.services.settings.environment(self._connector.environment).place
        except StorageError:
            place = ""  # where it is not known, nothing is sent, and why is said below
        self.query_one(TitleBar).rename(f"entra-tui  Synchronize {harmless(self._connector.name)}{place}")
