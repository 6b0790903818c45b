"""One part that cannot be read does not end the whole: it is skipped, counted and named."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.model.connector import list_name
from entra_tui.model.permission import Feature
from entra_tui.sync.events import Failed, Finished, Held, Restarted, SyncMode, Waiting
from tests.sync.bench import USERS, end_of, only
from tests.sync.tenant import SmallTenant, person, refusal, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.bench import Bench

ROLES = list_name(Feature.DIRECTORY_ROLES, "Contoso")


def nameless_id(*numbers: int, times: int = 500) -> Callable[[httpx.Request, SmallTenant], httpx.Response | None]:
    """A fault: these users come without their id, so many times."""
    left = [times]

    def page(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        body = json.loads(tenant.answer(request).content)
        odd = {str(person(number)["id"]) for number in numbers}
        if not request.url.path.endswith("/users") or not any(one["id"] in odd for one in body["value"]) or not left[0]:
            return None
        left[0] -= 1
        value = [{**one, "id": None} if one["id"] in odd else one for one in body["value"]]
        return httpx.Response(200, json=body | {"value": value})

    return page


def with_people(bench: Bench, count: int) -> None:
    bench.page_size = 50
    bench.tenant = bench.http._http._transport = SmallTenant.of(count)


async def test_one_object_without_an_id_is_skipped_and_named(bench: Bench) -> None:
    with_people(bench, 120)
    bench.tenant.faults = dict.fromkeys(range(1, 99), nameless_id(7))

    end = end_of(await bench.run())

    assert isinstance(end, Finished)
    assert end.warnings == ("1 object has no ID and cannot be listed: 'user7@contoso.example'.",)
    assert bench.lists.runs(USERS)[0].report.warnings == end.warnings
    missing = str(person(7)["id"])
    assert bench.entries() == {key: value for key, value in bench.expected.items() if key != missing}


async def test_an_object_that_lacks_its_id_once_is_asked_for_again(bench: Bench) -> None:
    with_people(bench, 120)
    bench.tenant.faults = dict.fromkeys(range(1, 99), nameless_id(7, times=1))

    events = await bench.run()

    end = end_of(events)
    assert isinstance(end, Finished)
    assert end.warnings == ()
    assert len(only(events, Waiting)) == 1
    assert bench.entries() == bench.expected


async def test_whoever_is_skipped_stays_in_a_list_that_has_them(bench: Bench) -> None:
    with_people(bench, 120)
    await bench.run()
    bench.tenant.faults = dict.fromkeys(range(1, 99), nameless_id(7))

    end = end_of(await bench.run(full=True))

    assert isinstance(end, Finished)
    assert end.warnings == ("Objects that came without an ID and stay as they were: 1.",)
    assert end.changes.removed == 0
    assert bench.entries() == bench.expected
    # What is known to lack its id is no reason to read everything again.
    assert (await bench.finish()).mode is SyncMode.DELTA


async def test_whoever_is_skipped_stays_though_others_left(bench: Bench) -> None:
    with_people(bench, 120)
    await bench.run()
    for number in (1, 2, 3):
        bench.tenant.remove(str(person(number)["id"]))
    bench.tenant.faults = dict.fromkeys(range(1, 99), nameless_id(70))

    end = end_of(await bench.run(full=True))

    assert isinstance(end, Finished)
    assert end.changes.removed == 3
    assert bench.entries() == bench.expected


async def test_a_change_without_an_id_during_a_full_read_is_looked_for_by_the_next_one(bench: Bench) -> None:
    def odd(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/delta") or "latest" in request.url.params.values():
            return None
        return said(json.loads(tenant.answer(request).content) | {"value": [{"displayName": "?"}]})

    bench.tenant.faults = dict.fromkeys(range(1, 99), odd)

    end = await bench.finish()

    assert end.warnings == ("A change came without an ID while everything was read. The next run reads everything.",)
    assert bench.entries() == bench.expected
    bench.tenant.faults = {}
    assert (await bench.finish()).mode is SyncMode.FULL


async def test_more_than_a_hundredth_without_an_id_fails_and_changes_nothing(bench: Bench) -> None:
    with_people(bench, 120)
    await bench.run()
    before = bench.entries()
    bench.tenant.faults = dict.fromkeys(range(1, 99), nameless_id(7, 8))

    end = end_of(await bench.run(full=True))

    assert isinstance(end, Failed)
    assert end.finding.code == "objects-without-id"
    assert "2 of 120 objects have no ID" in end.finding.title
    assert bench.entries() == before


# ---------------------------------------------------------------- directory roles


class RoleTenant(SmallTenant):
    """Directory roles, each held by the user of its number."""

    roles: int = 12
    refused: frozenset[int] = frozenset()
    status: int = 404

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1.0/directoryRoles")
        if path == request.url.path:
            return super().answer(request)
        if not path:
            return said({"value": [{"id": role_id(number), "displayName": f"Role {number}"} for number in self.all]})
        number = int(path.split("/")[1][:8], 16)
        if not path.endswith("/members"):
            return said({"id": role_id(number)}) if number in self.all else refusal(404, "Request_ResourceNotFound")
        if number in self.refused:
            return refusal(self.status, "Request_ResourceNotFound" if self.status == 404 else "Denied")
        return said({"value": [{"id": person(number)["id"]}]})

    @property
    def all(self) -> range:
        return range(self.roles)


def role_id(number: int) -> str:
    return f"{number:08x}-2222-4000-8000-000000000000"


@pytest.fixture
def roles(bench: Bench) -> RoleTenant:
    tenant = RoleTenant()
    bench.tenant = bench.http._http._transport = tenant
    bench.connector = replace(bench.connector, features=frozenset({Feature.USERS, Feature.DIRECTORY_ROLES}))
    return tenant


@pytest.mark.parametrize("status", [404, 403, 500])
async def test_holders_that_cannot_be_read_are_unknown_and_not_nobody(
    bench: Bench, roles: RoleTenant, status: int
) -> None:
    roles.refused, roles.status = frozenset({3}), status

    ends = only(await bench.run(), Finished)

    assert [end.list for end in ends] == [USERS, ROLES, ""]
    assert ends[1].warnings == ("The holders of 'Role 3' could not be read: their number is unknown.",)
    assert ends[2].warnings == ends[1].warnings
    counts = {identifier: values.get("memberCount") for identifier, values in bench.entries(ROLES).items()}
    assert counts == {role_id(number): None if number == 3 else 1 for number in roles.all}


async def test_holders_that_are_refused_everywhere_do_not_wipe_a_list(bench: Bench, roles: RoleTenant) -> None:
    await bench.run()
    before = bench.groups(ROLES)
    roles.refused, roles.status = frozenset(roles.all), 403

    held = only(await bench.run(), Held)

    assert [loss.column for loss in held[0].losses] == ["memberCount"]
    assert bench.groups(ROLES) == before


async def test_a_role_that_is_not_listed_though_it_is_there_is_no_loss(bench: Bench, roles: RoleTenant) -> None:
    await bench.run()
    before = bench.groups(ROLES)
    asked: list[int] = []

    def short(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith("/directoryRoles"):
            return None
        asked.append(1)
        body = json.loads(tenant.answer(request).content)
        return said({"value": body["value"][:-1]}) if len(asked) == 1 else None

    bench.tenant.faults = dict.fromkeys(range(1, 500), short)

    events = await bench.run()

    assert len(only(events, Restarted)) == 1
    assert isinstance(events[-1], Finished)
    assert bench.groups(ROLES) == before


async def test_a_change_without_an_id_leads_to_a_full_read(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    begun = len(bench.tenant.graph_requests)

    def odd(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        return said(json.loads(tenant.answer(request).content) | {"value": [{"displayName": "?"}]})

    bench.tenant.faults = {begun + 1: odd, begun + 2: odd}

    assert (await bench.finish()).mode is SyncMode.FULL
    assert bench.entries() == bench.expected
