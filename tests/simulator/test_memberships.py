"""What somebody is in: `memberOf` and `transitiveMemberOf`, one's own and others'."""

from __future__ import annotations

from entra_tui.simulator.groups import Member, MemberKind
from tests.simulator.practice import GUIDE, practice

ROLE = "#microsoft.graph.directoryRole"
GROUP = "#microsoft.graph.group"


async def test_a_users_groups_and_roles_come_page_by_page() -> None:
    world = practice(users=60)
    await world.sign_in()
    groups, users = world.cloud.tenant.groups, world.cloud.tenant.users
    user = users.id_at(0)

    rows, _ = await world.read_all(f"users/{user}/memberOf?$top=1")

    held = [group.id for group in groups.all() if groups.holds(group, user)]
    assert [row["id"] for row in rows if row["@odata.type"] == GROUP] == held
    assert [row["displayName"] for row in rows if row["@odata.type"] == ROLE] == ["Global Administrator"]
    assert len(rows) == len(held) + 1


async def test_a_group_in_a_group_counts_for_the_transitive_ones() -> None:
    world = practice(users=60)
    await world.sign_in()
    groups = world.cloud.tenant.groups
    outer = groups.all()[3]
    inner = groups.find(next(iter(outer.further)))
    assert inner is not None
    user = next(
        member.id
        for member in groups.members(inner)
        if member.kind is MemberKind.USER and not groups.holds(outer, member.id)
    )

    direct, _ = await world.read_all(f"users/{user}/memberOf/microsoft.graph.group?$select=id")
    every, _ = await world.read_all(f"users/{user}/transitiveMemberOf/microsoft.graph.group?$select=id")

    assert {"id": outer.id} not in direct
    assert {"id": outer.id} in every


async def test_groups_in_each_other_come_to_an_end() -> None:
    world = practice(users=20)
    await world.sign_in()
    groups = world.cloud.tenant.groups
    outer = groups.all()[3]
    inner = next(iter(outer.further))
    groups.add_member(inner, Member(outer.id, MemberKind.GROUP))

    rows, _ = await world.read_all(f"users/{world.cloud.tenant.users.id_at(1)}/transitiveMemberOf?$select=id")

    assert len({row["id"] for row in rows}) == len(rows)


async def test_what_may_not_be_read_comes_bare() -> None:
    world = practice(users=60, granted=("GroupMember.Read.All",))
    await world.sign_in()
    user = world.cloud.tenant.users.id_at(0)

    rows, _ = await world.read_all(f"users/{user}/memberOf?$select=id,displayName,roleTemplateId")

    (role,) = [row for row in rows if row["@odata.type"] == ROLE]
    assert (role["displayName"], role["roleTemplateId"]) == (None, None)
    assert all("roleTemplateId" not in row and row["displayName"] for row in rows if row is not role)


async def test_counts_refusals_and_strangers() -> None:
    world = practice(users=60)
    await world.sign_in()
    user = world.cloud.tenant.users.id_at(0)
    poor = practice(users=60, granted=("User.Read.All",))
    await poor.sign_in()

    counted = (await world.get(f"users/{user}/memberOf?$count=true&$top=1", ConsistencyLevel="eventual")).json()
    rows, _ = await world.read_all(f"users/{user}/memberOf")

    assert counted["@odata.count"] == len(rows)
    assert (await world.get("users/nobody/memberOf")).status_code == 404
    assert (await world.get(f"users/{user}/memberOf?$skip=1")).status_code == 400
    assert (await poor.get(f"users/{user}/memberOf")).status_code == 403


async def test_members_give_the_properties_that_their_type_has() -> None:
    world = practice(users=60, granted=GUIDE)
    await world.sign_in()
    outer = world.cloud.tenant.groups.all()[3]

    rows, _ = await world.read_all(f"groups/{outer.id}/members?$select=id,jobTitle,groupTypes")

    kinds = {row["@odata.type"]: set(row) - {"@odata.type"} for row in rows}
    assert kinds == {"#microsoft.graph.user": {"id", "jobTitle"}, GROUP: {"id", "groupTypes"}}
