from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from entra_tui.storage.lists import RunOutcome
from entra_tui.sync.events import Failed, Finished, PageRead, Restarted, RestartReason, Started, SyncMode, Waiting
from tests.sync.bench import USERS, end_of, only, started
from tests.sync.tenant import CREDENTIALS, person, refuse

if TYPE_CHECKING:
    from tests.sync.bench import Bench


@pytest.mark.parametrize("pages", [1, 2, 3, 4, 5])
async def test_a_closed_run_is_gone_on_with(bench: Bench, pages: int) -> None:
    await bench.run_until(PageRead, pages)
    assert bench.entries() == {}
    asked_before = len(bench.tenant.graph_requests)
    bench.tenant.remove(str(person(0)["id"]))
    bench.tenant.put(person(1, displayName="Renamed"))

    events = await bench.run()

    assert started(events).resumed_entries >= min(3 * pages, 10)
    assert isinstance(end_of(events), Finished)
    assert bench.entries() == bench.expected
    assert len(bench.tenant.graph_requests) - asked_before <= max(6 - pages, 2)


async def test_cancelling_the_task_stops_at_once_and_keeps_the_checkpoint(bench: Bench) -> None:
    reached = asyncio.Event()

    async def watch() -> None:
        async with aclosing(bench.synchronizer.run(bench.connector, CREDENTIALS)) as running:
            async for event in running:
                if isinstance(event, PageRead) and event.pages == 2:
                    reached.set()
                    await asyncio.Event().wait()

    task = asyncio.create_task(watch())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert bench.entries() == {}
    assert started(await bench.run()).resumed_entries >= 6


async def test_closing_while_waiting_stops_at_once(bench: Bench) -> None:
    never = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await never.wait()

    bench.clock.sleep = sleep  # type: ignore[method-assign]
    bench.tenant.faults = {4: refuse(429, "TooManyRequests", retry_after="600")}

    events = await bench.run_until(Waiting)

    assert only(events, Waiting)[0].wait.seconds == 600
    assert bench.lists.runs(USERS)[0].outcome is RunOutcome.CANCELED


async def test_a_failed_run_is_gone_on_with(bench: Bench) -> None:
    bench.tenant.faults = dict.fromkeys(range(5, 99), refuse(400, "Request_BadRequest"))
    end = end_of(await bench.run())
    assert isinstance(end, Failed)
    assert end.can_resume
    bench.tenant.faults = {}

    events = await bench.run()

    assert started(events).resumed_entries == 9
    assert bench.entries() == bench.expected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("Directory_ExpiredPageToken", RestartReason.PAGE_TOKEN_EXPIRED),
        ("Request_BadRequest", RestartReason.CHECKPOINT_LOST),
    ],
)
async def test_a_checkpoint_that_is_not_known_any_more_is_said(bench: Bench, code: str, reason: RestartReason) -> None:
    await bench.run_until(PageRead, 2)
    begun = len(bench.tenant.graph_requests)
    bench.tenant.faults = {begun + 1: refuse(400, code)}
    bench.tenant.remove(str(person(0)["id"]))

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, reason)]
    assert bench.entries() == bench.expected


async def test_a_checkpoint_without_delta_is_worth_an_hour(bench: Bench) -> None:
    bench.tenant.has_delta = False
    await bench.run_until(PageRead, 2)
    bench.clock.advance(3_500)
    assert started(await bench.run_until(PageRead, 1)).resumed_entries >= 6
    bench.tenant.remove(str(person(0)["id"]))
    bench.clock.advance(200)

    events = await bench.run()

    assert started(events).resumed_entries == 0
    assert only(events, Restarted)[0].reason is RestartReason.CHECKPOINT_OLD
    assert bench.entries() == bench.expected


async def test_full_does_not_go_on_with_what_was_left(bench: Bench) -> None:
    await bench.run_until(PageRead, 2)

    events = await bench.run(full=True)

    assert started(events).resumed_entries == 0
    assert bench.entries() == bench.expected


async def test_an_interrupted_full_read_of_a_list_that_has_a_delta_link_is_gone_on_with(bench: Bench) -> None:
    await bench.run()
    async with aclosing(bench.synchronizer.run(bench.connector, CREDENTIALS, full=True)) as running:
        async for event in running:
            if isinstance(event, PageRead):
                break

    events = await bench.run()

    assert only(events, Started)[0].mode is SyncMode.FULL
    assert bench.entries() == bench.expected


async def test_a_connector_that_was_pointed_to_another_cloud_reads_everything(bench: Bench) -> None:
    await bench.run()
    with bench.lists._connections.write() as connection:
        connection.execute("UPDATE lists SET delta_link = 'https://graph.microsoft.us/v1.0/users/delta?$deltatoken=1'")
    bench.tenant.put(person(50))

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.CHECKPOINT_LOST)]
    assert bench.entries() == bench.expected


async def test_pausing_holds_between_two_pages(bench: Bench) -> None:
    bench.patience_seconds = 100
    seen: list[int] = []
    paused, told = asyncio.Event(), asyncio.Event()

    async def watch() -> None:
        async for event in bench.synchronizer.run(bench.connector, CREDENTIALS):
            if isinstance(event, PageRead):
                seen.append(event.pages)
                told.set()
                if event.pages == 2:
                    bench.pause.pause()
                    paused.set()

    task = asyncio.create_task(watch())
    await paused.wait()
    async with asyncio.timeout(30):
        # What was asked for already is still written, by another thread.
        while len(seen) < bench.tenant.kinds["users"]:
            told.clear()
            await told.wait()
    held_at, asked = len(seen), len(bench.tenant.graph_requests)
    for _ in range(500):
        await asyncio.sleep(0)
    assert (len(seen), len(bench.tenant.graph_requests)) == (held_at, asked)
    assert held_at < 5
    bench.clock.advance(10_000)
    bench.tenant.faults = {asked + 1: refuse(503)}
    bench.pause.resume()
    await task

    assert bench.entries() == bench.expected


async def test_one_page_is_asked_for_ahead_and_no_more(bench: Bench) -> None:
    asked_when_written: list[int] = []
    async with aclosing(bench.synchronizer.run(bench.connector, CREDENTIALS)) as running:
        async for event in running:
            if isinstance(event, PageRead):
                asked_when_written.append(bench.tenant.kinds["users"])
                break

    assert asked_when_written[0] <= 3
