"""The practice tenant behind an `httpx` client, in the same process and without a socket.

The client uses the real host names; what the network can do to it, it does here too.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpx

from entra_tui.simulator.app import ABORT, create_app
from entra_tui.simulator.faults import FaultKind
from entra_tui.simulator.sites import MICROSOFT_SITES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette
    from starlette.types import Message

    from entra_tui.simulator.cloud import PracticeCloud


class _Cut(Exception):
    """The connection broke."""


class PracticeTransport(httpx.AsyncBaseTransport):
    """Serves a practice tenant to an `httpx.AsyncClient`.

    Raises, as a real transport does:
        httpx.ConnectError: No such host among Microsoft's, or a fault of the connection.
        httpx.ConnectTimeout: A fault of the connection.
        httpx.RemoteProtocolError: The connection broke before the answer.
        httpx.ReadError: The connection broke in the body.
    """

    def __init__(self, cloud: PracticeCloud) -> None:
        self.cloud = cloud
        self._app = create_app(cloud)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        await self._connect(request)
        exchange = _Exchange(request, await request.aread())
        task = asyncio.create_task(exchange.run(self._app))
        try:
            status, headers = await exchange.head()
        except _Cut as error:
            await task
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from error
        except BaseException:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            raise
        return httpx.Response(
            status,
            headers=headers,
            stream=_BodyStream(exchange, task, request),
            extensions={"http_version": b"HTTP/1.1"},
            request=request,
        )

    async def _connect(self, request: httpx.Request) -> None:
        site = MICROSOFT_SITES.get(request.url.host)
        kind = FaultKind.NAME_NOT_RESOLVED if site is None else self.cloud.faults.connection_fault(site.service)
        match kind:
            case None:
                return
            case FaultKind.CONNECT_TIMEOUT:
                timeout = request.extensions.get("timeout", {}).get("connect") or 30.0
                await self.cloud.clock.sleep(timeout)
                raise httpx.ConnectTimeout("The connection was not made in time.", request=request)
            case FaultKind.CERTIFICATE_UNTRUSTED:
                cause: OSError = ssl.SSLCertVerificationError(
                    1,
                    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
                    "unable to get local issuer certificate",
                )
            case FaultKind.CONNECTION_REFUSED:
                cause = ConnectionRefusedError(111, "Connection refused")
            case _:
                cause = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise httpx.ConnectError(str(cause), request=request) from cause


class _Exchange:
    """One request on its way through the application."""

    def __init__(self, request: httpx.Request, body: bytes) -> None:
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "server": (request.url.host, request.url.port or 443),
            "client": ("127.0.0.1", 0),
            "extensions": {ABORT: self._abort},
        }
        self._body = body
        self._events: asyncio.Queue[Message | None] = asyncio.Queue()

    def _abort(self) -> None:
        # An application that ends without a last message has cut the connection.
        self._events.put_nowait(None)

    async def run(self, app: Starlette) -> None:
        try:
            await app(self._scope, self._receive, self._send)
        finally:
            self._events.put_nowait(None)

    async def _send(self, message: Message) -> None:
        self._events.put_nowait(message)

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _event(self) -> Message:
        event = await self._events.get()
        if event is None:
            raise _Cut
        return event

    async def head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        event = await self._event()
        return event["status"], event["headers"]

    async def chunks(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._event()
            if event["body"]:
                yield event["body"]
            if not event.get("more_body"):
                return


class _BodyStream(httpx.AsyncByteStream):
    def __init__(self, exchange: _Exchange, task: asyncio.Task[None], request: httpx.Request) -> None:
        self._exchange = exchange
        self._task = task
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._exchange.chunks():
                yield chunk
        except _Cut as error:
            raise httpx.ReadError("The connection was cut.", request=self._request) from error

    async def aclose(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
