"""Eventual consistency: where a scenario asks for it, Graph shows a change some time after it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulator.practice import practice

if TYPE_CHECKING:
    from tests.simulator.practice import Practice

DELAY = 30.0


async def test_users_come_change_and_go_later() -> None:
    world = practice(users=20, graph_delay=DELAY)
    await world.sign_in()
    users = world.cloud.tenant.users
    changed, gone = users.id_at(1), users.id_at(2)
    before, link = await world.read_all("users/delta?$select=id,jobTitle")
    new = world.cloud.create_user()
    world.cloud.update_user(changed, jobTitle="Pilot")
    world.cloud.delete_user(gone)

    world.clock.advance(DELAY - 1)
    early, link = await world.read_all(link or "")
    stranger = await world.get(f"users/{new}")
    listed, _ = await world.read_all("users?$select=id,jobTitle")
    world.clock.advance(1)
    late, _ = await world.read_all(link or "")

    assert (early, stranger.status_code) == ([], 404)
    assert {row["id"]: row["jobTitle"] for row in listed} == {row["id"]: row.get("jobTitle") for row in before}
    assert {row["id"] for row in late} == {new, changed, gone}
    assert (await world.get(f"users/{new}")).status_code == 200
    assert (await world.get(f"users/{gone}")).status_code == 404


async def test_a_registration_is_unknown_until_it_has_settled() -> None:
    world = practice(users=20, graph_delay=DELAY)
    await world.sign_in_person("Global Administrator", "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")
    wanted = {"displayName": "Second", "signInAudience": "AzureADMyOrg"}
    made = (await world.send("POST", "applications", wanted)).json()
    place = f"applications/{made['id']}"

    missing = [
        (await world.get(place)).status_code,
        (await world.send("POST", f"{place}/addPassword", {})).status_code,
        (await world.send("POST", "servicePrincipals", {"appId": made["appId"]})).status_code,
    ]
    world.clock.advance(DELAY)
    secret = (await world.send("POST", f"{place}/addPassword", {})).json()
    principal = (await world.send("POST", "servicePrincipals", {"appId": made["appId"]})).json()
    refused = await world.send("PATCH", place, {"nonsense": 1})
    renamed = await world.send("PATCH", place, {"displayName": "Third"})
    shown = (await world.get(place)).json()
    world.clock.advance(DELAY)
    settled = (await world.get(place)).json()

    assert missing == [404, 404, 400]
    assert (refused.status_code, renamed.status_code) == (400, 204)
    assert (shown["displayName"], shown["passwordCredentials"]) == ("Second", [])
    assert settled["displayName"] == "Third"
    assert [held["keyId"] for held in settled["passwordCredentials"]] == [secret["keyId"]]
    assert (await world.get(f"servicePrincipals/{principal['id']}")).status_code == 200


async def test_a_grant_that_was_withdrawn_twice_settles_in_peace() -> None:
    world = practice(users=20, graph_delay=DELAY)
    client_id = world.cloud.inputs.client_id
    user = world.cloud.tenant.users.id_at(0)
    world.cloud.revoke_consent(client_id)
    world.cloud.revoke_consent(client_id)
    world.cloud.delete_user(user)
    world.cloud.delete_user(user)
    assert "roles" in (await _claims(world))

    world.clock.advance(DELAY)

    assert "roles" not in (await _claims(world))
    assert world.cloud.tenant.users.find(user) is None


async def _claims(world: Practice) -> dict[str, object]:
    token = (await world.ask_token()).json()["access_token"]
    found = world.cloud.claims(token)
    assert found is not None
    return found
