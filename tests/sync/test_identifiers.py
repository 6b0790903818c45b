"""One object is one row, however its id is written, and a row has a name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from entra_tui.sync.events import Restarted, RestartReason, SyncMode
from tests.sync.bench import USERS, only
from tests.sync.tenant import SmallTenant, link, person, refuse, said

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.sync.bench import Bench

    Fault = Callable[[httpx.Request, SmallTenant], httpx.Response | None]


def letters(number: int) -> str:
    """The id of a user, with letters in it."""
    return str(person(number + 0xABC000)["id"])


@pytest.fixture
def lettered(bench: Bench) -> Bench:
    """Ten users whose ids have letters."""
    for number in range(10):
        bench.tenant.people.pop(str(person(number)["id"]))
        bench.tenant.people[letters(number)] = person(number) | {"id": letters(number)}
    return bench


def in_capitals(path: str) -> Fault:
    """A fault: this path writes its ids in capitals."""

    def answer(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if not request.url.path.endswith(path):
            return None
        body = json.loads(tenant.answer(request).content)
        return said(body | {"value": [one | {"id": str(one["id"]).upper()} for one in body["value"]]})

    return answer


@pytest.mark.parametrize("path", ["/users", "/users/delta"])
async def test_ids_in_capitals_neither_double_nor_delete_anybody(lettered: Bench, path: str) -> None:
    bench = lettered
    await bench.run()
    bench.tenant.faults = dict.fromkeys(range(1, 99), in_capitals(path))
    bench.tenant.put(bench.tenant.people[letters(3)] | {"displayName": "Renamed"})
    bench.tenant.remove(letters(4))

    end = await bench.finish(full=path == "/users")

    assert (end.changes.added, end.changes.changed, end.changes.removed) == (0, 1, 1)
    assert bench.entries() == bench.expected


async def test_capitals_and_small_letters_on_two_pages_are_one_person(lettered: Bench) -> None:
    bench = lettered

    def twice(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
        body = json.loads(tenant.answer(request).content)
        return said(body | {"value": [person(0) | {"id": letters(0).upper()}, *body["value"]]})

    bench.tenant.faults = {3: twice}

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_ids_that_are_no_guids_keep_their_case(bench: Bench) -> None:
    bench.tenant.people = {one: person(5) | {"id": one} for one in ("User:A", "user:a")}

    await bench.finish()

    assert set(bench.entries()) == {"User:A", "user:a"}


# ---------------------------------------------------------------- an id without a name


def told(*objects: dict[str, object]) -> Fault:
    """A fault: a delta that tells these objects."""
    target = link("users/delta", {"$select": "id,userPrincipalName,displayName,accountEnabled", "$deltatoken": "1"})
    return lambda *_: said({"value": list(objects), "@odata.deltaLink": target})


async def delta_of(bench: Bench, *objects: dict[str, object]) -> list[object]:
    bench.tenant.faults = {len(bench.tenant.graph_requests) + 1: told(*objects)}
    return list(await bench.run())


async def test_a_new_user_that_delta_tells_by_id_alone_is_read(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(50, jobTitle="Clerk"))

    events = await delta_of(bench, {"id": str(person(50)["id"]).upper()})

    assert only(events, Restarted) == []  # type: ignore[arg-type]
    assert bench.tenant.asides[f"users/{person(50)['id']}"] == 1
    assert bench.entries() == bench.expected


@pytest.mark.parametrize("answer", [refuse(404, "Request_ResourceNotFound"), said({"id": person(50)["id"]})])
async def test_a_new_user_without_a_name_is_waited_for(bench: Bench, answer: object) -> None:
    await bench.run()
    identifier = str(person(50)["id"])
    bench.tenant.aside_faults = {identifier: answer if callable(answer) else lambda *_: answer}  # type: ignore[dict-item]

    await delta_of(bench, {"id": identifier}, {"id": person(3)["id"]})

    assert bench.entries() == bench.expected
    bench.tenant.aside_faults = {}
    bench.tenant.put(person(50))
    await bench.finish()
    assert bench.entries() == bench.expected


async def test_a_change_by_id_alone_of_somebody_who_is_listed_needs_no_reading(bench: Bench) -> None:
    await bench.run()

    await delta_of(bench, {"id": person(3)["id"]})

    assert not any(path.startswith("users/0") for path in bench.tenant.asides)
    assert bench.entries() == bench.expected


async def test_many_new_users_without_a_name_lead_to_a_full_read(bench: Bench) -> None:
    await bench.run()
    for number in range(100, 160):
        bench.tenant.put(person(number))

    events = await delta_of(bench, *({"id": person(number)["id"]} for number in range(100, 160)))

    assert [event.reason for event in only(events, Restarted)] == [RestartReason.DELTA_INCOMPLETE]  # type: ignore[arg-type]
    assert bench.entries() == bench.expected


async def test_a_user_without_a_name_while_everything_is_read_is_read_too(bench: Bench) -> None:
    bench.tenant.put(person(50))

    def bare(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
        if "latest" in request.url.params.values() or not request.url.path.endswith("/delta"):
            return None
        return told({"id": person(77)["id"]})(request, tenant)

    def join(number: int) -> None:
        if number == 6:
            # Behind the page on which it would have stood.
            bench.tenant.people[str(person(77)["id"])] = person(77)

    bench.tenant.before_each = join
    bench.tenant.faults = dict.fromkeys(range(1, 99), bare)

    end = await bench.finish()

    assert end.mode is SyncMode.FULL
    assert bench.entries() == bench.expected
    assert bench.lists.entry(USERS, str(person(77)["id"])) is not None
