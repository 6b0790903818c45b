"""Who manages whom in a practice tenant, as Graph tells it: expanded in a read, and as changes in a delta."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from entra_tui.simulator.people import Population
from tests.simulator.practice import practice

if TYPE_CHECKING:
    from tests.simulator.practice import Practice

USER = "#microsoft.graph.user"


@given(seed=st.integers(0, 1 << 40), guests=st.integers(0, 60), count=st.integers(1, 80))
def test_whom_a_person_manages_and_who_manages_a_person_agree(seed: int, guests: int, count: int) -> None:
    people = Population(count, seed=seed, domain="a.example", initial_domain="a.x", company="A", guest_percent=guests)
    managers = {number: people.manager_of(number) for number in range(count)}
    types = [people.person(number)["userType"] for number in range(count)]
    for number in range(count):
        if types[number] == "Member":
            assert sorted(people.reports_of(number)) == [who for who, manager in managers.items() if manager == number]
    for number, manager in managers.items():
        assert manager is None or (types[number] == types[manager] == "Member" and manager < number)


def _managed(world: Practice) -> tuple[str, str]:
    """Ids of a person and of the person's manager."""
    users = world.cloud.tenant.users
    for position in range(users.end):
        manager = users.manager(position)
        if manager is not None:
            return users.id_at(position), users.id_at(manager)
    raise LookupError("There is no manager.")


async def _told(world: Practice, link: str) -> tuple[dict[str, Any], str]:
    rows, following = await world.read_all(link)
    assert following is not None
    return {row["id"]: row.get("manager@delta") for row in rows}, following


async def test_a_manager_is_expanded_with_what_was_selected() -> None:
    world = practice(users=40)
    await world.sign_in()
    user, manager = _managed(world)
    rows, _ = await world.read_all("users?$select=id&$expand=manager($select=id)&$top=7")
    assert len(rows) == 40
    found = {row["id"]: row.get("manager") for row in rows}
    assert found[user] == {"@odata.type": USER, "id": manager}
    assert None in found.values()
    one = (await world.get(f"users/{user}?$select=displayName&$expand=manager($select=displayName)")).json()
    name = world.cloud.tenant.users.find(manager)
    assert name is not None
    assert one["manager"] == {"@odata.type": USER, "displayName": name["displayName"]}
    assert one["@odata.context"].endswith("#users(displayName,manager(displayName))/$entity")


async def test_a_delta_tells_who_the_manager_is_now_and_who_no_longer_is() -> None:
    world = practice(users=40)
    await world.sign_in()
    user, manager = _managed(world)
    other = next(row for row in map(world.cloud.tenant.users.id_at, range(40)) if row not in {user, manager})
    first, link = await _told(world, "users/delta?$select=displayName,manager")
    assert first[user] == [{"@odata.type": USER, "id": manager}]
    _, without = await _told(world, "users/delta?$select=displayName")

    world.cloud.update_user(user, manager=other)
    told, link = await _told(world, link)
    gone = {"@odata.type": USER, "id": manager, "@removed": {"reason": "deleted"}}
    assert told == {user: [gone, {"@odata.type": USER, "id": other}]}
    world.cloud.update_user(user, manager=None)
    told, link = await _told(world, link)
    assert told == {user: [{**gone, "id": other}]}
    world.cloud.update_user(user, displayName="Ada")
    told, link = await _told(world, link)
    assert told == {user: None}
    assert list((await _told(world, without))[0].values()) == [None]


async def test_whose_manager_leaves_has_none_until_the_manager_is_back() -> None:
    world = practice(users=40)
    await world.sign_in()
    user, manager = _managed(world)
    _, link = await _told(world, "users/delta?$select=id,manager")
    world.cloud.delete_user(manager)
    told, link = await _told(world, link)
    assert told[user] == [{"@odata.type": USER, "id": manager, "@removed": {"reason": "deleted"}}]
    assert "manager" not in (await world.get(f"users/{user}?$expand=manager")).json()
    world.cloud.restore_user(manager)
    told, _ = await _told(world, link)
    assert told[user] == [{"@odata.type": USER, "id": manager}]
