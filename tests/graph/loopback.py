"""Real sockets on loopback: a small HTTPS server that can misbehave, and a proxy that speaks CONNECT."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from dataclasses import dataclass, field
from enum import Enum
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    import trustme

CUT = b"<cut here>"
"""In an answer: everything before it is sent, then the connection is reset."""


_TLS_HANDSHAKE = b"\x16"
_ENDED = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError)


@dataclass
class Received:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Loopback:
    """What a server on loopback saw.

    Attributes:
        origin: Its address, such as `https://localhost:50123`.
        requests: In the order in which they came.
    """

    origin: str
    requests: list[Received] = field(default_factory=list)

    @property
    def netloc(self) -> str:
        """Host and port."""
        return self.origin.partition("//")[2]

    @property
    def port(self) -> int:
        """The port alone."""
        return int(self.origin.rpartition(":")[2])


def reply(body: bytes | str, *, status: str = "200 OK", **headers: str) -> bytes:
    """A whole HTTP/1.1 answer."""
    content = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content


@contextlib.asynccontextmanager
async def serve(
    answer: Callable[[Received], bytes], *, authority: trustme.CA | None, name: str = "localhost"
) -> AsyncIterator[Loopback]:
    """An HTTP server on 127.0.0.1; over TLS with a certificate for `name` when an `authority` is given."""
    context: ssl.SSLContext | None = None
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with _open_connections(handlers), contextlib.suppress(*_ENDED):
            while True:
                request = await _read(reader, writer)
                seen.requests.append(request)
                whole, cut, _ = answer(request).partition(CUT)
                writer.write(whole)
                await writer.drain()
                if cut:
                    writer.transport.abort()
                    return
        writer.close()

    handlers: set[asyncio.Task[None]] = set()
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    seen = Loopback(f"{'https' if context else 'http'}://{name if context else '127.0.0.1'}:{port}")
    try:
        yield seen
    finally:
        server.close()
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers)


@contextlib.contextmanager
def _open_connections(handlers: set[asyncio.Task[None]]) -> Iterator[None]:
    task = asyncio.current_task()
    assert task is not None
    handlers.add(task)
    try:
        # The stream library reports a cancelled handler as an error, so it ends as if it were done.
        with contextlib.suppress(asyncio.CancelledError):
            yield
    finally:
        handlers.discard(task)


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Received:
    first = await reader.readexactly(1)
    if first == _TLS_HANDSHAKE and writer.get_extra_info("ssl_object") is None:
        writer.write(reply("", status="400 Bad Request"))
        await writer.drain()
        writer.close()
        raise ConnectionError("TLS where none is spoken")
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
    return Received(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


class Ending(Enum):
    """How a connection ends in the midst of a TLS handshake."""

    CLOSED = "closed"
    RESET = "reset"
    ALERT = "alert"


@contextlib.asynccontextmanager
async def gate(leads: Sequence[Ending | int]) -> AsyncIterator[Loopback]:
    """What stands before servers: it lets connections through, or ends them at the client's hello.

    Args:
        leads: To which port on 127.0.0.1 each connection in turn is let through, or how it ends; the last one holds
            for ever.
    """
    waiting = list(leads)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with _open_connections(handlers), contextlib.suppress(*_ENDED):
            try:
                hello = await reader.read(65536)
                seen.requests.append(Received("", {}, hello))
                await lead(waiting.pop(0) if len(waiting) > 1 else waiting[0], hello, reader, writer)
            finally:
                await _close(writer)

    async def lead(
        where: Ending | int, hello: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match where:
            case Ending.CLOSED:
                pass
            case Ending.ALERT:
                writer.write(b"\x15\x03\x03\x00\x02\x02\x50")  # fatal, internal error
            case Ending.RESET:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
            case int():
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", where)
                far_writer.write(hello)
                try:
                    await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
                finally:
                    far_writer.transport.abort()
                    writer.transport.abort()
                    await _close(far_writer)

    handlers: set[asyncio.Task[None]] = set()
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    seen = Loopback(f"https://localhost:{server.sockets[0].getsockname()[1]}")
    try:
        yield seen
    finally:
        server.close()
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers)


@contextlib.asynccontextmanager
async def connect_proxy(*, refuse: bytes | Sequence[bytes] = b"", port: int | None = None) -> AsyncIterator[Loopback]:
    """A forward proxy: CONNECT opens a tunnel to 127.0.0.1 at the port asked for, whatever the host's name.

    Args:
        refuse: Instead of a tunnel, this answer; or these, one for each of the first connections.
        port: Where the tunnels lead, in place of the port asked for.
    """
    refusals = iter(repeat(refuse) if isinstance(refuse, bytes) else refuse)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with _open_connections(handlers):
            request = await _read(reader, writer)
            seen.requests.append(request)
            if refusal := next(refusals, b""):
                writer.write(refusal)
                await writer.drain()
                await _close(writer)
                return
            asked = int(request.line.split()[1].rpartition(":")[2])
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port or asked)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            try:
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
            finally:
                far_writer.transport.abort()
                writer.transport.abort()
                await _close(far_writer)

    handlers: set[asyncio.Task[None]] = set()
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    seen = Loopback(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield seen
    finally:
        server.close()
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while block := await source.read(65536):
            sink.write(block)
            await sink.drain()
        sink.write_eof()
