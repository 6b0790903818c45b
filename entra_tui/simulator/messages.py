"""What comes in and what goes out, free of any web framework."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.simulator.sites import Site

JSON: Final = "application/json"


class Delivery(Enum):
    """How much of an answer reaches the client."""

    WHOLE = "whole"
    CUT_BEFORE_ANSWER = "the connection breaks before the status line"
    CUT_IN_BODY = "the connection breaks half-way through the body"


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """One HTTP request.

    Attributes:
        method: Upper case.
        path: Decoded, from the root of the host.
        query: The query string as it came, without the question mark.
        headers: Names in lower case.
        body: All of it.
        site: Which host was asked.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    site: Site

    def form(self) -> dict[str, str]:
        """The body as form data; of a repeated name the last counts."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def query_values(self) -> dict[str, str]:
        """The query as names and values; of a repeated name the last counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: The status code.
        body: All of it.
        headers: In the order in which they are sent; `Content-Length` is added on the way out.
        delivery: How much of it arrives.
        delay: Seconds that pass before the first byte, beyond the line's own latency.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = Delivery.WHOLE
    delay: float = 0.0

    def with_headers(self, *headers: tuple[str, str]) -> Answer:
        """This answer with more headers; one that is there already is kept."""
        present = {name.lower() for name, _ in self.headers}
        return replace(self, headers=self.headers + tuple(pair for pair in headers if pair[0].lower() not in present))

    def header(self, name: str) -> str | None:
        """The first header called `name`, without regard to case."""
        return next((value for present, value in self.headers if present.lower() == name.lower()), None)
