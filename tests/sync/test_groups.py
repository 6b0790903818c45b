"""Groups: members as rows, what is unknown, and a delta that leads nowhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.model.connector import list_name
from entra_tui.model.permission import Feature
from entra_tui.sync.events import Failed, Finished, Held, Restarted, RestartReason, SyncMode
from tests.sync.bench import CONNECTOR, only
from tests.sync.group_tenant import GroupTenant, group_id
from tests.sync.tenant import SmallTenant, link, person, refuse, said

if TYPE_CHECKING:
    from tests.sync.bench import Bench

GROUPS = list_name(Feature.GROUPS, CONNECTOR.name)
NUMBERS = frozenset(range(5))


@pytest.fixture
def groups(bench: Bench) -> GroupTenant:
    tenant = GroupTenant.of(6)
    assert isinstance(tenant, GroupTenant)
    tenant.set_group(1, "Everyone", frozenset(range(6)))
    tenant.set_group(2, "Nobody", frozenset())
    tenant.set_group(3, "Three", frozenset({1, 2, 3}))
    bench.tenant = bench.http._http._transport = tenant
    bench.connector = replace(bench.connector, features=frozenset({Feature.USERS, Feature.GROUPS}))
    return tenant


def of_groups(events: list[object]) -> Finished | Held | Failed:
    """How the list of groups ended."""
    ends = [end for end in events if isinstance(end, Finished | Held | Failed) and end.list == GROUPS]
    assert len(ends) == 1
    return ends[0]


async def run(bench: Bench, *, full: bool = False) -> Finished:
    end = of_groups(list(await bench.run(full=full)))
    assert isinstance(end, Finished), end
    return end


@pytest.mark.parametrize("full", [False, True])
async def test_history_tells_who_joined_and_who_left(bench: Bench, groups: GroupTenant, full: bool) -> None:
    await run(bench)
    groups.set_group(3, "Three", frozenset({2, 3, 4}))

    end = await run(bench, full=full)

    assert (end.changes.changed, end.changes.joined, end.changes.left) == (1, 1, 1)
    assert bench.groups(GROUPS) == groups.expected_groups
    latest = bench.lists.runs(GROUPS)[0]
    assert (latest.changes.joined, latest.changes.left) == (1, 1)
    (change,) = bench.lists.run_changes(latest.number)
    assert (change.id, change.joined, change.left) == (group_id(3), 1, 1)
    assert change.before == change.after
    assert dict(bench.lists.run_members(latest.number, change.id)) == {
        str(person(4)["id"]): True,
        str(person(1)["id"]): False,
    }


async def test_a_group_that_comes_back_without_its_members_has_an_unknown_number(
    bench: Bench, groups: GroupTenant
) -> None:
    await run(bench)
    groups.delete_group(3)
    await run(bench)
    groups.set_group(3, "Three", frozenset({1, 2, 3}))

    def without_members(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/groups/delta"):
            return None
        body = json.loads(tenant.answer(request).content)
        value = [
            {key: one[key] for key in one if key != "members@delta"} | {"createdDateTime": "2020-01-01T00:00:00Z"}
            for one in body["value"]
        ]
        return said(body | {"value": value})

    groups.faults = dict.fromkeys(range(1, 99), without_members)
    await run(bench)

    assert "memberCount" not in bench.groups(GROUPS)[group_id(3)]
    groups.faults = {}
    groups.set_group(3, "Three", frozenset({1, 2, 3, 4}))
    await run(bench)
    # One who joined says nothing about the others.
    assert "memberCount" not in bench.groups(GROUPS)[group_id(3)]
    await run(bench, full=True)
    assert bench.groups(GROUPS) == groups.expected_groups


async def test_a_group_that_was_made_since_has_no_members(bench: Bench, groups: GroupTenant) -> None:
    await run(bench)
    groups.set_group(4, "New", frozenset())

    assert (await run(bench)).mode is SyncMode.DELTA
    assert bench.groups(GROUPS)[group_id(4)]["memberCount"] == 0


async def test_a_groups_delta_that_goes_in_circles_falls_back_to_the_plain_read(
    bench: Bench, groups: GroupTenant
) -> None:
    def circle(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if request.url.path.endswith("/groups/delta"):
            target = link("groups/delta", {"$skiptoken": "0-0"})
            return said({"value": [{"id": group_id(1), "displayName": "Everyone"}], "@odata.nextLink": target})
        if request.url.path.endswith("/groups"):
            return said({"value": [{"id": group_id(number), "displayName": f"G{number}"} for number in (1, 2, 3)]})
        return None

    groups.faults = dict.fromkeys(range(1, 500), circle)

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_LOOP]
    end = of_groups(list(events))
    assert isinstance(end, Finished)
    assert end.warnings == ("The members of groups could not be read: their number is unknown.",)
    assert {values.get("memberCount") for values in bench.entries(GROUPS).values()} == {None}


async def test_a_plain_read_does_not_take_the_members_from_a_list_that_has_them(
    bench: Bench, groups: GroupTenant
) -> None:
    for number in range(10, 16):
        groups.set_group(number, f"G{number}", frozenset({1, 2}))
    await run(bench)
    before = bench.groups(GROUPS)
    groups.expire_delta_links()

    def plain(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if request.url.path.endswith("/groups/delta"):
            return refuse(501, "NotImplemented")()
        if request.url.path.endswith("/groups"):
            return said({"value": [{"id": one, "displayName": name} for one, (name, _) in groups.groups.items()]})
        return None

    groups.faults = dict.fromkeys(range(1, 500), plain)

    end = of_groups(list(await bench.run(full=True)))

    assert isinstance(end, Held)
    assert "memberCount" in {loss.column for loss in end.losses}
    assert bench.groups(GROUPS) == before


async def test_a_round_that_stops_short_of_the_count_of_groups_changes_nothing(
    bench: Bench, groups: GroupTenant
) -> None:
    await run(bench)
    before = bench.groups(GROUPS)

    def short(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/groups/delta"):
            return None
        body = json.loads(tenant.answer(request).content)
        return said(body | {"value": [one for one in body["value"] if one["id"] != group_id(3)]})

    groups.faults = dict.fromkeys(range(1, 500), short)

    end = of_groups(list(await bench.run(full=True)))

    assert isinstance(end, Failed)
    assert end.finding.code == "short-read"
    assert bench.groups(GROUPS) == before


async def test_members_in_capitals_are_the_same_members(bench: Bench, groups: GroupTenant) -> None:
    letters = "abcdef01-0000-4000-8000-00000000000a"
    groups.groups[group_id(3)] = ("Three", frozenset({letters}))
    await run(bench)
    groups.group_log.append((group_id(3), letters))
    groups.groups[group_id(3)] = ("Three", frozenset())

    def capitals(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        content = tenant.answer(request).content
        return httpx.Response(200, content=content.replace(letters.encode(), letters.upper().encode()))

    groups.faults = dict.fromkeys(range(1, 99), capitals)
    end = await run(bench)

    assert (end.changes.left, bench.groups(GROUPS)[group_id(3)]["memberCount"]) == (1, 0)
