"""A recorded run, run again: the same requests get the same answers, at the recorded time, without a network."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
from collections import defaultdict, deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import httpx
import tomli_w

from entra_tui.checks.context import CheckContext
from entra_tui.checks.ladder import climb
from entra_tui.graph.client import HttpClient
from entra_tui.graph.errors import AnswerFault, NetworkFault
from entra_tui.graph.redaction import MASK
from entra_tui.model.environment import BUILT_IN
from entra_tui.model.text import harmless
from entra_tui.report.scrubbing import NOT_JSON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime

    from entra_tui.graph.trace import Exchange
    from entra_tui.model.environment import Environment
    from entra_tui.model.finding import CheckResult
    from entra_tui.report.report import IssuedToken, Report

_SENT_ANEW: Final = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection"})
_CHUNK: Final = b"\0" * (1 << 20)
_OPAQUE: Final = "opaque-token-stand-in"


class ReplayClock:
    """A clock that shows the recorded times; waiting takes no time."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = start
        self._slept = 0.0

    def now(self) -> datetime:
        """The recorded moment, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that only ever grow; for durations."""
        return max(0.0, (self._now - self._start).total_seconds()) + self._slept

    def show(self, moment: datetime) -> None:
        """Show another recorded moment; a new run goes back to the first."""
        self._now = moment

    async def sleep(self, seconds: float) -> None:
        """Come back after one turn of the event loop."""
        self._slept += max(0.0, seconds)
        await asyncio.sleep(0)


class ReplayTransport(httpx.AsyncBaseTransport):
    """Answers from recorded exchanges: each address in the recorded order, and from the beginning when all are used.

    Of a request that was tried several times only the last try counts, so whoever asks must not try again.
    """

    def __init__(self, exchanges: Iterable[Exchange], token: IssuedToken | None, clock: ReplayClock) -> None:
        self._token = token
        self._clock = clock
        self._recorded: dict[tuple[str, str, str], deque[Exchange]] = defaultdict(deque)
        for exchange in exchanges:
            waiting = self._recorded[exchange.method, exchange.host, exchange.path]
            if exchange.attempt > 1 and waiting:
                waiting.pop()
            waiting.append(exchange)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        address = (request.url.netloc.decode("ascii", "replace"), request.url.raw_path.decode("ascii", "replace"))
        waiting = self._recorded.get((request.method, *address))
        if not waiting:
            raise httpx.ConnectError("This request is not in the report.", request=request)
        exchange = waiting[0]
        waiting.rotate(-1)
        self._clock.show(exchange.started + timedelta(milliseconds=exchange.milliseconds))
        if exchange.status is None:
            if exchange.failure == AnswerFault.TOO_LARGE.value:
                return httpx.Response(200, stream=_Endless())
            raise _failure(exchange)
        headers = [(name, value) for name, value in exchange.response_headers if name.lower() not in _SENT_ANEW]
        return httpx.Response(
            exchange.status,
            headers=_sendable(headers),
            content=self._body(exchange),
            extensions={"certificate_issuer": harmless(exchange.certificate_issuer, limit=100)},
        )

    def _body(self, exchange: Exchange) -> bytes:
        if exchange.response_body == NOT_JSON[: exchange.response_bytes]:
            # A finding tells how long it was.
            return exchange.response_body.encode().ljust(min(exchange.response_bytes, 1 << 26))
        if f'"{MASK}"' not in exchange.response_body:
            return exchange.response_body.encode()
        document = json.loads(exchange.response_body)
        if isinstance(document, dict) and document.get("access_token") == MASK:
            document["access_token"] = _token_text(self._token)
        return json.dumps(document).encode()


class _Endless(httpx.AsyncByteStream):
    """One MiB more than the client takes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(65):
            yield _CHUNK


def _sendable(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if (name + value).isascii() and (name + value).isprintable()]


def _token_text(token: IssuedToken | None) -> str:
    if token is None:
        return ""
    if not token.readable:
        return _OPAQUE
    claims = {"tid": token.tenant_id, "roles": list(token.roles)}
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    head, body = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.c3RhbmQtaW4"


def _caused(error: httpx.ConnectError, cause: BaseException) -> httpx.ConnectError:
    error.__cause__ = cause
    return error


_FAILURES: Final[dict[str, Callable[[str], httpx.TransportError]]] = {
    NetworkFault.NAME.value: lambda text: _caused(httpx.ConnectError(text), socket.gaierror(text)),
    NetworkFault.CERTIFICATE.value: lambda text: _caused(httpx.ConnectError(text), ssl.SSLCertVerificationError(text)),
    NetworkFault.TLS.value: lambda text: _caused(httpx.ConnectError(text), ssl.SSLError(text)),
    NetworkFault.REFUSED.value: httpx.ConnectError,
    NetworkFault.TIMEOUT.value: httpx.ConnectTimeout,
    NetworkFault.PROXY.value: httpx.ProxyError,
    NetworkFault.ADDRESS.value: httpx.UnsupportedProtocol,
}


def _failure(exchange: Exchange) -> httpx.TransportError:
    return _FAILURES.get(exchange.failure, httpx.ReadError)(exchange.failure_detail)


def replay_client(report: Report) -> HttpClient:
    """A client that meets the recorded answers."""
    clock = ReplayClock(report.exchanges[0].started if report.exchanges else report.made)
    return HttpClient(
        transport=ReplayTransport(report.exchanges, report.token, clock),
        clock=clock,
        proxy_for=lambda url: next((proxy for origin, proxy in report.proxies.items() if url.startswith(origin)), None),
    )


def replay_settings(report: Report) -> str:
    """A `config.toml` that knows the run's environment."""
    environment = report.inputs.environment
    document: dict[str, object] = {"version": 1}
    if not environment.built_in:
        told = {
            "label": environment.label,
            "authority": environment.authority,
            "graph": environment.graph,
            "portal": environment.portal,
        }
        document["environments"] = {environment.name: {name: text for name, text in told.items() if text}}
    return tomli_w.dumps(document)


def known_environments(report: Report) -> tuple[Environment, ...]:
    """The built-in environments, and the report's own."""
    own = report.inputs.environment
    return BUILT_IN if own in BUILT_IN else (*BUILT_IN, own)


async def replay(report: Report) -> list[CheckResult]:
    """What every check says about the recorded answers."""
    async with replay_client(report) as http:
        context = CheckContext(report.inputs, http, known_environments(report), patience_seconds=0.0)
        return [result async for result in climb(context)]
