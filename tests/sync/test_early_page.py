"""In a long read, what changed meanwhile is asked for beside the last page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.lists import ListDatabase
from entra_tui.sync.events import PageRead, Restarted, RestartReason, Waiting
from entra_tui.sync.users import LONG_READ
from tests.sync.bench import Bench, only
from tests.sync.tenant import SmallTenant, cut_json, person, refuse
from tests.sync.test_prefetch import Dripping

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

PAGES = LONG_READ + 3
SIZE = 3


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    tenant = SmallTenant.of(PAGES * SIZE - 1)
    one = Bench(tenant, ListDatabase(tmp_path / "lists.db"), ManualClock(), page_size=SIZE)
    yield one
    await one.aclose()


def is_catching_up(tenant: SmallTenant) -> bool:
    """Whether the request under way asks for what changed."""
    latest = tenant.graph_requests[-1].url
    return latest.path.endswith("/delta") and "latest" not in latest.query.decode()


async def test_they_are_asked_for_while_the_last_page_still_comes(bench: Bench) -> None:
    asked_for = asyncio.Event()

    def slowly(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/users"):
            return None
        return httpx.Response(200, stream=Dripping(tenant.answer(request).content, asked_for))

    def note(_: int) -> None:
        if is_catching_up(bench.tenant):
            asked_for.set()

    # A delta link and the pages; the two that come last are asked for in either order.
    bench.tenant.faults = {PAGES + 1: slowly, PAGES + 2: slowly}
    bench.tenant.before_each = note

    await asyncio.wait_for(bench.finish(), timeout=30)

    assert bench.entries() == bench.expected
    assert len(bench.tenant.graph_requests) == PAGES + 2


async def test_what_changes_after_that_is_told_to_the_next_run(bench: Bench) -> None:
    def change(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not is_catching_up(tenant):
            return None
        told = tenant.answer(request)
        gone, moved, *_, last = sorted(tenant.people)
        tenant.remove(gone)
        tenant.remove(last)
        tenant.put(person(1, displayName="Moved") | {"id": moved})
        tenant.put(person(10_000))
        return told

    bench.tenant.faults = {PAGES + 1: change, PAGES + 2: change}
    await bench.finish()
    bench.tenant.faults = {}
    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_read_that_was_stopped_behind_it_goes_on(bench: Bench) -> None:
    for _ in range(2):
        await bench.run_until(PageRead, PAGES - 1)
    bench.tenant.put(person(10_000))

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_count_that_is_far_too_low_costs_nothing_but_time(bench: Bench) -> None:
    bench.tenant.count_off_by = -SIZE
    await bench.finish()
    assert bench.entries() == bench.expected


@pytest.mark.parametrize("fault", [refuse(503, Retry_After="7"), refuse(429, Retry_After="7"), cut_json])
async def test_an_answer_that_cannot_be_used_is_asked_for_again(
    bench: Bench, fault: Callable[..., httpx.Response]
) -> None:
    failed: list[int] = []

    def once(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if failed or not is_catching_up(tenant):
            return None
        failed.append(1)
        return fault(request, tenant)

    bench.tenant.faults = {PAGES + 1: once, PAGES + 2: once}
    events = await bench.run()

    assert len(only(events, Waiting)) == 1
    assert bench.entries() == bench.expected


async def test_a_link_that_expired_meanwhile_makes_it_begin_again(bench: Bench) -> None:
    expired: list[int] = []

    def once(_: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if expired or not is_catching_up(tenant):
            return None
        expired.append(1)
        return refuse(410, "syncStateNotFound")()

    bench.tenant.faults = {PAGES + 1: once, PAGES + 2: once}
    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_EXPIRED]
    assert bench.entries() == bench.expected
