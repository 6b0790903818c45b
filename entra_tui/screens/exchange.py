"""One request and its answer in full."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from entra_tui.guidance import Value
from entra_tui.model.text import harmless
from entra_tui.screens.frame import Frame
from entra_tui.screens.plain_page import PlainPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.graph.trace import Exchange
    from entra_tui.services import Services

_LONGEST_LINE: Final = 2000
_MOST_LINES: Final = 400


class ExchangeScreen(Frame):
    """Headers and bodies of one exchange, as the trace keeps them: masked.

    Args:
        services: What to work with.
        exchange: The exchange.
    """

    heading = "Request"
    help_text = """One request and its answer. Client secrets, tokens and passphrases were masked before it was kept.

Microsoft's support asks for the request-id and the date among the answer's headers, or for the correlation id and trace
id in a sign-in error.

F3 shows it as plain text, which can be sent to your terminal's clipboard."""
    offers_requests = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "copy", "Copy", key_display="F3", id="values", tooltip="All of it as plain text, to copy")
    ]
    DEFAULT_CSS = """
    ExchangeScreen #text { height: auto; }
    """

    def __init__(self, services: Services, exchange: Exchange) -> None:
        super().__init__(services)
        self._exchange = exchange

    def compose_body(self) -> Iterable[Widget]:
        blocks = [
            Content("\n").join([Content.styled(title, "bold $text-primary"), Content(text)])
            for title, text in _parts(self._exchange)
        ]
        yield VerticalScroll(Static(Content("\n\n").join(blocks), id="text", markup=False), id="body")

    def action_copy(self) -> None:
        """Show it as plain text."""
        self.open(PlainPage([Value(title, text) for title, text in _parts(self._exchange)]))


def _parts(exchange: Exchange) -> list[tuple[str, str]]:
    sent = exchange.started.strftime("%Y-%m-%d %H:%M:%S UTC")
    if exchange.status is None:
        why = f"{exchange.failure} ({exchange.failure_detail})" if exchange.failure_detail else exchange.failure
        came = f"no answer after {exchange.milliseconds:,.0f} ms: {harmless(why)}"
    else:
        came = f"status {exchange.status} after {exchange.milliseconds:,.0f} ms, {exchange.response_bytes:,} bytes"
    asked = f"{exchange.method} {harmless(exchange.host)}\n{harmless(exchange.path)}"
    parts = [
        (f"Request {exchange.number}", f"{asked}\nSent {sent}, try {exchange.attempt}; {came}"),
        ("Request headers", _headers(exchange.request_headers)),
        ("Request body", _body(exchange.request_body)),
        ("Answer headers", _headers(exchange.response_headers)),
        ("Answer body", _body(exchange.response_body)),
    ]
    return [(title, text) for title, text in parts if text]


def _headers(headers: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"{harmless(name)}: {harmless(value)}" for name, value in headers)


def _body(body: str) -> str:
    """A body by lines: JSON spread out, a form one member a line, anything else as it came."""
    if body[:1] in {"{", "["}:
        # Where only its beginning was kept, or it is no JSON, it is shown as it came.
        with contextlib.suppress(ValueError, RecursionError):
            body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    elif "=" in body and "\n" not in body and "<" not in body:
        body = body.replace("&", "\n")
    lines = body.splitlines()
    cut = ["(more lines are not shown)"] if len(lines) > _MOST_LINES else []
    return "\n".join([*(harmless(line, limit=_LONGEST_LINE) for line in lines[:_MOST_LINES]), *cut])
