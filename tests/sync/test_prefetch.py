"""The next page is asked for as early as it can be, and never for nothing."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from entra_tui.sync.events import Failed, PageRead, Waiting
from tests.sync.bench import end_of, only
from tests.sync.tenant import CREDENTIALS, cut_json, link, say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.sync.bench import Bench
    from tests.sync.tenant import SmallTenant

SECOND: Final = 3
"""Number of the Graph request for the second page of users: a delta link and the first page come before."""
LONG: Final = 5_000


class Dripping(httpx.AsyncByteStream):
    """A body whose end comes only when `awaited` is set."""

    def __init__(self, body: bytes, awaited: asyncio.Event) -> None:
        self._body = body
        self._awaited = awaited

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        await self._awaited.wait()
        yield b" " * LONG


async def test_the_next_page_is_asked_for_while_the_present_one_still_comes(bench: Bench) -> None:
    third_asked_for = asyncio.Event()

    def slowly(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        body = tenant.answer(request).content
        return httpx.Response(200, stream=Dripping(body + b" " * LONG, third_asked_for))

    def asked_for(number: int) -> None:
        if number == SECOND + 1:
            third_asked_for.set()

    bench.tenant.faults = {SECOND: slowly}
    bench.tenant.before_each = asked_for

    await asyncio.wait_for(bench.finish(), timeout=30)

    assert bench.entries() == bench.expected
    assert len(bench.tenant.graph_requests) == 6


async def test_no_more_than_one_page_is_asked_for_ahead_of_whoever_writes(bench: Bench) -> None:
    bench.tenant.padding = LONG
    ahead = []
    async for event in bench.synchronizer.run(bench.connector, CREDENTIALS):
        if isinstance(event, PageRead):
            pages = sum(request.url.path.endswith("/users") for request in bench.tenant.graph_requests)
            ahead.append(pages - event.pages)
    assert max(ahead) <= 2
    assert len(bench.tenant.graph_requests) == 6


@pytest.mark.parametrize("fault", [cut_json, say("{" + " " * LONG)])
async def test_a_long_page_that_is_none_costs_itself_and_what_it_led_to(
    bench: Bench, fault: Callable[..., httpx.Response]
) -> None:
    bench.tenant.padding = LONG
    bench.tenant.faults = {SECOND: fault}

    events = await bench.run()

    assert len(only(events, Waiting)) == 1
    assert bench.entries() == bench.expected
    assert len(bench.tenant.graph_requests) in {7, 8}


async def test_a_page_that_no_page_leads_to_after_all_is_let_go(bench: Bench) -> None:
    astray = link("users", {"$select": "id", "$skiptoken": "astray"})

    def two_links(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        body = json.loads(tenant.answer(request).content)
        first = json.dumps({"@odata.nextLink": astray, "padding": " " * LONG})
        return httpx.Response(200, text=first[:-1] + "," + json.dumps(body)[1:])

    bench.tenant.faults = {SECOND: two_links}

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_hint_of_another_host_is_not_followed(bench: Bench) -> None:
    def mislead(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        body = json.loads(tenant.answer(request).content)
        return httpx.Response(200, json=body | {"@odata.nextLink": "https://evil.example/v1.0/users"})

    bench.tenant.padding = LONG
    bench.tenant.faults = dict.fromkeys(range(SECOND, 99), mislead)

    end = end_of(await bench.run())

    # The tenant itself refuses requests to other hosts.
    assert isinstance(end, Failed)
    assert end.finding.code == "UnsafeDestination"


class Cut(Dripping):
    """A body whose connection ends after its beginning, once the page that it leads to was asked for."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        await self._awaited.wait()
        raise httpx.ReadError("connection reset")


@pytest.mark.parametrize("unusable", [False, True])
async def test_a_page_that_comes_again_with_another_link_is_no_circle(bench: Bench, unusable: bool) -> None:
    """Tokens need not repeat: what was fetched ahead of a page that is cut is dropped, and judged by nobody."""
    third_asked_for = asyncio.Event()
    served: list[str] = []

    def answer(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/users"):
            return None
        served.append(request.url.params.get("$skiptoken", ""))
        if len(served) == 3:
            third_asked_for.set()
        body = json.loads(tenant.answer(request).content)
        if (following := body.get("@odata.nextLink")) is not None:
            # Each answer names its next page by a token of its own.
            body = {"@odata.nextLink": f"{following}&served={len(served)}"} | body
            body["@odata.nextLink"] = f"{following}&served={len(served)}"
        content = json.dumps(body).encode() + b" " * LONG
        if len(served) == 2:
            cut = content.rstrip()[:-2] + b" " * LONG
            return httpx.Response(200, stream=Dripping(cut, third_asked_for) if unusable else Cut(cut, third_asked_for))
        return httpx.Response(200, content=content)

    bench.tenant.faults = dict.fromkeys(range(1, 99), answer)

    events = await asyncio.wait_for(bench.run(), timeout=30)

    assert not isinstance(end_of(events), Failed), end_of(events)
    assert bench.entries() == bench.expected
    # The third page was asked for ahead, and once more by the link of the page that came whole.
    assert served.count(served[2]) == 2


async def test_what_is_fetched_ahead_of_a_page_that_is_asked_for_again_is_not_used(bench: Bench) -> None:
    third_asked_for = asyncio.Event()
    asked: list[str] = []

    def answer(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/users"):
            return None
        asked.append(str(request.url))
        if len(asked) == 3:
            third_asked_for.set()
        content = tenant.answer(request).content
        if len(asked) == 2:
            return httpx.Response(200, stream=Cut(content[:-2] + b" " * LONG, third_asked_for))
        return httpx.Response(200, content=content + b" " * LONG)

    bench.tenant.faults = dict.fromkeys(range(1, 99), answer)

    await asyncio.wait_for(bench.finish(), timeout=30)

    assert bench.entries() == bench.expected
    assert asked.count(asked[2]) == 2
