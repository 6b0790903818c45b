"""A read that stops short is never taken as whole: rows against the tenant's count, and what would go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.graph.retry import WaitReason
from entra_tui.sync.events import Failed, Finished, Restarted, RestartReason, SyncMode, Waiting
from tests.sync.bench import USERS, end_of, only
from tests.sync.tenant import SmallTenant, person, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.bench import Bench

    Fault = Callable[[httpx.Request, SmallTenant], httpx.Response | None]

ALWAYS = range(1, 500)


def without_next_link(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
    """A fault: the page is the last one, whatever follows."""
    if not request.url.path.endswith("/users"):
        return None
    body = json.loads(tenant.answer(request).content)
    body.pop("@odata.nextLink", None)
    return httpx.Response(200, json=body)


def without_the_last_of(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
    """A fault: the last object of a page is left out."""
    if not request.url.path.endswith("/users"):
        return None
    body = json.loads(tenant.answer(request).content)
    return httpx.Response(200, json=body | {"value": body["value"][:-1]})


def sizes(bench: Bench) -> list[str]:
    """The page sizes that first pages of users were asked for with."""
    return [
        request.url.params["$top"]
        for request in bench.tenant.graph_requests
        if request.url.path.endswith("/users") and "$skiptoken" not in request.url.params
    ]


@pytest.mark.parametrize("at", [2, 3, 4])
async def test_a_page_that_ends_the_read_too_early_is_noticed_and_everything_read_again(bench: Bench, at: int) -> None:
    bench.tenant.faults = {at: without_next_link}

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.SHORT_READ]
    assert sizes(bench) == ["3", "1"]
    end = end_of(events)
    assert isinstance(end, Finished)
    assert end.warnings == ()
    assert bench.entries() == bench.expected


@pytest.mark.parametrize("fault", [without_next_link, without_the_last_of])
async def test_a_read_that_stays_short_changes_nothing_and_names_both_numbers(bench: Bench, fault: Fault) -> None:
    bench.tenant.faults = dict.fromkeys(ALWAYS, fault)

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "short-read"
    assert "the tenant said 10;" in end.finding.title
    assert not end.can_resume
    assert bench.entries() == {}
    bench.tenant.faults = {}
    await bench.finish()
    assert bench.entries() == bench.expected


def repeated(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
    """A fault: the tenant's first person comes twice, in place of its last one."""
    if not request.url.path.endswith("/users"):
        return None
    body = json.loads(tenant.answer(request).content)
    first, *_, last = tenant.people.values()
    return httpx.Response(200, json=body | {"value": [first if one == last else one for one in body["value"]]})


@pytest.mark.parametrize("delta", [True, False])
async def test_somebody_who_comes_twice_does_not_stand_for_another_in_a_large_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, delta: bool
) -> None:
    # Of a large read only a sample of the ids is held; here none is.
    monkeypatch.setattr("entra_tui.storage.lists.met_ids._MOST_HELD", 0)
    bench.tenant.faults = dict.fromkeys(ALWAYS, repeated)
    bench.tenant.has_delta = delta
    bench.page_size = 5

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "short-read"
    assert bench.entries() == {}


@pytest.mark.parametrize("confirmed", [False, True])
async def test_a_short_full_read_of_a_list_with_rows_removes_nobody(bench: Bench, confirmed: bool) -> None:
    await bench.run()
    before = bench.entries()
    bench.tenant.faults = dict.fromkeys(ALWAYS, without_the_last_of)
    # Even where the count agrees with what came, the rows that would go are asked for.
    bench.tenant.count_off_by = -6

    end = end_of(await bench.run(full=True, confirmed=confirmed))

    assert isinstance(end, Failed)
    assert end.finding.code == "short-read"
    assert "still in the tenant" in end.finding.title
    assert bench.entries() == before


async def test_where_nothing_is_counted_the_rows_that_would_go_are_asked_for(bench: Bench) -> None:
    bench.tenant.has_count = False
    await bench.run()
    bench.tenant.faults = {len(bench.tenant.graph_requests) + 3: without_next_link}

    events = await bench.run(full=True)

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.SHORT_READ]
    assert bench.entries() == bench.expected


async def test_somebody_who_left_during_a_full_read_does_not_make_it_short(bench: Bench) -> None:
    def leave(number: int) -> None:
        if number == 4:
            bench.tenant.remove(str(person(9)["id"]))

    bench.tenant.before_each = leave

    events = await bench.run()

    assert only(events, Restarted) == []
    assert bench.entries() == bench.expected


async def test_a_count_that_lags_behind_is_given_a_moment(bench: Bench) -> None:
    bench.tenant.count_off_by = 1

    def catch_up(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        tenant.count_off_by = 0 if tenant.asides["users/$count"] > 2 else 1
        return None

    bench.tenant.aside_faults = {"$count": catch_up}

    events = await bench.run()

    assert [event.wait.reason for event in only(events, Waiting)] == [WaitReason.COUNT_BEHIND] * 2
    assert only(events, Restarted) == []
    assert bench.entries() == bench.expected


async def test_a_count_that_stays_a_hundredth_too_high_is_told_beside_the_result(bench: Bench) -> None:
    bench.page_size = 999
    bench.tenant = bench.http._http._transport = SmallTenant.of(300, count_off_by=3)

    end = await bench.finish()

    assert end.warnings == ("The count may be out of date: the tenant said 303; 300 came.",)
    assert bench.entries() == bench.expected


async def test_a_count_that_stays_too_high_in_a_small_tenant_fails_after_a_while(bench: Bench) -> None:
    await bench.run()
    before = bench.entries()
    bench.tenant.remove(str(person(4)["id"]))
    bench.tenant.count_off_by = 1

    events = await bench.run(full=True)

    # The one who is missing may be somebody new whom the read did not bring.
    end = end_of(events)
    assert isinstance(end, Failed)
    assert "the tenant said 10; 9 came" in end.finding.title
    assert 20 < sum(event.wait.seconds for event in only(events, Waiting)) < 90
    assert bench.entries() == before
    bench.tenant.count_off_by = 0
    await bench.finish()
    assert bench.entries() == bench.expected


async def test_the_comparison_can_be_turned_off(bench: Bench) -> None:
    bench.compare_counts = False
    bench.tenant.count_off_by = 50

    await bench.finish()

    assert bench.entries() == bench.expected
    assert bench.tenant.asides["users/$count"] == 0


async def test_a_count_below_the_rows_is_no_reason_to_doubt_them(bench: Bench) -> None:
    bench.tenant.count_off_by = -4

    events = await bench.run()

    assert only(events, Restarted) == []
    assert bench.entries() == bench.expected


# ---------------------------------------------------------------- after a delta


@pytest.mark.parametrize("left_out", [0, 5])
async def test_a_change_that_delta_does_not_tell_is_healed_at_once(bench: Bench, left_out: int) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    bench.tenant.people.pop(str(person(left_out)["id"]))

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.COUNT_DIFFERS]
    assert bench.entries() == bench.expected


async def test_a_joiner_that_delta_does_not_tell_is_healed_too(bench: Bench) -> None:
    await bench.run()
    bench.tenant.people[str(person(60)["id"])] = person(60)

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_service_without_a_count_is_believed_after_a_delta(bench: Bench) -> None:
    bench.tenant.has_count = False
    await bench.run()
    bench.tenant.put(person(50))

    assert (await bench.finish()).mode is SyncMode.DELTA
    assert bench.entries() == bench.expected


async def test_a_count_that_brings_errors_does_not_end_a_run(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    bench.tenant.aside_faults = {"$count": refuse(500)}

    end = await bench.finish()

    assert end.mode is SyncMode.DELTA
    assert bench.entries() == bench.expected


async def test_the_count_is_asked_for_once_after_a_delta(bench: Bench) -> None:
    await bench.run()
    before = bench.tenant.asides["users/$count"]

    await bench.finish()

    assert bench.tenant.asides["users/$count"] == before + 1
    assert bench.lists.state(USERS).surplus == 0


async def test_a_large_list_is_not_read_again_for_a_count_that_does_not_know_of_its_changes_yet(bench: Bench) -> None:
    bench.page_size = 999
    bench.tenant = bench.http._http._transport = SmallTenant.of(5_010)
    await bench.run()
    bench.tenant.remove(str(person(7)["id"]))
    bench.tenant.count_off_by = 1

    end = await bench.finish()

    assert end.mode is SyncMode.DELTA
    assert len(end.warnings) == 1
    assert bench.entries() == bench.expected
    # What nobody told of is still healed, as soon as no change of the same run explains it.
    bench.tenant.people[str(person(9_999)["id"])] = person(9_999)
    bench.tenant.count_off_by = 0
    assert (await bench.finish()).mode is SyncMode.FULL
    assert bench.entries() == bench.expected


@pytest.mark.parametrize(
    "fault", [refuse(404), refuse(400), refuse(500), lambda *_: httpx.Response(200, text="<html>")]
)
async def test_the_first_count_holds_where_it_cannot_be_asked_for_again(bench: Bench, fault: Fault) -> None:
    bench.tenant.aside_faults = {"$count": fault}
    bench.tenant.faults = dict.fromkeys(ALWAYS, without_next_link)

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert "the tenant said 10;" in end.finding.title


@pytest.mark.parametrize("is_first_right", [False, True])
async def test_a_count_that_each_page_makes_of_itself_says_nothing(bench: Bench, is_first_right: bool) -> None:
    def count_itself(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/users"):
            return None
        body = json.loads(tenant.answer(request).content)
        if not (is_first_right and "@odata.count" in body):
            body["@odata.count"] = len(body["value"])
        if "$skiptoken" in request.url.params:
            body.pop("@odata.nextLink", None)
        return httpx.Response(200, json=body)

    bench.tenant.faults = dict.fromkeys(ALWAYS, count_itself)

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert "the tenant said 10;" in end.finding.title


@pytest.mark.parametrize("off_by", [1, -1])
async def test_a_count_that_is_always_off_costs_one_full_read(bench: Bench, off_by: int) -> None:
    bench.page_size = 999
    bench.tenant = bench.http._http._transport = SmallTenant.of(300, count_off_by=off_by)
    await bench.run()
    bench.tenant.put(person(400))

    for _ in range(2):
        events = await bench.run()
        assert only(events, Waiting) == []
        end = end_of(events)
        assert isinstance(end, Finished)
        assert end.mode is SyncMode.DELTA
    assert bench.entries() == bench.expected


async def test_a_delta_and_a_full_read_that_say_the_same_are_believed(bench: Bench) -> None:
    await bench.run()
    bench.tenant.remove(str(person(4)["id"]))
    bench.tenant.count_off_by = 1

    events = await bench.run()

    end = end_of(events)
    assert isinstance(end, Finished)
    assert end.warnings == ("The count may be out of date: the tenant said 10; 9 came.",)
    assert 20 < sum(event.wait.seconds for event in only(events, Waiting)) < 90
    assert bench.entries() == bench.expected


async def test_somebody_who_is_found_for_a_while_after_leaving_is_asked_for_again(bench: Bench) -> None:
    await bench.run()
    identifier = str(person(4)["id"])
    bench.tenant.remove(identifier)
    asked: list[int] = []

    def lags(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        asked.append(1)
        return httpx.Response(200, json={"id": identifier}) if len(asked) < 4 else None

    bench.tenant.aside_faults = {identifier: lags}

    events = await bench.run(full=True)

    assert only(events, Restarted) == []
    assert bench.entries() == bench.expected
