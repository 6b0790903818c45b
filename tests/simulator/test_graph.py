"""Graph: permissions, queries, members, roles, writing, throttling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from entra_tui.simulator.groups import Member, MemberKind
from tests.simulator.practice import GUIDE, Practice, practice

if TYPE_CHECKING:
    from collections.abc import Callable

READING = {
    "organization": {"User.Read.All", "Directory.Read.All"},
    "users?$top=1": {"User.Read.All", "Directory.Read.All", "User.ReadBasic.All"},
    "users/delta?$deltatoken=latest": {"User.Read.All", "Directory.Read.All"},
    "groups?$top=1": {"Group.Read.All", "Directory.Read.All", "GroupMember.Read.All"},
    "groups/delta?$deltatoken=latest": {"Group.Read.All", "Directory.Read.All", "GroupMember.Read.All"},
    "applications": {"Directory.Read.All", "Application.Read.All"},
    "servicePrincipals": {"Directory.Read.All", "Application.Read.All"},
    "directoryRoles": {"Directory.Read.All", "RoleManagement.Read.Directory"},
}


@pytest.mark.parametrize("permission", sorted(set().union(*READING.values())))
async def test_a_permission_opens_what_it_is_for_and_nothing_else(permission: str) -> None:
    world = practice(granted=(permission,))
    await world.sign_in()

    opened = {path for path in READING if (await world.get(path)).status_code == 200}

    assert opened == {path for path, needed in READING.items() if permission in needed}


NEWCOMER = {
    "accountEnabled": False,
    "displayName": "Nora Newcomer",
    "mailNickname": "nora",
    "passwordProfile": {"password": "planted-and-not-kept"},
}


async def test_users_come_change_and_go_for_whoever_may_write_them() -> None:
    world = practice(granted=(*GUIDE, "User.ReadWrite.All"))
    await world.sign_in()
    link = (await world.get("users/delta?$deltatoken=latest")).json()["@odata.deltaLink"]
    name = f"nora@{world.cloud.tenant.spec.domain}"

    created = await world.send("POST", "users", {**NEWCOMER, "userPrincipalName": name})
    assert created.status_code == 201
    assert (created.json()["userPrincipalName"], created.json()["displayName"]) == (name, "Nora Newcomer")
    user = created.json()["id"]
    again = await world.send("POST", "users", {**NEWCOMER, "userPrincipalName": name.upper()})
    assert "already exists" in again.json()["error"]["message"]
    assert (await world.send("PATCH", f"users/{name}", {"jobTitle": "Auditor", "surname": None})).status_code == 204
    shown = (await world.get(f"users/{user}?$select=jobTitle,accountEnabled,mailNickname")).json()
    assert (shown["jobTitle"], shown["accountEnabled"], shown["mailNickname"]) == ("Auditor", False, "nora")
    rows, link_after = await world.read_all(link)
    assert [(row["id"], row["jobTitle"]) for row in rows] == [(user, "Auditor")]
    assert (await world.send("DELETE", f"users/{user}")).status_code == 204
    assert (await world.get(f"users/{user}")).status_code == 404
    assert link_after is not None
    assert (await world.read_all(link_after))[0] == [{"id": user, "@removed": {"reason": "changed"}}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "required for property 'accountEnabled'"),
        ({**NEWCOMER, "userPrincipalName": "nora@elsewhere.example"}, "domain portion"),
        ({**NEWCOMER, "userPrincipalName": "nora"}, "domain portion"),
        ({**NEWCOMER, "userPrincipalName": "a@b", "displayName": ""}, "property 'displayName'"),
        ({**NEWCOMER, "userPrincipalName": "a@b", "displayName": 7}, "property 'displayName'"),
        ({**NEWCOMER, "userPrincipalName": "a@b", "DisplayName": "x"}, "Invalid property 'DisplayName'"),
        ({**NEWCOMER, "userPrincipalName": "a@b", "createdDateTime": "2026-01-01"}, "read-only"),
        ({**NEWCOMER, "userPrincipalName": "a@b", "passwordProfile": "x"}, "Invalid property 'passwordProfile'"),
    ],
)
async def test_a_user_that_cannot_be_is_refused(body: dict[str, Any], told: str) -> None:
    world = practice(granted=(*GUIDE, "User.ReadWrite.All"))
    await world.sign_in()
    before = len(world.cloud.tenant.users)
    answer = await world.send("POST", "users", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "Request_BadRequest")
    assert told in answer.json()["error"]["message"]
    assert len(world.cloud.tenant.users) == before


@pytest.mark.parametrize(("granted", "of_groups"), [((), 403), (("Directory.ReadWrite.All",), 501)])
async def test_writing_takes_its_permission_and_groups_are_not_written_here(
    granted: tuple[str, ...], of_groups: int
) -> None:
    world = practice(granted=(*GUIDE, *granted))
    await world.sign_in()
    user, group = world.cloud.tenant.users.id_at(0), world.cloud.tenant.groups.all()[0].id
    writes = [("POST", "groups"), ("PATCH", f"groups/{group}"), ("DELETE", f"groups/{group}")]
    writes += [("POST", f"groups/{group}/members/$ref"), ("DELETE", f"groups/{group}/members/{user}/$ref")]

    assert {(await world.send(method, path, {})).status_code for method, path in writes} == {of_groups}
    assert (await world.send("PATCH", f"users/{user}", {})).status_code == (204 if granted else 403)
    assert (await world.send("PUT", f"users/{user}", {})).status_code == 405


async def _refusal(world: Practice, path: str, **headers: str) -> tuple[int, str]:
    answer = await world.get(path, **headers)
    return answer.status_code, answer.json()["error"]["code"]


async def test_tokens_that_do_not_open_graph() -> None:
    world = practice()

    assert await _refusal(world, "users") == (401, "InvalidAuthenticationToken")
    assert await _refusal(world, "users", Authorization="Bearer nonsense") == (401, "InvalidAuthenticationToken")
    await world.sign_in()
    assert (await world.get("users")).status_code == 200
    elsewhere = await world.get("https://graph.microsoft.us/v1.0/users")
    assert "InvalidCloudInstance" in elsewhere.json()["error"]["message"]
    world.clock.advance(3_601)
    expired = await world.get("users")
    assert expired.status_code == 401
    assert "authorization_uri=" in expired.headers["www-authenticate"]


async def test_a_disabled_or_deleted_app_is_known_no_more() -> None:
    world = practice()
    await world.sign_in()

    world.cloud.disable_application(world.cloud.inputs.client_id)
    assert await _refusal(world, "users") == (401, "Authorization_IdentityDisabled")
    world.cloud.enable_application(world.cloud.inputs.client_id)
    assert (await world.get("users")).status_code == 200
    world.cloud.delete_application(world.cloud.inputs.client_id)
    assert await _refusal(world, "users") == (401, "Authorization_IdentityNotFound")


async def test_the_default_set_and_the_selection() -> None:
    world = practice()
    await world.sign_in()

    usual = (await world.get("users?$top=1")).json()["value"][0]
    chosen = (await world.get("users?$top=1&$select=ID,displayname")).json()

    assert len(usual) == 11
    assert "accountEnabled" not in usual
    assert list(chosen["value"][0]) == ["id", "displayName"]
    assert chosen["@odata.context"].endswith("$metadata#users(id,displayName)")


async def test_counts_need_eventual_consistency_on_every_page() -> None:
    world = practice()
    await world.sign_in()

    first = (await world.get("users?$top=10&$count=true", ConsistencyLevel="eventual")).json()
    assert first["@odata.count"] == 30
    second = (await world.get(first["@odata.nextLink"], ConsistencyLevel="eventual")).json()
    assert "@odata.count" not in second
    assert await _refusal(world, first["@odata.nextLink"]) == (400, "Directory_ExpiredPageToken")
    assert "@odata.count" not in (await world.get("users?$count=true")).json()
    assert (await world.get("users/$count", ConsistencyLevel="eventual")).text == "30"


async def _ids(world: Practice, query: str, *, advanced: bool = False) -> set[str]:
    headers = {"ConsistencyLevel": "eventual"} if advanced else {}
    rows, _ = await world.read_all(query, **headers)
    return {row["id"] for row in rows}


async def test_filters_pick_who_they_name() -> None:
    world = practice(users=400)
    await world.sign_in()
    users = world.cloud.tenant.users
    everybody: list[dict[str, Any]] = [dict(users.user_at(place) or {}) for place in range(users.end)]

    def who(test: Callable[[dict[str, Any]], bool]) -> set[str]:
        return {user["id"] for user in everybody if test(user)}

    one = everybody[7]
    upn = one["userPrincipalName"]
    assert await _ids(world, f"users?$filter=userPrincipalName eq '{upn}'") == {one["id"]}
    guests = await _ids(world, "users?$filter=userType eq 'Guest'&$select=id&$top=7")
    assert guests == who(lambda user: user["userType"] == "Guest")
    assert guests
    disabled = await _ids(world, "users?$filter=accountEnabled eq false and startswith(displayName,'A')")
    assert disabled == who(lambda user: not user["accountEnabled"] and user["displayName"].startswith("A"))
    no_mail = await _ids(world, "users?$count=true&$filter=mail ne null", advanced=True)
    assert no_mail == who(lambda user: user["mail"] is not None)
    either = await _ids(world, f"users?$filter=id in ('{one['id']}','{everybody[3]['id']}')")
    assert either == {one["id"], everybody[3]["id"]}
    proxies = await _ids(world, f"users?$filter=proxyAddresses/any(p:p eq 'SMTP:{everybody[3]['mail']}')")
    assert everybody[3]["id"] in proxies
    late = await _ids(world, "users?$filter=createdDateTime ge 2022-01-01T00:00:00Z")
    assert late == who(lambda user: user["createdDateTime"] >= "2022-01-01T00:00:00Z")
    not_so = await _ids(world, "users?$count=true&$filter=not (userType eq 'Guest' or id eq 'x')", advanced=True)
    assert not_so == who(lambda user: user["userType"] != "Guest")


async def test_search_and_order() -> None:
    world = practice(users=300)
    await world.sign_in()

    found = (
        await world.get('users?$search="department:research"&$select=department', ConsistencyLevel="eventual")
    ).json()
    assert {row["department"] for row in found["value"]} == {"Research & Development"}
    rows, _ = await world.read_all("users?$orderby=userPrincipalName&$select=userPrincipalName&$top=17")
    names = [row["userPrincipalName"].casefold() for row in rows]
    assert len(names) == 300
    assert names == sorted(names)


async def test_one_user_by_id_by_name_and_by_key() -> None:
    world = practice()
    await world.sign_in()
    one = (await world.get("users?$top=1&$select=id,userPrincipalName")).json()["value"][0]

    for key in (f"users/{one['id']}", f"users/{one['userPrincipalName'].upper()}", f"USERS('{one['id']}')"):
        assert (await world.get(f"{key}?$select=id")).json()["id"] == one["id"]
    assert (await world.get(f"users/{one['id']}?$select=aboutMe")).status_code == 200


async def test_members_of_types_that_may_not_be_read_come_bare() -> None:
    world = practice(users=60, granted=("GroupMember.Read.All",))
    await world.sign_in()
    group = world.cloud.tenant.groups.all()[0].id

    rows, _ = await world.read_all(f"groups/{group}/members?$select=id,displayName&$top=9")

    assert len(rows) == 60
    assert all(row["displayName"] is None and row["id"] for row in rows)


async def test_hidden_members_need_their_own_permission() -> None:
    for granted, shown in ((GUIDE, False), ((*GUIDE, "Member.Read.Hidden"), True)):
        world = practice(users=200, granted=granted)
        await world.sign_in()
        hidden = next(group for group in world.cloud.tenant.groups.all() if group.hidden)
        rows, _ = await world.read_all(f"groups/{hidden.id}/members")
        assert bool(rows) is shown


async def test_transitive_members_hold_the_inner_groups_people_once() -> None:
    world = practice(users=200)
    await world.sign_in()
    groups = world.cloud.tenant.groups
    outer = groups.all()[3]
    inner = groups.find(next(iter(outer.further)))
    assert inner is not None

    direct, _ = await world.read_all(f"groups/{outer.id}/members")
    every, _ = await world.read_all(f"groups/{outer.id}/transitiveMembers")
    people, _ = await world.read_all(f"groups/{outer.id}/transitiveMembers/microsoft.graph.user")

    ids = [row["id"] for row in every]
    assert len(ids) == len(set(ids))
    assert {row["id"] for row in direct} < set(ids)
    assert {row["@odata.type"] for row in people} == {"#microsoft.graph.user"}


async def test_membership_follows_the_administrator() -> None:
    world = practice(users=50)
    await world.sign_in()
    groups, users = world.cloud.tenant.groups, world.cloud.tenant.users
    group = groups.all()[8]
    member = Member(users.id_at(4), MemberKind.USER)

    groups.add_member(group.id, member)
    assert [row["id"] for row in (await world.get(f"groups/{group.id}/members")).json()["value"]] == [member.id]
    world.cloud.delete_user(member.id)
    assert (await world.get(f"groups/{group.id}/members")).json()["value"] == []


async def test_a_delta_link_lives_seven_days() -> None:
    world = practice(users=3)
    _, link = await _delta(world)

    world.clock.advance(days=6.9)
    await world.sign_in()
    assert (await world.get(link)).status_code == 200
    world.clock.advance(days=0.2)
    await world.sign_in()
    late = await world.get(link)
    assert (late.status_code, late.json()["error"]["code"]) == (410, "syncStateNotFound")
    again = await world.get(late.headers["location"])
    assert len(again.json()["value"]) == 3


async def _delta(world: Practice) -> tuple[list[dict[str, Any]], str]:
    await world.sign_in()
    rows, link = await world.read_all("users/delta?$select=displayName,jobTitle,mail")
    assert link
    return rows, link


async def test_delta_tells_removed_restored_and_purged_people_apart() -> None:
    world = practice(users=10)
    _, link = await _delta(world)
    users = world.cloud.tenant.users
    gone, back, purged, changed = (users.id_at(place) for place in range(4))
    for user_id in (gone, back, purged):
        world.cloud.delete_user(user_id)
    world.cloud.restore_user(back)
    world.cloud.purge_user(purged)
    world.cloud.update_user(changed, jobTitle=None)
    world.cloud.update_user(users.id_at(5), officeLocation="elsewhere")

    rows = {row["id"]: row for row in (await world.get(link)).json()["value"]}
    minimal = {row["id"]: row for row in (await world.get(link, Prefer="return=minimal")).json()["value"]}

    assert rows[gone] == {"id": gone, "@removed": {"reason": "changed"}}
    assert rows[purged] == {"id": purged, "@removed": {"reason": "deleted"}}
    assert "@removed" not in rows[back]
    assert rows[changed]["jobTitle"] is None
    assert "displayName" in rows[changed]
    assert minimal[changed] == {"id": changed, "jobTitle": None}
    assert users.id_at(5) not in rows


async def test_who_may_grant_is_decided_by_the_persons_role() -> None:
    outcomes = {}
    for role in (
        "Global Administrator",
        "Privileged Role Administrator",
        "Application Administrator",
        "Global Reader",
        "",
    ):
        world = practice(granted=())
        await world.sign_in_person(role, "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")
        registrations = world.cloud.tenant.registrations
        principal = registrations.principal(world.cloud.inputs.client_id)
        assert principal is not None
        body = {
            "principalId": principal.object_id,
            "resourceId": registrations.graph.object_id,
            "appRoleId": "df021288-bdef-4463-88db-98f22de89214",
        }
        granted = await world.send("POST", f"servicePrincipals/{principal.object_id}/appRoleAssignments", body)
        registered = await world.send("POST", "applications", {"displayName": "x"})
        outcomes[role] = (granted.status_code, registered.status_code)

    assert outcomes == {
        "Global Administrator": (201, 201),
        "Privileged Role Administrator": (201, 403),
        "Application Administrator": (403, 201),
        "Global Reader": (403, 403),
        "": (403, 403),
    }


async def test_registering_by_graph_needs_a_service_principal_of_its_own() -> None:
    world = practice()
    await world.sign_in_person("Global Administrator", "Application.ReadWrite.All", "Directory.Read.All")
    made = (await world.send("POST", "applications", {"displayName": "x"})).json()
    secret = (await world.send("POST", f"applications(appId='{made['appId']}')/addPassword", {})).json()

    assert made["signInAudience"] == "AzureADandPersonalMicrosoftAccount"
    assert secret["secretText"].startswith(secret["hint"])
    assert secret["endDateTime"] == "2028-11-23T09:00:00Z"
    answer = await world.ask_token(client_id=made["appId"], client_secret=secret["secretText"])
    assert answer.json()["error_codes"] == [7000229]
    shown = (await world.get(f"applications/{made['id']}?$select=passwordCredentials")).json()
    assert shown["passwordCredentials"][0]["secretText"] is None
    assert (await world.send("POST", "servicePrincipals", {"appId": made["appId"]})).status_code == 201
    twice = await world.send("POST", "servicePrincipals", {"appId": made["appId"]})
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "Request_MultipleObjectsWithSameKeyValue")
    changed = await world.send(
        "PATCH", f"applications/{made['id']}", {"displayName": "y", "signInAudience": "AzureADMyOrg"}
    )
    assert changed.status_code == 204
    assert (await world.get(f"applications/{made['id']}")).json()["displayName"] == "y"
    assert (await world.send("DELETE", f"applications/{made['id']}")).status_code == 204


async def test_a_batch_refuses_what_is_no_batch() -> None:
    world = practice()
    await world.sign_in()
    many = [{"id": str(number), "method": "GET", "url": "/users"} for number in range(21)]
    bodies: list[dict[str, Any]] = [
        {},
        {"requests": many},
        {"requests": [many[0], many[0]]},
        {"requests": [{"id": "1", "method": "POST", "url": "/applications", "body": {}}]},
        {"requests": [{"id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"]}]},
        {"requests": [{"id": "1", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "a"}, "body": {}}]},
    ]

    for body in bodies:
        answer = await world.send("POST", "$batch", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


async def test_the_budget_is_that_of_the_tenants_size() -> None:
    world = practice(users=10)
    await world.sign_in()
    budget = world.cloud.budgets
    spec = world.cloud.tenant.spec
    app = world.cloud.inputs.client_id
    budget.charge(app, spec.tenant_id, users=10, units=2_900, write=False, now=world.clock.monotonic())

    near = await world.get("users?$select=id&$top=999")
    budget.charge(app, spec.tenant_id, users=10, units=599, write=False, now=world.clock.monotonic())
    over = await world.get("users")

    assert near.headers["x-ms-throttle-limit-percentage"] == "0.8"
    assert near.headers["x-ms-resource-unit"] == "1"
    assert over.status_code == 429
    assert over.headers["retry-after"] == "10"
    assert over.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert over.headers["x-ms-throttle-scope"] == f"Tenant_Application/Read/{app}/{spec.tenant_id}"
    world.clock.advance(10)
    assert (await world.get("users")).status_code == 200


async def test_awkward_values_come_through_unharmed() -> None:
    world = practice("awkward-names", users=None)
    await world.sign_in()

    rows, _ = await world.read_all("users?$select=id,displayName,jobTitle,mail&$top=100")

    names = [row["displayName"] for row in rows]
    assert len(rows) == 700
    assert any("\x1b[2J" in name for name in names)
    assert any(len(name) == 256 for name in names)
    assert any(name.startswith("=HYPERLINK") for name in names)
    assert any("mail" not in row for row in rows)
