"""What has come already is read in one piece, whatever the size of TLS records, by a proxy or without."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.graph.bulk_reads import read_in_bulk
from entra_tui.graph.client import HttpClient
from tests.graph.loopback import CUT, connect_proxy, reply, serve

if TYPE_CHECKING:
    import trustme

RECORD = 16_384
BODY = bytes(range(256)) * 4_000


async def pieces(http: httpx.AsyncClient, url: str) -> list[bytes]:
    async with http.stream("GET", url) as response:
        return [piece async for piece in response.aiter_raw()]


@pytest.mark.parametrize("by_proxy", [False, True])
async def test_a_piece_holds_several_records(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch, by_proxy: bool
) -> None:
    name = "graph.test" if by_proxy else "localhost"
    async with serve(lambda _: reply(BODY), authority=trusted, name=name) as server, connect_proxy() as proxy:
        if by_proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        async with HttpClient() as http:
            found = await pieces(http._http, server.origin)
            again = await pieces(http._http, server.origin)
    assert b"".join(found) == b"".join(again) == BODY
    # Should a release of httpx keep its pools elsewhere, they are as short as its own.
    assert max(map(len, found)) > RECORD
    assert len(proxy.requests) == by_proxy


async def test_an_answer_that_breaks_off_between_records_is_told(trusted: trustme.CA) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n"
    async with serve(lambda _: head + BODY + CUT, authority=trusted) as server, HttpClient() as http:
        with pytest.raises(httpx.TransportError):
            await pieces(http._http, server.origin)


async def test_a_transport_whose_pool_is_elsewhere_is_left_as_it_is(trusted: trustme.CA) -> None:
    transport = httpx.AsyncHTTPTransport(verify=ssl.create_default_context())
    pool = transport.__dict__.pop("_pool")
    read_in_bulk(transport)
    transport.__dict__["_pool"] = pool
    async with (
        serve(lambda _: reply(BODY), authority=trusted) as server,
        httpx.AsyncClient(transport=transport) as http,
    ):
        assert (await http.get(server.origin)).content == BODY
