"""The kinds of defects once more over real sockets: HTTPX, MSAL, TLS and a server on loopback.

The clock is a manual one, so that no test waits; everything else is what a person runs.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import httpx
import pytest
import trustme

from entra_tui.graph.client import HttpClient
from entra_tui.model.connector import list_name
from entra_tui.model.environment import PUBLIC, Environment
from entra_tui.model.permission import Feature
from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.lists import ListDatabase
from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, RestartReason, SyncMode, Waiting
from tests.graph.loopback import CUT, Received, reply, serve
from tests.sync.bench import CONNECTOR, USERS, Bench, end_of, only
from tests.sync.group_tenant import GroupTenant, group_id
from tests.sync.tenant import CREDENTIALS, GRAPH, SmallTenant, link, person, refusal, refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from entra_tui.sync.events import SyncEvent

PEOPLE: Final = 6_000
GROUPS: Final = list_name(Feature.GROUPS, CONNECTOR.name)


@dataclass
class Served:
    """A tenant behind a TLS server, and a synchronization that reaches it through the real client."""

    tenant: SmallTenant
    bench: Bench


@asynccontextmanager
async def served(tenant: SmallTenant, folder: Path, authority: trustme.CA) -> AsyncIterator[Served]:
    """Serve a tenant until the block ends."""

    def answer(received: Received) -> bytes:
        method, target, _ = received.line.split(" ")
        host = PUBLIC.graph_host if target.startswith("/v1.0/") else PUBLIC.login_host
        sent = httpx.Request(method, f"https://{host}{target}", headers=received.headers, content=received.body)
        try:
            said = tenant.respond(sent)
        except httpx.ReadError:
            whole = _here(tenant.answer(sent).content)
            head, _, body = reply(whole + b" " * 8_000).partition(b"\r\n\r\n")
            # The link to the next page is read by then.
            return head + b"\r\n\r\n" + body[: len(whole) + 5_000] + CUT
        kept = {name.replace("-", "_"): value for name, value in said.headers.items() if name == "retry-after"}
        return reply(_here(said.content), status=f"{said.status_code} -", **kept)

    def _here(content: bytes) -> bytes:
        for origin in (GRAPH, PUBLIC.authority):
            content = content.replace(origin.encode(), server.origin.encode())
        return content

    async with serve(answer, authority=authority) as server:
        environment = Environment(
            "loopback",
            "Loopback",
            authority=server.origin,
            graph=server.origin,
            portal=server.origin,
            admin_center=server.origin,
            built_in=False,
        )
        bench = Bench(tenant, ListDatabase(folder / "lists.db"), ManualClock())
        bench.credentials = replace(CREDENTIALS, environment=environment)
        await bench.http.aclose()
        bench.http = HttpClient(clock=bench.clock)
        try:
            yield Served(tenant, bench)
        finally:
            await bench.aclose()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return authority


@pytest.fixture
async def large(tmp_path: Path, trusted: trustme.CA) -> AsyncIterator[Served]:
    """Six thousand users, in pages of 999."""
    async with served(SmallTenant.of(PEOPLE), tmp_path, trusted) as one:
        yield one


def page(number: int, change: Callable[[dict[str, object]], object]) -> Callable[..., httpx.Response | None]:
    """A fault of the page of users that begins with this one."""

    def fault(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        body = json.loads(tenant.answer(request).content)
        first = str(person(number)["id"])
        if not request.url.path.endswith("/users") or not body["value"] or body["value"][0]["id"] != first:
            return None
        change(body)
        return httpx.Response(200, json=body)

    return fault


def always(fault: Callable[..., httpx.Response | None]) -> dict[int, Callable[..., httpx.Response | None]]:
    return dict.fromkeys(range(1, 2_000), fault)


async def test_a_page_without_a_next_link_in_the_midst_of_six_thousand(large: Served) -> None:
    """Kind 1: the third page ends the read, every time it is read in pages of 999."""
    large.tenant.faults = always(page(1_998, lambda body: body.pop("@odata.nextLink")))

    events = await large.bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.SHORT_READ]
    assert isinstance(end_of(events), Finished)
    assert large.bench.entries() == large.bench.expected


async def test_six_thousand_that_stay_2997_change_nothing(large: Served) -> None:
    """Kind 1: both numbers are told, and no list is made of half a tenant."""
    lost = str(person(2_997)["id"])

    def short(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        body = json.loads(tenant.answer(request).content)
        if not request.url.path.endswith("/users"):
            return None
        value = [one for one in body["value"] if one["id"] < lost]
        more = {} if len(value) == len(body["value"]) else {"@odata.nextLink": None}
        return httpx.Response(200, json=body | {"value": value} | more)

    large.tenant.faults = always(short)

    end = end_of(await large.bench.run())

    assert isinstance(end, Failed)
    assert "the tenant said 6,000; 2,997 came" in end.finding.title
    assert large.bench.entries() == {}


async def test_a_line_that_is_cut_after_the_next_link_is_no_circle(large: Served) -> None:
    """Kind 2: the page comes again with another token, and what was fetched ahead does not count."""
    cut: list[str] = []

    def mark(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/users"):
            return None
        token = request.url.params.get("$skiptoken", "")
        if token and token not in cut:
            cut.append(token)
            raise httpx.ReadError("cut")
        body = json.loads(tenant.answer(request).content)
        if "@odata.nextLink" in body:
            body["@odata.nextLink"] += f"&served={len(tenant.requests)}"
        return httpx.Response(200, json=body)

    large.tenant.faults = always(mark)

    events = await large.bench.run()

    assert isinstance(end_of(events), Finished), end_of(events)
    # What was fetched ahead of a page that is cut is dropped, whatever became of it.
    assert len(cut) == 6
    assert only(events, Waiting)
    assert large.bench.entries() == large.bench.expected


async def test_a_change_that_delta_does_not_tell_and_a_week(large: Served) -> None:
    """Kind 3: the count after a delta shows who is missing; a full read comes within a week in any case."""
    await large.bench.run()
    large.tenant.people.pop(str(person(17)["id"]))
    counted = await large.bench.finish()
    assert counted.mode is SyncMode.FULL
    assert large.bench.entries() == large.bench.expected
    one = str(person(5)["id"])
    large.tenant.people[one] = person(5, displayName="Renamed")
    large.bench.clock.advance(days=7)
    assert (await large.bench.finish()).mode is SyncMode.FULL
    assert large.bench.entries() == large.bench.expected


async def test_a_poisoned_delta_link_costs_one_full_read(large: Served) -> None:
    """Kind 4: a stored link that answers 500 is given up after a few tries."""
    await large.bench.run()
    large.tenant.put(person(7_000))
    old = str(large.bench.lists.state(USERS).delta_link).rpartition("deltatoken=")[2]
    large.tenant.faults = always(
        lambda request, _: refuse(500)() if request.url.params.get("$deltatoken") == old else None
    )
    before = large.bench.clock.monotonic()

    events = await large.bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_FAILED]
    assert large.bench.clock.monotonic() - before < 60
    assert large.bench.entries() == large.bench.expected


@pytest.mark.parametrize("column", ["displayName", "accountEnabled"])
async def test_a_column_that_turns_null_for_everybody_is_held(large: Served, column: str) -> None:
    """Kind 5: values are guarded as rows are."""
    await large.bench.run()
    before = large.bench.entries()
    for identifier, one in large.tenant.people.items():
        large.tenant.people[identifier] = one | {column: None}

    end = end_of(await large.bench.run(full=True))

    assert isinstance(end, Held)
    assert [(loss.column, loss.rows) for loss in end.losses] == [(column, PEOPLE)]
    assert large.bench.entries() == before


async def test_one_of_six_thousand_without_an_id_is_named(large: Served) -> None:
    """Kind 6: it is skipped, and the others are listed."""
    large.tenant.faults = always(page(999, lambda body: body["value"][3].pop("id")))  # type: ignore[index]

    end = end_of(await large.bench.run())

    assert isinstance(end, Finished)
    assert end.warnings == ("1 object has no ID and cannot be listed: 'user1002@contoso.example'.",)
    assert end.changes.added == PEOPLE - 1


async def test_an_organization_of_another_tenant(large: Served) -> None:
    """Kind 7: no row is written before the tenant is known to be the right one."""
    large.tenant.organization_id = "99999999-2222-4333-8444-555555555555"

    end = end_of(await large.bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "WrongOrganization"
    assert large.bench.lists.open_stage(USERS) is None


PASSING: Final = {
    "408": refuse(408, "RequestTimeout"),
    "423": refuse(423, "Locked"),
    "425": refuse(425, "TooEarly"),
    "429 twice named": refuse(429, "TooManyRequests", retry_after="2, 2"),
    "429 and a half": refuse(429, "TooManyRequests", retry_after="1.5"),
    "499": refuse(499, "ClientClosedRequest"),
    "501": lambda *_: httpx.Response(501, text="<html>"),
    "520": lambda *_: httpx.Response(520, text="<html>"),
    "599": refuse(599),
    "400 ServiceUnavailable": refuse(400, "ServiceUnavailable"),
    "404 UnknownError": refuse(404, "UnknownError"),
    "403 with a time": refuse(403, "Forbidden", retry_after="3"),
    "403 with a time in words": refuse(403, "Forbidden", retry_after="PT3S"),
    "403 TooManyRequests": refuse(403, "TooManyRequests"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_passes_is_waited_for(
    tmp_path: Path, trusted: trustme.CA, fault: Callable[..., httpx.Response]
) -> None:
    """Kind 9: on a page and on a delta alike."""
    async with served(SmallTenant.of(10, largest_page=3), tmp_path, trusted) as one:
        one.tenant.faults = {1: fault, 3: fault}
        events = await one.bench.run()
        assert isinstance(end_of(events), Finished), end_of(events)
        assert only(events, Restarted) == []
        assert len(only(events, Waiting)) == 2
        assert one.bench.entries() == one.bench.expected
        one.tenant.put(person(50))
        one.tenant.faults = {len(one.tenant.graph_requests) + 1: fault}
        assert (await one.bench.finish()).mode is SyncMode.DELTA
        assert one.bench.entries() == one.bench.expected


async def test_a_groups_delta_in_circles_and_members_as_rows(tmp_path: Path, trusted: trustme.CA) -> None:
    """Kinds 10 and 12: the plain read takes over; members come and go one by one."""
    tenant = GroupTenant.of(4)
    assert isinstance(tenant, GroupTenant)
    tenant.set_group(1, "Everyone", frozenset({1, 2, 3}))
    async with served(tenant, tmp_path, trusted) as one:
        one.bench.connector = replace(CONNECTOR, features=frozenset({Feature.USERS, Feature.GROUPS}))
        await one.bench.finish()
        tenant.set_group(1, "Everyone", frozenset({2, 3, 4}))
        ends = [event for event in await one.bench.run() if isinstance(event, Finished)]
        assert (ends[1].changes.joined, ends[1].changes.left) == (1, 1)
        assert one.bench.groups(GROUPS) == tenant.expected_groups

        def circle(request: httpx.Request, _: SmallTenant) -> httpx.Response | None:
            if request.url.path.endswith("/groups/delta"):
                target = link("groups/delta", {"$skiptoken": "0-0"})
                value = [{"id": group_id(1), "displayName": "Everyone"}]
                return httpx.Response(200, json={"value": value, "@odata.nextLink": target})
            return refusal(404, "Request_ResourceNotFound") if request.url.path.endswith("/groups") else None

        tenant.faults = always(circle)
        before = one.bench.groups(GROUPS)
        events: list[SyncEvent] = await one.bench.run(full=True)
        assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_LOOP]
        assert one.bench.groups(GROUPS) == before


async def test_ids_in_another_case(large: Served) -> None:
    """Kind 13: one object is one row."""
    await large.bench.run()
    letters = "abcdef00-0000-4000-8000-000000000000"
    large.tenant.put(person(1) | {"id": letters})
    await large.bench.finish()

    def capitals(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        content = tenant.answer(request).content
        return httpx.Response(200, content=content.replace(letters.encode(), letters.upper().encode()))

    large.tenant.faults = always(capitals)

    end = await large.bench.finish(full=True)

    assert (end.changes.added, end.changes.removed, end.changes.unchanged) == (0, 0, PEOPLE + 1)
    assert len(only(await large.bench.run(), PageRead)) == 1
