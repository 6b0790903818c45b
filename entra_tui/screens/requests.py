"""The requests that were made to Microsoft, secrets and tokens masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from entra_tui.model.text import harmless
from entra_tui.screens.exchange import ExchangeScreen
from entra_tui.screens.frame import Frame
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.widget import Widget

    from entra_tui.graph.trace import Exchange
    from entra_tui.services import Services

_EMPTY: Final = "No request was made yet. Each one to Microsoft is listed here, with secrets and tokens masked."
_REDRAW_SECONDS: Final = 0.5
_GUID: Final = re.compile(
    r"([0-9a-fA-F]{4})[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_TITLES: Final = f"{'Time':<10}{'Method':<8}{'Status':<7}{'ms':>5}{'Try':>5}  Host and path"


class RequestsScreen(Frame):
    """A table of the newest exchanges, the newest last; it grows while it is shown."""

    heading = "Requests"
    help_text = """Every request to Microsoft, the newest last: when it was sent, its method, the answer's status, how
many milliseconds it took, the number of the try, host and path. A long GUID in a path is shortened to its first part.

Enter shows one in full. Client secrets, tokens and passphrases are masked before anything is kept; the last 200
requests are."""
    DEFAULT_CSS = """
    RequestsScreen #body { padding: 1 1 0 2; }
    RequestsScreen #titles {
        height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $text-muted; text-style: bold; display: none;
    }
    RequestsScreen OptionList {
        height: 1fr; border: none; padding: 0; background: $background; text-wrap: nowrap; text-overflow: ellipsis;
        scrollbar-size-vertical: 1; display: none;
    }
    RequestsScreen #titles.-shown, RequestsScreen OptionList.-shown { display: block; }
    RequestsScreen OptionList:focus { background-tint: $foreground 0%; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._stop_listening: Callable[[], None] | None = None
        self._listed: list[int] = []
        self._is_behind = False

    def compose_body(self) -> Iterable[Widget]:
        yield Vertical(
            Static(_EMPTY, id="empty", classes="quiet", markup=False),
            Static(_TITLES, id="titles", markup=False),
            OptionList(id="exchanges", markup=False, compact=True),
            id="body",
        )

    def on_mount(self) -> None:
        self._stop_listening = self.services.http.trace.listen(self._notice)
        self.set_interval(_REDRAW_SECONDS, self._catch_up)
        self._draw()

    def on_unmount(self) -> None:
        """Listen no longer."""
        if self._stop_listening is not None:
            self._stop_listening()

    def _notice(self, exchange: Exchange) -> None:  # noqa: ARG002 - all that is new is drawn at once
        self._is_behind = True

    def _catch_up(self) -> None:
        if self._is_behind:
            self._draw()

    def _draw(self) -> None:
        """Add what is new; the cursor follows only where it stood on the last line."""
        self._is_behind = False
        exchanges = self.services.http.trace.exchanges
        menu = self.query_one(OptionList)
        highlighted = menu.highlighted
        at_end = highlighted is None or highlighted == menu.option_count - 1
        kept = {exchange.number for exchange in exchanges}
        for number in [number for number in self._listed if number not in kept]:
            menu.remove_option(str(number))
        known = set(self._listed)
        menu.add_options(
            Option(_line(exchange), id=str(exchange.number)) for exchange in exchanges if exchange.number not in known
        )
        self._listed = [exchange.number for exchange in exchanges]
        self.query_one("#empty").display = not exchanges
        self.query_one("#titles").set_class(bool(exchanges), "-shown")
        menu.set_class(bool(exchanges), "-shown")
        if exchanges and at_end:
            menu.highlighted = menu.option_count - 1
        if exchanges and self.focused is None:
            menu.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show one in full."""
        for exchange in self.services.http.trace.exchanges:
            if str(exchange.number) == event.option_id:
                self.app.push_screen(ExchangeScreen(self.services, exchange))


def _line(exchange: Exchange) -> Content:
    started = exchange.started.astimezone().strftime("%H:%M:%S")
    status = "none" if exchange.status is None else str(exchange.status)
    fine = exchange.status is not None and exchange.status < 400  # noqa: PLR2004 - where HTTP's errors begin
    address = _GUID.sub(rf"\1{symbols().ellipsis}", harmless(exchange.host + exchange.path))
    return Content.assemble(
        f"{started:<10}{exchange.method:<8}",
        (f"{status:<7}", "" if fine else "bold"),
        f"{exchange.milliseconds:>5.0f}{exchange.attempt:>5}  {address}",
    )
