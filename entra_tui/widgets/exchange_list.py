"""Requests as lines: time, method, status, milliseconds, try, host and path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from entra_tui.model.text import harmless
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.graph.trace import Exchange

TITLES: Final = f"{'Time':<10}{'Method':<8}{'Status':<7}{'ms':>5}{'Try':>5}  Host and path"
_GUID: Final = re.compile(
    r"([0-9a-fA-F]{4})[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)


class ExchangeList(OptionList):
    """The newest last. The cursor stays with its line, unless it stood on the last one."""

    DEFAULT_CSS = """
    ExchangeList {
        height: 1fr; border: none; padding: 0; background: $background; text-wrap: nowrap; text-overflow: ellipsis;
        scrollbar-size-vertical: 1;
    }
    ExchangeList:focus { background-tint: $foreground 0%; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False, compact=True)
        self._listed: dict[str, Exchange] = {}

    def list_exchanges(self, exchanges: Iterable[Exchange]) -> None:
        """Show `exchanges`: what is new is added, what is no longer among them goes."""
        at_end = self.highlighted in {None, self.option_count - 1}
        wanted = {str(exchange.number): exchange for exchange in exchanges}
        kept = [number for number in self._listed if number in wanted]
        if list(wanted)[: len(kept)] != kept:
            kept = []
        if kept:
            for number in self._listed.keys() - wanted.keys():
                self.remove_option(number)
        else:
            self.clear_options()
        self.add_options(
            Option(_line(exchange), id=number) for number, exchange in wanted.items() if number not in kept
        )
        self._listed = wanted
        if wanted and at_end:
            self.highlighted = self.option_count - 1

    def exchange(self, option_id: str | None) -> Exchange | None:
        """The request on a line; None where it is gone."""
        return self._listed.get(option_id or "")


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
