"""The requests that were made to Microsoft, secrets and tokens masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from entra_tui.screens.exchange import ExchangeScreen
from entra_tui.screens.frame import Frame
from entra_tui.widgets.exchange_list import TITLES, ExchangeList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.widget import Widget

    from entra_tui.graph.trace import Exchange
    from entra_tui.screens.frame import RequestSelection
    from entra_tui.services import Services

_EMPTY: Final = "No request was made yet. Each one to Microsoft is listed here, with secrets and tokens masked."
_REDRAW_SECONDS: Final = 0.5


class RequestsScreen(Frame):
    """A table of the newest exchanges, the newest last; it grows while it is shown.

    Args:
        services: What to work with.
        selection: Which ones are shown until the person wants all; None shows all.
    """

    heading = "Requests"
    help_text = """Every request to Microsoft, the newest last: when it was sent, its method, the answer's status, how
many milliseconds it took, the number of the try, host and path. A long GUID in a path is shortened to its first part.

Enter shows one in full. Client secrets, tokens and passphrases are masked before anything is kept; the last 200
requests are. Where only the requests of one check are shown, A shows all, and A again those of the check."""
    offers_requests = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "toggle_all", "All", key_display="A", tooltip="All requests, or those of the check again")
    ]
    DEFAULT_CSS = """
    RequestsScreen #body { padding: 1 1 0 2; }
    RequestsScreen #of { height: auto; display: none; margin: 0 0 1 0; }
    RequestsScreen #of.-shown { display: block; }
    RequestsScreen #titles {
        height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $text-muted; text-style: bold; display: none;
    }
    RequestsScreen ExchangeList { display: none; }
    RequestsScreen #titles.-shown, RequestsScreen ExchangeList.-shown { display: block; }
    """

    def __init__(self, services: Services, selection: RequestSelection | None = None) -> None:
        super().__init__(services)
        self._selection = selection
        self._shows_all = selection is None
        self._stop_listening: Callable[[], None] | None = None
        self._is_behind = False

    def compose_body(self) -> Iterable[Widget]:
        yield Vertical(
            Static("", id="of", markup=False),
            Static(_EMPTY, id="empty", classes="quiet", markup=False),
            Static(TITLES, id="titles", markup=False),
            ExchangeList(id="exchanges"),
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """All is offered where not all are shown from the beginning."""
        return action != "toggle_all" or self._selection is not None

    def action_toggle_all(self) -> None:
        """Show all requests, or again only the ones selected."""
        self._shows_all = not self._shows_all
        self._draw()

    def _notice(self, exchange: Exchange) -> None:  # noqa: ARG002 - all that is new is drawn at once
        self._is_behind = True

    def _catch_up(self) -> None:
        if self._is_behind:
            self._draw()

    def _draw(self) -> None:
        self._is_behind = False
        exchanges = self._exchanges()
        menu = self.query_one(ExchangeList)
        menu.list_exchanges(exchanges)
        of = self.query_one("#of", Static)
        of.update(self._lead())
        of.set_class(self._selection is not None, "-shown")
        self.query_one("#empty").display = not exchanges and self._shows_all
        self.query_one("#titles").set_class(bool(exchanges), "-shown")
        menu.set_class(bool(exchanges), "-shown")
        if exchanges and self.focused is None:
            menu.focus()

    def _exchanges(self) -> Sequence[Exchange]:
        if self._selection is None or self._shows_all:
            return self.services.http.trace.exchanges
        return self._selection.exchanges

    def _lead(self) -> str:
        if self._selection is None:
            return ""
        if self._shows_all:
            return f"All requests. A shows those of {self._selection.title} again."
        if not self._selection.exchanges:
            return f"No request is behind {self._selection.title}. A shows all requests."
        return f"The requests behind {self._selection.title}. A shows all requests."

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show one in full."""
        exchange = self.query_one(ExchangeList).exchange(event.option_id)
        if exchange is not None:
            self.open(ExchangeScreen(self.services, exchange))
