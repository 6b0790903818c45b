"""The requests that were made, kept for a person to look at."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on the wire and what came of it. Everything in it is redacted already.

    Attributes:
        number: Counts up from 1 over the life of the program.
        started: When it was sent, UTC.
        method: HTTP method.
        host: Host, with its port if it has one.
        path: Path and query.
        attempt: 1 for the first try, 2 for the first retry, ...
        milliseconds: Until the answer was there in whole, or the request had failed.
        status: HTTP status; None when no answer came.
        failure: Why no answer came; empty when one did.
        failure_detail: The system's own words about it; empty where there were none.
        certificate_issuer: Who issued the certificate of the host, or of a proxy in between; empty where that is not
            known, as without TLS.
        request_headers: Names and values.
        request_body: Form or JSON as sent.
        response_headers: Names and values.
        response_body: The answer, or the beginning of a long one.
        response_bytes: Length of the whole answer's body.
    """

    number: int
    started: datetime
    method: str
    host: str
    path: str
    attempt: int
    milliseconds: float
    status: int | None
    failure: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: str
    response_headers: tuple[tuple[str, str], ...]
    response_body: str
    response_bytes: int
    failure_detail: str = ""
    certificate_issuer: str = ""


_FOLLOWERS: Final[ContextVar[tuple[list[Exchange], ...]]] = ContextVar("followers", default=())


@contextmanager
def followed() -> Iterator[list[Exchange]]:
    """Gather the exchanges of the block's own work, MSAL's included, and not those of others that run meanwhile.

    Yields:
        The exchanges, oldest first; it grows while the block runs.
    """
    gathered: list[Exchange] = []
    # A task and a worker thread inherit what is set here; whoever runs beside them does not.
    outside = _FOLLOWERS.set((*_FOLLOWERS.get(), gathered))
    try:
        yield gathered
    finally:
        _FOLLOWERS.reset(outside)


class Trace:
    """The newest exchanges, oldest first."""

    def __init__(self, *, keep: int = 200) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=keep)
        self._listeners: list[Callable[[Exchange], None]] = []
        self._count = 0

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What is kept, oldest first."""
        return tuple(self._exchanges)

    @property
    def count(self) -> int:
        """How many requests were made in all, kept or not."""
        return self._count

    def next_number(self) -> int:
        """The number for the exchange that begins now."""
        self._count += 1
        return self._count

    def add(self, exchange: Exchange) -> None:
        """Keep `exchange`, give it to whoever follows this work, and tell the listeners."""
        self._exchanges.append(exchange)
        for gathered in _FOLLOWERS.get():
            gathered.append(exchange)
        for listener in tuple(self._listeners):
            listener(exchange)

    def listen(self, listener: Callable[[Exchange], None]) -> Callable[[], None]:
        """Call `listener` for each exchange from now on; the returned function ends that."""
        self._listeners.append(listener)

        def stop() -> None:
            self._listeners.remove(listener)

        return stop
