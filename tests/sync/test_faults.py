from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.graph.retry import WaitReason
from entra_tui.storage.errors import ReadOnlyDiskError
from entra_tui.storage.lists import RunOutcome
from entra_tui.sync.events import Failed, Finished, PageRead, Restarted, RestartReason, Started, SyncMode, Waiting
from entra_tui.sync.pages import TRIES
from tests.sync.bench import USERS, end_of, only
from tests.sync.tenant import (
    GRAPH,
    SmallTenant,
    cut,
    cut_json,
    link,
    person,
    refuse,
    say,
    without_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.bench import Bench

FIRST, SECOND, THIRD = 2, 3, 4
"""Numbers of the requests for the pages of users; the first request asks for a delta link."""

UNUSABLE = {
    "cut connection": cut,
    "cut JSON": cut_json,
    "a 200 without value": without_value,
    "HTML": say("<!DOCTYPE html><title>Sign in to the proxy</title>", "text/html"),
    "a text": say("Welcome"),
    "a list": say("[]"),
    "an object without an id": say('{"value": [{"displayName": "X"}]}'),
    "a value that is no list": say('{"value": {}}'),
    "a link that is no text": say('{"value": [], "@odata.nextLink": 7}'),
    "NaN": say('{"value": NaN}'),
    "deep nesting": say("[" * 100_000),
    "502 with HTML": lambda *_: httpx.Response(502, text="<html>Bad gateway</html>"),
    "204": lambda *_: httpx.Response(204),
    "redirect": lambda *_: httpx.Response(302, headers={"location": "https://proxy.example/login"}),
}


def again(bench: Bench) -> None:
    """The same tenant without faults."""
    bench.tenant.faults = {}


@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.parametrize("at", [1, FIRST, SECOND, 5, 6])
async def test_an_answer_that_is_no_page_is_asked_for_again(
    bench: Bench, fault: Callable[..., httpx.Response], at: int
) -> None:
    if fault is UNUSABLE["204"]:
        pytest.skip("an empty answer with 204 is a refusal of its own kind")
    bench.tenant.faults = {at: fault}

    events = await bench.run()

    assert len(only(events, Waiting)) == 1
    assert bench.entries() == bench.expected
    assert len(bench.tenant.graph_requests) == 7


async def test_a_plain_page_with_a_delta_link_is_no_page(bench: Bench) -> None:
    def with_delta_link(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        body = json.loads(tenant.answer(request).content)
        return httpx.Response(200, json={**body, "@odata.deltaLink": link("users/delta", {"$deltatoken": "1"})})

    bench.tenant.faults = {SECOND: with_delta_link}

    events = await bench.run()

    assert [event.wait.reason for event in only(events, Waiting)] == [WaitReason.BAD_ANSWER]
    assert bench.entries() == bench.expected


@pytest.mark.parametrize(
    "fault",
    [
        fault
        for name, fault in UNUSABLE.items()
        if name not in {"cut connection", "502 with HTML", "204", "an object without an id"}
    ],
)
async def test_an_answer_that_never_is_a_page_ends_the_run(bench: Bench, fault: Callable[..., httpx.Response]) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    before = bench.entries()
    begun = len(bench.tenant.graph_requests)
    bench.tenant.faults = dict.fromkeys(range(begun + THIRD, begun + 99), fault)

    events = await bench.run(full=True)

    assert isinstance(end_of(events), Failed)
    assert [event.wait.reason for event in only(events, Waiting)] == [WaitReason.BAD_ANSWER] * (TRIES - 1)
    assert bench.entries() == before
    again(bench)
    assert isinstance(end_of(await bench.run()), Finished)
    assert bench.entries() == bench.expected


async def test_a_connection_that_is_cut_again_and_again_is_worth_the_whole_patience(bench: Bench) -> None:
    bench.tenant.faults = dict.fromkeys(range(THIRD, THIRD + 12), cut)

    events = await bench.run()

    assert {event.wait.reason for event in only(events, Waiting)} == {WaitReason.NO_ANSWER}
    assert len(only(events, Waiting)) == 12
    assert bench.entries() == bench.expected


async def test_patience_counts_from_the_last_page(bench: Bench) -> None:
    bench.patience_seconds = 100
    bench.tenant.faults = {
        number: refuse(429, "TooManyRequests", retry_after="90") for number in range(1, 12) if number % 2
    }

    await bench.finish()

    assert bench.clock.monotonic() > 300


async def test_a_wait_beyond_the_patience_is_not_begun(bench: Bench) -> None:
    bench.tenant.faults = {THIRD: refuse(429, "TooManyRequests", retry_after="3601")}

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert bench.clock.monotonic() < 1


async def test_an_expired_page_token_starts_the_stream_over(bench: Bench) -> None:
    bench.tenant.faults = {THIRD: refuse(400, "Directory_ExpiredPageToken")}

    def remove(number: int) -> None:
        if number == THIRD:
            bench.tenant.remove(str(person(0)["id"]))

    bench.tenant.before_each = remove

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.PAGE_TOKEN_EXPIRED)]
    assert [page.entries for page in only(events, PageRead)] == [3, 6, 6, 7, 10, 9]
    assert bench.entries() == bench.expected


async def test_without_delta_an_expired_page_token_empties_the_stage(bench: Bench) -> None:
    bench.tenant.has_delta = False
    bench.tenant.faults = {THIRD: refuse(400, "Directory_ExpiredPageToken")}

    def remove(number: int) -> None:
        if number == THIRD:
            bench.tenant.remove(str(person(0)["id"]))

    bench.tenant.before_each = remove

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_page_tokens_that_always_expire_end_the_run(bench: Bench) -> None:
    def expire(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        return refuse(400, "Directory_ExpiredPageToken")() if "skiptoken" in str(request.url) else None

    bench.tenant.faults = dict.fromkeys(range(1, 200), expire)

    events = await bench.run()

    end = end_of(events)
    assert isinstance(end, Failed)
    assert end.finding.code == "Directory_ExpiredPageToken"
    assert len(only(events, Restarted)) == 5
    assert len(bench.tenant.graph_requests) < 20


@pytest.mark.parametrize("of_delta", [False, True])
async def test_a_link_that_leads_back_ends_the_run(bench: Bench, of_delta: bool) -> None:
    if of_delta:
        await bench.run()
        bench.tenant.delta_page = 2
        for number in range(20, 26):
            bench.tenant.put(person(number))
    before = bench.entries() if of_delta else {}
    seen: list[str] = []

    def back(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        answer = tenant.answer(request)
        body = json.loads(answer.content)
        target = body.get("@odata.nextLink")
        if target is None:
            return answer
        seen.append(target)
        return httpx.Response(200, json=body | {"@odata.nextLink": seen[0]})

    bench.tenant.faults = dict.fromkeys(range(1, 500), back)

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert (end.finding.code, end.can_resume) == ("paging-loop", False)
    assert len(bench.tenant.graph_requests) < 20
    assert (bench.entries() if of_delta else {}) == before
    again(bench)
    await bench.finish()
    assert bench.entries() == bench.expected


async def test_a_page_that_comes_again_under_another_link_ends_the_run(bench: Bench) -> None:
    first: list[httpx.Response] = []

    def repeat(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/users"):
            return None
        first.append(tenant.answer(request))
        body = json.loads(first[0].content)
        return httpx.Response(200, json=body | {"@odata.nextLink": link("users", {"$skiptoken": str(len(first))})})

    bench.tenant.faults = dict.fromkeys(range(1, 500), repeat)

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "paging-loop"
    assert len(bench.tenant.graph_requests) < 10


async def test_a_page_repeated_once_is_asked_for_again(bench: Bench) -> None:
    def repeat(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        earlier = next(one for one in tenant.graph_requests if one.url.path.endswith("/users"))
        return tenant.answer(earlier)

    bench.tenant.faults = {THIRD: repeat}

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_delta_without_end_ends_the_run(bench: Bench) -> None:
    await bench.run()
    turn = 0

    def more(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        nonlocal turn
        turn += 1
        target = link("users/delta", {"$select": "id", "$skiptoken": str(turn)})
        return httpx.Response(200, json={"value": [person(1)], "@odata.nextLink": target})

    bench.tenant.faults = dict.fromkeys(range(1, 500), more)

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "paging-loop"


ELSEWHERE = [
    "https://graph.microsoft.com.evil.example/v1.0/users?$skiptoken=x",
    "https://evil.example/v1.0/users",
    "http://graph.microsoft.com/v1.0/users?$skiptoken=x",
    "https://graph.microsoft.com:8443/v1.0/users",
    "https://graph.microsoft.com@evil.example/v1.0/users",
    "https://evil.example\\@graph.microsoft.com/",
    "//evil.example/v1.0/users",
    "/v1.0/users?$skiptoken=x",
    "https://graph.microsoft.com\t.evil.example/",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("name", ["@odata.nextLink", "@odata.deltaLink"])
async def test_no_request_follows_a_link_to_another_host(bench: Bench, target: str, name: str) -> None:
    def mislead(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        body = json.loads(tenant.answer(request).content)
        return httpx.Response(200, json=body | {name: target}) if name in body else None

    bench.tenant.faults = dict.fromkeys(range(1, 500), mislead)

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "UnsafeDestination"
    # The tenant itself refuses requests to other hosts, so none was made.
    assert {request.url.host for request in bench.tenant.requests} <= {"login.microsoftonline.com", GRAPH[8:]}
    again(bench)
    await bench.finish()
    assert bench.entries() == bench.expected


async def test_pages_without_anybody_are_passed_over(bench: Bench) -> None:
    turn = 0

    def nobody(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        nonlocal turn
        if not request.url.path.endswith("/users") or turn == 4:
            return None
        turn += 1
        target = link("users", {"$select": "id,displayName,userPrincipalName,accountEnabled", "empty": str(turn)})
        return httpx.Response(200, json={"value": [], "@odata.nextLink": target})

    bench.tenant.faults = dict.fromkeys(range(1, 500), nobody)

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_user_that_comes_twice_counts_once(bench: Bench) -> None:
    def overlap(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        body = json.loads(tenant.answer(request).content)
        return httpx.Response(200, json=body | {"value": [person(0), *body["value"]]})

    bench.tenant.faults = {SECOND: overlap, THIRD: overlap}

    end = await bench.finish()

    assert end.changes.added == 10


async def test_a_missing_permission_is_no_reason_to_try_again(bench: Bench) -> None:
    bench.tenant.faults = dict.fromkeys(range(1, 50), refuse(403, "Authorization_RequestDenied"))

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "Authorization_RequestDenied"
    assert len(bench.tenant.graph_requests) == 2
    assert bench.lists.runs(USERS)[0].reason == "Authorization_RequestDenied"


async def test_a_token_that_is_always_refused_ends_the_run(bench: Bench) -> None:
    bench.tenant.faults = dict.fromkeys(range(THIRD, 50), refuse(401, "InvalidAuthenticationToken"))

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.can_resume
    assert bench.tenant.tokens == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [(410, "resyncRequired"), (410, "Gone"), (400, "syncStateNotFound"), (404, "SyncStateNotFound")],
)
async def test_every_way_of_losing_the_delta_leads_to_a_full_read(bench: Bench, status: int, code: str) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    begun = len(bench.tenant.graph_requests)
    bench.tenant.faults = {begun + 1: refuse(status, code)}

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.DELTA_EXPIRED)]
    assert [event.mode.value for event in only(events, Started)] == ["delta", "full"]
    assert bench.entries() == bench.expected


async def test_a_service_that_lists_everybody_instead_of_the_latest(bench: Bench) -> None:
    def everybody(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        target = link("users/delta", {"$skiptoken": "more"})
        return httpx.Response(200, json={"value": [person(0)], "@odata.nextLink": target})

    bench.tenant.faults = {1: everybody}

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.DELTA_NOT_OFFERED)]
    assert bench.entries() == bench.expected


NO_DELTA = {
    "an internal error": (refuse(500), RestartReason.DELTA_FAILED),
    "no link": (say('{"value": []}'), RestartReason.DELTA_FAILED),
    "a web page": (lambda *_: httpx.Response(404, text="<html>Not found</html>"), RestartReason.DELTA_NOT_OFFERED),
    "a bare status": (lambda *_: httpx.Response(405), RestartReason.DELTA_NOT_OFFERED),
}


@pytest.mark.parametrize(("fault", "reason"), NO_DELTA.values(), ids=NO_DELTA)
async def test_a_service_that_never_heard_of_delta(
    bench: Bench, fault: Callable[..., httpx.Response], reason: RestartReason
) -> None:
    def unknown(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        return fault() if request.url.path.endswith("/delta") else None

    bench.tenant.faults = dict.fromkeys(range(1, 99), unknown)

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, reason)]
    assert bench.tenant.kinds["users/delta"] == TRIES
    assert bench.entries() == bench.expected


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_delta_that_is_late_is_waited_for(bench: Bench, status: int) -> None:
    bench.tenant.faults = dict.fromkeys(range(1, TRIES + 3), refuse(status))

    events = await bench.run()

    assert only(events, Restarted) == []
    assert (await bench.finish()).mode is SyncMode.DELTA


async def test_a_latest_delta_link_behind_an_empty_page(bench: Bench) -> None:
    def empty(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        target = str(request.url.copy_add_param("page", "2"))
        return httpx.Response(200, json={"value": [], "@odata.nextLink": target})

    bench.tenant.faults = {1: empty}

    events = await bench.run()

    assert only(events, Restarted) == []
    assert (await bench.finish()).mode is SyncMode.DELTA


async def test_a_delta_link_that_is_given_but_not_taken(bench: Bench) -> None:
    def refuse_links(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        delta = request.url.path.endswith("delta") and "latest" not in str(request.url)
        return refuse(501, "NotImplemented")() if delta else None

    bench.tenant.faults = dict.fromkeys(range(1, 99), refuse_links)

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.DELTA_NOT_OFFERED)]
    assert bench.entries() == bench.expected


async def test_a_delta_that_ends_without_its_link_is_not_whole(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    begun = len(bench.tenant.graph_requests)
    endless = dict.fromkeys(range(begun + 1, begun + 99), say('{"value": []}'))
    bench.tenant.faults = {begun + 1: endless[begun + 1]}
    await bench.finish()
    assert bench.entries() == bench.expected
    bench.tenant.faults = {number + 2: fault for number, fault in endless.items()}

    end = end_of(await bench.run())

    # Everything was read instead, and nothing came.
    assert isinstance(end, Failed)
    assert end.finding.code == "short-read"


async def test_a_delta_that_expires_before_the_catching_up_reads_again(bench: Bench) -> None:
    bench.tenant.faults = {6: refuse(410, "syncStateNotFound")}

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.DELTA_EXPIRED)]
    assert bench.entries() == bench.expected


async def test_an_expired_page_of_a_delta_begins_the_delta_again(bench: Bench) -> None:
    await bench.run()
    bench.tenant.delta_page = 2
    for number in range(20, 26):
        bench.tenant.put(person(number))
    begun = len(bench.tenant.graph_requests)
    bench.tenant.faults = {begun + 2: refuse(400, "Directory_ExpiredPageToken")}

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.PAGE_TOKEN_EXPIRED)]
    assert len(bench.tenant.graph_requests) == begun + 2 + 3
    assert bench.entries() == bench.expected


async def test_values_of_the_wrong_type_are_as_though_not_set(bench: Bench) -> None:
    odd = {"jobTitle": ["x"], "mail": {"y": 1}, "department": "\x1b[2J\x00\u202e", "displayName": "\ud83d"}
    bench.tenant.people[str(person(1)["id"])] = person(1, **odd)

    await bench.finish()

    entry = bench.entries()[str(person(1)["id"])]
    assert entry["department"] == odd["department"]
    assert entry["displayName"] == "\ufffd"
    assert "jobTitle" not in entry
    assert "mail" not in entry


async def test_a_full_disk_leaves_the_list_as_it_was(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.run()
    before = bench.entries()
    bench.tenant.put(person(50))
    with bench.lists._connections.write() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    end = end_of(await bench.run(full=True))

    assert isinstance(end, Failed)
    assert end.finding.code == "disk-full"
    assert bench.entries() == before


async def test_a_second_copy_leaves_the_list_to_the_first(bench: Bench) -> None:
    await bench.run()
    with bench.lists.claim(USERS):
        end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "list-in-use"
    assert [run.outcome for run in bench.lists.runs(USERS)] == [RunOutcome.SUCCEEDED]


async def test_a_full_read_replaces_damaged_rows(bench: Bench) -> None:
    await bench.run()
    before = bench.entries()
    with bench.lists._connections.write() as connection:
        connection.execute("UPDATE rows_1 SET body = 'no JSON' WHERE position % 2")

    await bench.finish(full=True)

    assert bench.entries() == before


async def test_a_read_only_disk_fails_the_run_with_its_finding(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ReadOnlyDiskError("The file cannot be written; make the disk writable.")

    monkeypatch.setattr(type(bench.lists._connections), "write", refuse)
    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "disk-read-only"
    assert end.finding.remedy == ("Make the disk writable.",)


async def test_a_delta_over_damaged_rows_leads_to_a_full_read(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(1, jobTitle="Clerk"))
    with bench.lists._connections.write() as connection:
        connection.execute("UPDATE rows_1 SET body = replace(body, 'User 1', 'User X') WHERE body LIKE '%User 1\"%'")

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.ROWS_DAMAGED]
    assert bench.entries() == bench.expected


async def test_a_list_of_damaged_rows_that_nobody_changed_is_not_held_back_as_emptied(bench: Bench) -> None:
    await bench.run()
    with bench.lists._connections.write() as connection:
        connection.execute("UPDATE rows_1 SET body = x'ff00'")
    for number in range(10):
        bench.tenant.put(person(number, jobTitle="Clerk"))

    await bench.finish(full=True)

    assert bench.entries() == bench.expected
