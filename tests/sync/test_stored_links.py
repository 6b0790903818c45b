"""What a run stored for the next one, and when it is not used any more: links, their age, whose rows they lead to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.model.entry import ListSource, ListStatus
from entra_tui.storage.lists import RunOutcome
from entra_tui.sync.events import Failed, Finished, PageRead, Restarted, RestartReason, Started, SyncMode, Waiting
from entra_tui.sync.list_run import STORED_TRIES
from tests.sync.bench import USERS, end_of, only, started
from tests.sync.tenant import TENANT_ID, SmallTenant, cut, link, person, refusal, refuse, said, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.bench import Bench

    Fault = Callable[[httpx.Request, SmallTenant], httpx.Response | None]

OTHER_TENANT = "99999999-2222-4333-8444-555555555555"


def of_delta(fault: Callable[..., httpx.Response]) -> Fault:
    """A fault of what delta links lead to; a query for a new one is answered."""
    return lambda request, tenant: (
        fault(request, tenant)
        if request.url.path.endswith("/delta") and "latest" not in request.url.params.values()
        else None
    )


async def stored(bench: Bench, fault: Fault) -> None:
    """A list with a delta link, behind which there is a change, and a fault from now on."""
    await bench.run()
    bench.tenant.put(person(50))
    bench.tenant.faults = dict.fromkeys(range(1, 500), fault)


# ---------------------------------------------------------------- a link that brings errors


def without_id(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
    body = json.loads(tenant.answer(request).content)
    return httpx.Response(200, json=body | {"value": [*body["value"], {"displayName": "Nobody"}]})


POISONED: dict[str, tuple[Callable[..., httpx.Response], RestartReason]] = {
    "500": (refuse(500), RestartReason.DELTA_FAILED),
    "503 without a time": (refuse(503, "ServiceUnavailable"), RestartReason.DELTA_FAILED),
    "504 of a gateway": (lambda *_: httpx.Response(504, text="<html>"), RestartReason.DELTA_FAILED),
    "cut JSON": (say('{"value": ['), RestartReason.DELTA_FAILED),
    "a web page": (say("<html>"), RestartReason.DELTA_FAILED),
    "a cut connection": (cut, RestartReason.DELTA_FAILED),
    "425": (refuse(425, "TooEarly"), RestartReason.DELTA_FAILED),
    "400": (refuse(400, "Request_BadRequest"), RestartReason.CHECKPOINT_LOST),
    "404": (refuse(404, "Request_ResourceNotFound"), RestartReason.CHECKPOINT_LOST),
    "an object without an id": (without_id, RestartReason.DELTA_INCOMPLETE),
    "a circle": (
        lambda *_: httpx.Response(
            200, json={"value": [person(1)], "@odata.nextLink": link("users/delta", {"$skiptoken": "x"})}
        ),
        RestartReason.DELTA_LOOP,
    ),
}


@pytest.mark.parametrize(("fault", "reason"), POISONED.values(), ids=POISONED)
async def test_a_delta_link_that_brings_errors_is_given_up_for_a_full_read(
    bench: Bench, fault: Callable[..., httpx.Response], reason: RestartReason
) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    old = bench.lists.state(USERS).delta_link

    def poisoned(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        return fault(request, tenant) if str(request.url) == old or "$skiptoken=x" in str(request.url) else None

    bench.tenant.faults = dict.fromkeys(range(1, 500), poisoned)
    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [reason]
    assert isinstance(end_of(events), Finished)
    assert bench.entries() == bench.expected
    assert bench.lists.state(USERS).delta_link != old
    assert (await bench.finish()).mode is SyncMode.DELTA


async def test_a_service_that_never_answers_a_delta_costs_one_full_read_a_run(bench: Bench) -> None:
    await stored(bench, of_delta(refuse(500)))

    events = await bench.run()

    # Once for the stored link, once for what was caught up with; then there is no delta in this run.
    assert [event.mode for event in only(events, Started)] == [SyncMode.DELTA, SyncMode.FULL]
    assert len(only(events, Restarted)) == 2
    assert len(only(events, Waiting)) < 2 * STORED_TRIES
    assert bench.entries() == bench.expected


async def test_what_the_service_asks_to_wait_for_is_no_error_of_the_link(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    begun = len(bench.tenant.graph_requests)
    promise = refuse(503, "ServiceUnavailable", retry_after="60")
    bench.tenant.faults = dict.fromkeys(range(begun + 1, begun + 1 + 2 * STORED_TRIES), promise)

    events = await bench.run()

    assert only(events, Restarted) == []
    assert bench.entries() == bench.expected


@pytest.mark.parametrize("fault", [refuse(500), say("{"), refuse(404, "UnknownError"), cut])
async def test_a_page_link_that_brings_errors_is_given_up_for_a_fresh_start(
    bench: Bench, fault: Callable[..., httpx.Response]
) -> None:
    await bench.run_until(PageRead, 2)
    stage = bench.lists.open_stage(USERS)
    assert stage is not None
    assert stage.checkpoint is not None
    stored_link = stage.checkpoint.next_link

    def poisoned(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        # A fresh start begins with another delta link.
        is_resuming = tenant.kinds["users/delta"] == 1
        return fault(request, tenant) if str(request.url) == stored_link and is_resuming else None

    bench.tenant.faults = dict.fromkeys(range(1, 500), poisoned)
    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.CHECKPOINT_FAILED]
    assert isinstance(end_of(events), Finished)
    assert bench.entries() == bench.expected


async def test_errors_without_a_promise_end_a_run_after_ten_minutes(bench: Bench) -> None:
    bench.tenant.faults = dict.fromkeys(range(4, 5000), refuse(500))

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.can_resume
    assert 500 < bench.clock.monotonic() <= 600


# ---------------------------------------------------------------- a delta without an end or without content


def empty_for_ever(turn: list[int], path: str) -> Fault:
    def page(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith(path) or "latest" in request.url.params.values():
            return None
        turn.append(1)
        target = link(path.removeprefix("/"), {"$skiptoken": f"empty-{len(turn)}"})
        return httpx.Response(200, json={"value": [], "@odata.nextLink": target})

    return page


async def test_ten_minutes_of_empty_delta_pages_lead_to_a_full_read(bench: Bench) -> None:
    turns: list[int] = []
    await bench.run()
    bench.tenant.put(person(50))
    old = str(bench.lists.state(USERS).delta_link)
    empty = empty_for_ever(turns, "/users/delta")

    def slowly(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if str(request.url) != old and "empty" not in str(request.url):
            return None
        bench.clock.advance(30)
        return empty(request, tenant)

    bench.tenant.faults = dict.fromkeys(range(1, 9_000), slowly)

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_EMPTY]
    assert 18 <= len(turns) <= 22
    assert bench.entries() == bench.expected


async def test_empty_pages_of_users_for_ever_end_the_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entra_tui.sync.pages.EMPTY_PAGES", 50)
    bench.tenant.faults = dict.fromkeys(range(1, 9_000), empty_for_ever([], "/users"))

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert (end.finding.code, end.can_resume) == ("endless-empty-pages", False)
    assert len(bench.tenant.graph_requests) < 60


async def test_a_machine_that_slept_between_two_empty_pages_did_not_wait_for_them(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    begun = len(bench.tenant.graph_requests)

    def sleep(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        bench.clock.advance(86_400)
        real = json.loads(tenant.answer(request).content)
        more = request.url.copy_add_param("page", "2")
        return httpx.Response(200, json={"value": [], "@odata.nextLink": str(more)}) if real else tenant.answer(request)

    bench.tenant.faults = {begun + 1: sleep}

    events = await bench.run()

    assert only(events, Restarted) == []
    assert bench.entries() == bench.expected


# ---------------------------------------------------------------- age


async def test_everything_is_read_again_when_the_last_full_read_is_a_week_old(bench: Bench) -> None:
    await bench.run()
    for _ in range(6):
        bench.clock.advance(days=1)
        assert (await bench.finish()).mode is SyncMode.DELTA
    # What delta never told and the count does not show.
    one = str(person(3)["id"])
    bench.tenant.people[one] = person(3, displayName="Renamed behind the delta's back")
    bench.clock.advance(days=1)

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.FULL_READ_DUE]
    assert started(events).mode is SyncMode.FULL
    assert bench.entries() == bench.expected
    assert bench.lists.overview()[0].full_read_at == bench.lists.runs(USERS)[0].report.ended_at


@pytest.mark.parametrize(("every", "mode"), [(timedelta(hours=1), SyncMode.FULL), (None, SyncMode.DELTA)])
async def test_how_old_a_full_read_may_be_is_chosen(bench: Bench, every: timedelta | None, mode: SyncMode) -> None:
    bench.full_read_every = every
    await bench.run()
    full_read_at = bench.lists.overview()[0].full_read_at
    bench.clock.advance(7_200 if every else 30 * 86_400)

    assert (await bench.finish()).mode is mode
    assert (bench.lists.overview()[0].full_read_at == full_read_at) is (mode is SyncMode.DELTA)


# ---------------------------------------------------------------- whose rows


def of_another_tenant(bench: Bench) -> SmallTenant:
    """The connector leads to another tenant from now on."""
    other = SmallTenant(organization_id=OTHER_TENANT)
    for number in (3, 4, 70):
        other.put(person(number, displayName=f"Other {number}"))
    bench.tenant = bench.http._http._transport = other
    bench.connector = replace(bench.connector, tenant_id=OTHER_TENANT)
    bench.credentials = replace(bench.credentials, tenant_id=OTHER_TENANT)
    return other


async def test_another_tenant_is_a_fresh_start_that_is_explained(bench: Bench) -> None:
    await bench.run()
    of_another_tenant(bench)

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.SOURCE_CHANGED]
    assert isinstance(end_of(events), Finished)
    assert bench.entries() == bench.expected
    assert bench.lists.state(USERS).source == ListSource(OTHER_TENANT, "login.microsoftonline.com")


async def test_rows_of_one_tenant_are_not_shown_under_another_that_cannot_be_read(bench: Bench) -> None:
    await bench.run()
    of_another_tenant(bench)
    bench.tenant.faults = dict.fromkeys(range(1, 99), refuse(403, "Authorization_RequestDenied"))

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert bench.entries() == {}
    assert bench.lists.overview()[0].status is ListStatus.FAILED
    assert bench.lists.runs(USERS)[-1].outcome is RunOutcome.SUCCEEDED


async def test_what_was_staged_of_one_tenant_is_not_gone_on_with_in_another(bench: Bench) -> None:
    await bench.run_until(PageRead, 2)
    of_another_tenant(bench)

    events = await bench.run()

    assert started(events).resumed_entries == 0
    assert bench.entries() == bench.expected


async def test_another_login_host_is_another_source(bench: Bench) -> None:
    await bench.run()
    with bench.lists._connections.write() as connection:
        connection.execute("UPDATE lists SET login_host = 'login.microsoftonline.us'")

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.SOURCE_CHANGED]
    assert bench.entries() == bench.expected


async def test_an_organization_that_is_another_tenant_ends_the_run_before_a_row_is_written(bench: Bench) -> None:
    await bench.run()
    before = bench.entries()
    bench.tenant.organization_id = OTHER_TENANT
    bench.tenant.put(person(50))

    for full in (False, True):
        end = end_of(await bench.run(full=full))
        assert isinstance(end, Failed)
        assert end.finding.code == "WrongOrganization"
        assert bench.entries() == before
    assert bench.lists.open_stage(USERS) is None


@pytest.mark.parametrize(
    "fault", [refuse(403, "Authorization_RequestDenied"), refuse(404), refuse(500), say("{}"), cut]
)
async def test_an_organization_that_cannot_be_read_does_not_end_a_run(
    bench: Bench, fault: Callable[..., httpx.Response]
) -> None:
    bench.tenant.aside_faults = {"organization": fault}

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_the_organization_is_asked_for_once_a_run(bench: Bench) -> None:
    await bench.run()
    assert bench.tenant.asides["organization"] == 1
    assert bench.tenant.organization_id == TENANT_ID


# ---------------------------------------------------------------- sign-in in mid-run


@pytest.mark.parametrize("full", [False, True])
async def test_a_refused_sign_in_is_never_taken_for_a_delta_that_is_not_offered(bench: Bench, full: bool) -> None:
    await bench.run()
    before, old = bench.entries(), bench.lists.state(USERS).delta_link
    bench.tenant.put(person(50))
    bench.tenant.refused_tokens = {f"opaque-token-{number:04}" for number in range(1, 9)}
    bench.tenant.sign_in_fault = lambda: refusal_of_sign_in("AADSTS7000222", 401)

    events = await bench.run(full=full)

    end = end_of(events)
    assert isinstance(end, Failed)
    assert end.finding.code == "AADSTS7000222"
    assert only(events, Restarted) == []
    assert (bench.entries(), bench.lists.state(USERS).delta_link) == (before, old)


def refusal_of_sign_in(code: str, status: int) -> httpx.Response:
    number = int(code.removeprefix("AADSTS"))
    return httpx.Response(
        status,
        json={"error": "invalid_client", "error_description": f"{code}: No.", "error_codes": [number]},
    )


async def test_one_refused_sign_in_in_mid_run_is_tried_again(bench: Bench) -> None:
    bench.tenant.faults = {4: lambda *_: refusal(401, "InvalidAuthenticationToken")}
    answers = [refusal_of_sign_in("AADSTS7000215", 401)]

    def once() -> httpx.Response | None:
        return answers.pop() if bench.tenant.tokens == 1 and answers else None

    bench.tenant.sign_in_fault = once

    await bench.finish()

    assert answers == []
    assert bench.entries() == bench.expected


# ---------------------------------------------------------------- beside the pages, and pages without news


@pytest.mark.parametrize("fault", [cut, refuse(503), refuse(403)])
async def test_what_is_asked_beside_the_pages_does_not_end_a_run(
    bench: Bench, fault: Callable[..., httpx.Response]
) -> None:
    await bench.run()
    gone = str(person(3)["id"])
    bench.tenant.remove(gone)
    bench.tenant.aside_faults = dict.fromkeys(("organization", "$count", gone), fault)

    for full in (False, True):
        await bench.finish(full=full)
        assert bench.entries() == bench.expected
    assert bench.clock.monotonic() < 120


@pytest.mark.parametrize("fault", [cut, refuse(500), refuse(403), refuse(400)])
async def test_a_new_user_that_cannot_be_read_leads_to_a_full_read(
    bench: Bench, fault: Callable[..., httpx.Response]
) -> None:
    await bench.run()
    one = str(person(50)["id"])
    bench.tenant.put(person(50))
    target = str(bench.lists.state(USERS).delta_link)
    bench.tenant.faults = {
        len(bench.tenant.graph_requests) + 1: lambda *_: said({"value": [{"id": one}], "@odata.deltaLink": target})
    }
    bench.tenant.aside_faults = {one: fault}

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_INCOMPLETE]
    assert bench.entries() == bench.expected


@pytest.mark.parametrize("path", ["/users", "/users/delta"])
async def test_pages_of_the_same_people_for_ever_are_no_progress(bench: Bench, path: str) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    old = str(bench.lists.state(USERS).delta_link)
    turns: list[int] = []

    def same(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        is_it = request.url.path.endswith(path) and "latest" not in request.url.params.values()
        if not is_it or (path != "/users" and str(request.url) != old and "turn" not in str(request.url)):
            return None
        turns.append(1)
        value = [person(number, jobTitle=str(len(turns))) for number in ((1, 2) if len(turns) % 2 else (2, 1))]
        target = link(path.removeprefix("/"), {"$skiptoken": f"turn-{len(turns)}"})
        return said({"value": value, "@odata.nextLink": target})

    bench.tenant.faults = dict.fromkeys(range(1, 5_000), same)

    events = await bench.run(full=path == "/users")

    assert len(turns) < 250
    if path == "/users":
        end = end_of(events)
        assert isinstance(end, Failed)
        assert end.finding.code == "paging-loop"
    else:
        assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_LOOP]
        assert bench.entries() == bench.expected


async def test_a_full_read_of_a_time_to_come_does_not_count(bench: Bench) -> None:
    await bench.run()
    with bench.lists._connections.write() as connection:
        connection.execute("UPDATE lists SET full_read_at = '2099-01-01T00:00:00+00:00'")

    assert (await bench.finish()).mode is SyncMode.FULL
