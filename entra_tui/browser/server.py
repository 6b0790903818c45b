"""The page's server: loopback alone, nothing from the internet, and no other site may speak with it."""

from __future__ import annotations

import asyncio
import html
import os
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from entra_tui.browser.visitor import Visitor, command_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

HOST: Final = "127.0.0.1"
_LOOPBACK: Final = frozenset({HOST, "localhost"})
_MOST_CELLS: Final = 1000
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        # The page's script measures fonts with styles of its own, and draws links as data.
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self' ws://{host}; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class AddressInUse(Exception):
    """The port cannot be listened at; the text says why."""


class BrowserServer(Server):
    """Gives everybody who opens the page a process of their own.

    Args:
        arguments: What the program is run with.
        title: What the page is called.
        key: A word of the path that only the person at the terminal knows; empty where everybody on this machine may
            come in.
    """

    def __init__(self, arguments: Sequence[str], title: str, *, key: str = "") -> None:
        super().__init__(command_line(arguments), host=HOST, title=title)
        self._path = f"/{key}/" if key else "/"
        self._open: set[web.WebSocketResponse] = set()

    async def serve_until_cancelled(self, port: int, on_ready: Callable[[str], None]) -> None:
        """Listen at `port` of the loopback address, 0 for any that is free, and tell the page's address.

        Raises:
            AddressInUse: The port cannot be listened at.
        """
        runner = web.AppRunner(self._application(), handle_signals=False, access_log=None)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, HOST, port).start()
            except OSError as error:
                raise AddressInUse(os.strerror(error.errno or 0).lower()) from error
            host, used = runner.addresses[0][:2]
            on_ready(f"http://{host}:{used}{self._path}")
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[only_this_page])
        application.router.add_get(self._path, self.handle_index)
        application.router.add_get(f"{self._path}ws", self.handle_websocket)
        application.router.add_get(f"{self._path}page.js", _handle_script)
        application.router.add_static(f"{self._path}static", self.statics_path)
        application.on_shutdown.append(self._send_home)
        return application

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page; its addresses are those by which the browser came, whatever forwards the port."""
        websocket = f"ws://{request.host}{self._path}ws"
        page = Template(_own("page.html")).substitute(title=html.escape(self.title), websocket=html.escape(websocket))
        return web.Response(text=page, content_type="text/html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A visitor, from the first byte to the last."""
        websocket = web.WebSocketResponse(heartbeat=15)
        await websocket.prepare(request)

        async def close() -> None:
            await websocket.close()

        visitor = Visitor(
            self.command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        self._open.add(websocket)
        try:
            await visitor.start(_cells(request, "width", 80), _cells(request, "height", 24))
            await self._process_messages(websocket, visitor)
        finally:
            self._open.discard(websocket)
            await visitor.stop()
        return websocket

    async def _send_home(self, _: web.Application) -> None:
        for websocket in tuple(self._open):
            await websocket.close()


@web.middleware
async def only_this_page(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse what another site, or a host name that leads here, makes a browser send; no page needs a password then."""
    origin = request.headers.get("Origin")
    comes_from_elsewhere = origin is not None and urlsplit(origin).netloc != request.host
    if urlsplit(f"//{request.host}").hostname not in _LOOPBACK or comes_from_elsewhere:
        return web.Response(status=403, text="This page is for this machine alone.\n")
    response = await handler(request)
    if not response.prepared:
        response.headers.update({name: value.format(host=request.host) for name, value in _HEADERS.items()})
    return response


async def _handle_script(_: web.Request) -> web.Response:
    return web.Response(text=_own("page.js"), content_type="text/javascript")


def _own(name: str) -> str:
    return files("entra_tui.browser").joinpath(name).read_text(encoding="utf-8")


def _cells(request: web.Request, name: str, usual: int) -> int:
    text = request.query.get(name, "")
    return min(int(text), _MOST_CELLS) if text.isdecimal() and text.isascii() else usual
