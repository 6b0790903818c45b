"""The one way out: every request to Microsoft, MSAL's as well as ours, goes through this client."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import uuid
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlencode

import httpx

from entra_tui import __version__
from entra_tui.graph.address import split_address
from entra_tui.graph.answer import Answer
from entra_tui.graph.certificate import issuer_in, issuer_of
from entra_tui.graph.errors import AnswerFault, NetworkFault, Unreachable, Unreadable
from entra_tui.graph.proxy import NetworkTransport
from entra_tui.graph.redaction import Redactor
from entra_tui.graph.refusals import passing
from entra_tui.graph.retry import Patience, Wait, backoff, retry_after
from entra_tui.graph.secret_verdicts import SecretVerdicts
from entra_tui.graph.trace import Exchange, Trace
from entra_tui.graph.trust import TrustError, trust_context
from entra_tui.model.clock import Clock, SystemClock
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from entra_tui.graph.transient import Passing

_TIMEOUT: Final = httpx.Timeout(connect=10.0, read=60.0, write=30.0, pool=30.0)
_LONGEST_EXCHANGE: Final = 300.0
_STALL: Final = 60.0
_LARGEST_ANSWER: Final = 64 * 1024 * 1024
_BEGINNING: Final = 4096
_KEPT_OF_ANSWER: Final = 4096
# So often sending a request gives way: what an answer's beginning leads to goes out before the rest is read.
_TURNS_TO_SEND: Final = 8
_UNESCAPED: Final = "$,'()/:"
KEPT_WHOLE: Final = 32 * 1024
"""Bytes up to which the trace keeps an answer's body whole; of a longer one, such as a page of users, its beginning."""

_PROXY_STATUS: Final = re.compile(r"([1-5][0-9]{2})\b")
_USER_AGENT: Final = f"entra-tui/{__version__}"


class HttpClient:
    """HTTP with time-outs, retries within a budget, a trace, and no redirects.

    Args:
        transport: None for the network: TLS verified against the system's trust, proxies from `HTTPS_PROXY`
            and `NO_PROXY`. The practice tenant passes its own.
        clock: For waits and durations.
        trace: Where exchanges are kept.
        redactor: Cleans what the trace keeps.
        trust: Gives the TLS context of the network.
        proxy_for: Names the proxy that leads to an address; None takes what the network would use.

    Attributes:
        proxy_for: As above.
        verdicts: What Entra said of the client secrets that were sent.

    Raises:
        TrustError: `SSL_CERT_FILE` or a proxy's variable cannot be used.
    """

    def __init__(
        self,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        trace: Trace | None = None,
        redactor: Redactor | None = None,
        trust: Callable[[], ssl.SSLContext] = trust_context,
        proxy_for: Callable[[str], str | None] | None = None,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.trace = trace or Trace()
        self.redactor = redactor or Redactor()
        self.verdicts = SecretVerdicts(self.clock)
        self._on_network = transport is None
        self._heard: set[str] = set()
        self._proxied: dict[tuple[str, bytes], bool] = {}
        try:
            network = NetworkTransport(trust()) if transport is None else None
        except (ImportError, ValueError, httpx.InvalidURL):
            # The address may hold the proxy's password, so neither it nor httpx's own text is repeated.
            raise TrustError(
                "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names no usable proxy; set it to http://host:port or unset it."
            ) from None
        self.proxy_for = proxy_for or (_no_proxy if network is None else network.proxy_for)
        self._http = httpx.AsyncClient(
            transport=transport or network,
            timeout=_TIMEOUT,
            follow_redirects=False,
            # The proxies are the transport's business.
            trust_env=False,
            headers={"User-Agent": _USER_AGENT, "Accept": "application/json"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: object = None,
        patience: Patience | None = None,
        on_beginning: Callable[[bytes], None] | None = None,
        on_retry: Callable[[], None] | None = None,
    ) -> Answer:
        """Send a request and read the whole answer, whatever its status.

        Args:
            method: HTTP method.
            url: Absolute address. A query in it is sent unchanged.
            params: Query parameters to add; only for an address without a query.
            headers: Besides the usual ones. A `client-request-id` is made where none is given.
            form: Sent URL-encoded.
            body: Sent as JSON.
            patience: How long what passes (see `transient`) is worth waiting for; None is a single try.
            on_beginning: Given the first 4 KiB or more of a long answer with status 200, while the rest comes.
            on_retry: Called each time before the same request is sent again.

        Returns:
            The answer; also one that asks to come back, when the patience ran out.

        Raises:
            Unreachable: No whole answer came.
            Unreadable: The answer is larger than 64 MiB.
        """
        attempt = 0
        while True:
            attempt += 1
            request = self._request(
                method,
                # Written as Microsoft's documents do, `$select=id,mail`; httpx would escape the signs.
                f"{url}?{urlencode(params, safe=_UNESCAPED)}" if params else url,
                headers={"client-request-id": str(uuid.uuid4()), **(headers or {})},
                data=form,
                json=body,
            )
            begun = self.clock.monotonic()
            try:
                answer = await self._exchange(request, attempt, on_beginning)
            except Unreachable as failure:
                wait = self._wait(failure.passing, failure.retry_after, attempt, begun)
                if patience is None or wait is None or not await patience.spend(wait):
                    raise
            else:
                wait = self._wait(passing(answer), answer.retry_after(self.clock.now()), attempt, begun, answer.status)
                if patience is None or wait is None or not await patience.spend(wait):
                    return answer
            if on_retry is not None:
                on_retry()

    def _request(self, method: str, url: str, **parts: Any) -> httpx.Request:  # noqa: ANN401 - httpx's own
        try:
            return self._http.build_request(method, url, **parts)
        except (httpx.InvalidURL, ValueError):
            # What cannot be sent may hold a token, so it is not repeated.
            raise Unreachable(
                NetworkFault.ADDRESS, host=harmless(split_address(url).netloc, limit=253) or "(none)"
            ) from None

    def _wait(
        self, passing: Passing | None, asked: float | None, attempt: int, begun: float, status: int | None = None
    ) -> Wait | None:
        """The wait before the next try; None when there is to be none."""
        if passing is None:
            return None
        return Wait(
            passing.reason,
            # "Now" is no wait: a service that keeps asking for it would never use up anybody's patience.
            max(asked or backoff(attempt), passing.at_least),
            attempt,
            status=status,
            asked=bool(asked),
            took=_tried(self.clock.monotonic() - begun),
        )

    async def _exchange(
        self, request: httpx.Request, attempt: int, on_beginning: Callable[[bytes], None] | None
    ) -> Answer:
        number = self.trace.next_number()
        started, begun = self.clock.now(), self.clock.monotonic()
        answer: Answer | None = None
        failure, detail, issuer = "cancelled", "", ""
        tunnel = _ProxyAnswer()
        if self._on_network and self._is_proxied(request.url):
            request.extensions["trace"] = tunnel.listen
        try:
            async with asyncio.timeout(_LONGEST_EXCHANGE):
                answer = await self._read(request, on_beginning)
            issuer = answer.certificate_issuer
            self._heard.add(answer.host)
            return answer
        except (httpx.TransportError, httpx.InvalidURL, httpx.DecodingError, TimeoutError) as error:
            unreachable = self._unreachable(error, _host(request), tunnel)
            if self._on_network and unreachable.fault is NetworkFault.CERTIFICATE:
                unreachable = await _with_issuer(unreachable, request)
            failure, detail, issuer = unreachable.fault.value, unreachable.detail, unreachable.certificate_issuer
            raise unreachable from None  # the library's own text may quote a header
        except Unreadable as error:
            failure, detail = error.fault.value, error.detail
            raise
        finally:
            self.trace.add(
                Exchange(
                    number=number,
                    started=started,
                    method=request.method,
                    host=_host(request),
                    path=self.redactor.text(request.url.raw_path.decode("ascii", "replace")),
                    attempt=attempt,
                    milliseconds=(self.clock.monotonic() - begun) * 1000,
                    status=answer.status if answer is not None else None,
                    failure="" if answer is not None else failure,
                    failure_detail="" if answer is not None else detail,
                    request_headers=self.redactor.headers(request.headers),
                    request_body=self.redactor.text(request.content.decode("utf-8", "replace")),
                    response_headers=self.redactor.headers(answer.headers) if answer is not None else (),
                    response_body=self._beginning(answer) if answer is not None else "",
                    response_bytes=len(answer.body) if answer is not None else 0,
                    certificate_issuer=issuer,
                )
            )

    def _is_proxied(self, url: httpx.URL) -> bool:
        """Whether a proxy leads to a host; looked up once, as httpx does when its client is made."""
        host = (url.scheme, url.netloc)
        if host not in self._proxied:
            self._proxied[host] = self.proxy_for(str(url)) is not None
        return self._proxied[host]

    def _unreachable(self, error: Exception, host: str, tunnel: _ProxyAnswer) -> Unreachable:
        for cause in _causes(error):
            if isinstance(cause, ssl.SSLCertVerificationError):
                detail = harmless(getattr(cause, "verify_message", "") or str(cause))
                return Unreachable(NetworkFault.CERTIFICATE, host=host, detail=detail)
        fault = _fault(error)
        # A request that the library would not send is quoted in its text, token and all.
        quoted = fault is NetworkFault.ADDRESS
        detail = "" if quoted else harmless(self.redactor.text(str(error) or type(error).__name__), limit=200)
        answered = _PROXY_STATUS.match(str(error)) if fault is NetworkFault.PROXY else None
        return Unreachable(
            fault,
            host=host,
            detail=detail,
            status=int(answered[1]) if answered else None,
            retry_after=tunnel.retry_after(self.clock.now()) if answered else None,
            heard_before=host in self._heard,
        )

    def _beginning(self, answer: Answer) -> str:
        if len(answer.body) <= KEPT_WHOLE:
            return self.redactor.text(answer.body.decode("utf-8", "replace"))
        # Masked first and cut after, and the end that may hold half a secret is left out.
        beginning = answer.body[: _KEPT_OF_ANSWER + self.redactor.longest]
        masked = self.redactor.text(beginning.decode("utf-8", "replace"))
        return masked[: -self.redactor.longest][:_KEPT_OF_ANSWER]

    async def _read(self, request: httpx.Request, on_beginning: Callable[[bytes], None] | None) -> Answer:
        response = await self._http.send(request, stream=True)
        issuer = issuer_in(response)
        try:
            chunks: list[bytes] = []
            size = 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > _LARGEST_ANSWER:
                    raise Unreadable(AnswerFault.TOO_LARGE, host=_host(request), detail=f"over {_LARGEST_ANSWER} bytes")
                chunks.append(chunk)
                if on_beginning is not None and size >= _BEGINNING and response.status_code == httpx.codes.OK:
                    on_beginning(b"".join(chunks))
                    on_beginning = None
                    for _ in range(_TURNS_TO_SEND):
                        await asyncio.sleep(0)
        finally:
            await response.aclose()
        return Answer(_host(request), response.status_code, response.headers, b"".join(chunks), issuer)


class _ProxyAnswer:
    """The headers with which a proxy answered CONNECT, of which httpx tells only the status."""

    def __init__(self) -> None:
        self._headers = httpx.Headers()

    async def listen(self, event: str, info: Mapping[str, Any]) -> None:
        """Take httpcore's event; the answer that refuses a tunnel is the last one of its request."""
        if event.endswith("receive_response_headers.complete"):
            self._headers = httpx.Headers(info["return_value"][3])

    def retry_after(self, now: datetime) -> float | None:
        """Seconds that the proxy asked to wait; None where it did not."""
        return retry_after(self._headers.get("retry-after"), now, sent=self._headers.get("date"))


def _host(request: httpx.Request) -> str:
    return request.url.netloc.decode("ascii", "replace")


def _tried(seconds: float) -> float:
    """How much of the time between the beginning and the end of a try it went on."""
    if seconds > _LONGEST_EXCHANGE + _STALL:
        return 0.0  # the machine slept, and how long it tried besides is not known
    return min(max(0.0, seconds), _LONGEST_EXCHANGE)


def _no_proxy(_: str) -> None:
    return None


async def _with_issuer(unreachable: Unreachable, request: httpx.Request) -> Unreachable:
    issuer = await issuer_of(str(request.url))
    if not issuer:
        return unreachable
    told = "; ".join(part for part in (unreachable.detail, f"issued by '{issuer}'") if part)
    return Unreachable(unreachable.fault, host=unreachable.host, detail=told, certificate_issuer=issuer)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


_FAULTS: Final[tuple[tuple[tuple[type[Exception], ...], NetworkFault], ...]] = (
    ((httpx.ProxyError,), NetworkFault.PROXY),
    ((httpx.TimeoutException, TimeoutError), NetworkFault.TIMEOUT),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError), NetworkFault.ADDRESS),
)


def _fault(error: Exception) -> NetworkFault:
    for kinds, fault in _FAULTS:
        if isinstance(error, kinds):
            return fault
    if isinstance(error, httpx.ConnectError):
        causes = tuple(_causes(error))
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return NetworkFault.NAME
        # A connection that is there and is reset before any request ends in the midst of the handshake.
        if any(isinstance(cause, ssl.SSLError | ConnectionResetError) for cause in causes):
            return NetworkFault.TLS
        return NetworkFault.REFUSED
    return NetworkFault.CUT
