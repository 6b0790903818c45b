"""Reads from the network in larger pieces than httpx does.

A TLS record holds 16 KiB, and httpx hands each of them on by a dozen layers of its own, httpcore's, h11's and anyio's:
for a page of users that takes longer than all the rest. What has come already is handed on in one piece here.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx


def read_in_bulk(transport: httpx.AsyncHTTPTransport) -> None:
    """Let a transport read so.

    httpx has no way to say it, so its pool is looked up by private names; where a release has others, it reads
    as before.
    """
    pool: Any = getattr(transport, "_pool", None)
    backend = getattr(pool, "_network_backend", None)
    if isinstance(backend, httpcore.AsyncNetworkBackend):
        pool._network_backend = _BulkBackend(backend)  # noqa: SLF001 - see above


class _BulkBackend(httpcore.AsyncNetworkBackend):
    """Connects as another backend does."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return _BulkStream(stream)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _BulkStream(await self._backend.connect_unix_socket(path, timeout, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class _BulkStream(httpcore.AsyncNetworkStream):
    """A stream of which a read gives all that has come, also where that is more than was asked for."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._tls: ssl.SSLObject | None = stream.get_extra_info("ssl_object")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as above
        data = await self._stream.read(max_bytes, timeout)
        if self._tls is None or not data:
            return data
        records = [data]
        try:
            while record := self._tls.read(max_bytes):
                records.append(record)
        except ssl.SSLError:
            # Nothing more has come, or the end; the next read meets that again.
            pass
        return b"".join(records)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore.AsyncNetworkStream:
        return _BulkStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as above
        return self._stream.get_extra_info(info)
