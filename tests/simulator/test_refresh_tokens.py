"""People who stay signed in: refresh tokens after a sign-in with a device code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt

from tests.simulator.practice import Practice, practice

if TYPE_CHECKING:
    import httpx

TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


async def _signed_in(world: Practice, words: str = "openid offline_access") -> dict[str, Any]:
    place = f"{world.login}/{world.cloud.inputs.tenant}/oauth2/v2.0"
    scope = f"{world.graph}/User.Read {world.graph}/Directory.Read.All {words}"
    begun = await world.http.post(f"{place}/devicecode", data={"client_id": TOOLS, "scope": scope})
    world.cloud.approve_device_sign_in("Global Reader")
    form = {"client_id": TOOLS, "grant_type": DEVICE, "device_code": begun.json()["device_code"]}
    answer: dict[str, Any] = (await world.http.post(f"{place}/token", data=form)).json()
    return answer


async def _refresh(world: Practice, token: str, *, tenant: str = "", **form: str) -> httpx.Response:
    usual = {"client_id": TOOLS, "grant_type": "refresh_token", "refresh_token": token}
    where = f"{world.login}/{tenant or world.cloud.inputs.tenant}/oauth2/v2.0/token"
    return await world.http.post(where, data=usual | form)


def _claims(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(answer["access_token"], options={"verify_signature": False})
    return found


async def test_a_refresh_token_gives_new_tokens_for_the_same_person_and_stays_good() -> None:
    world = practice()
    first = await _signed_in(world)
    world.clock.advance(days=80)

    second = (await _refresh(world, first["refresh_token"])).json()
    world.clock.advance(days=5)
    again = await _refresh(world, first["refresh_token"], tenant="organizations")
    world.clock.advance(days=80)
    third = await _refresh(world, second["refresh_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert {"access_token", "id_token", "refresh_token", "client_info"} <= second.keys()
    old, new = _claims(first), _claims(second)
    assert (new["oid"], new["scp"], new["wids"]) == (old["oid"], old["scp"], old["wids"])
    assert new["exp"] - old["exp"] == 80 * 86_400
    assert (again.status_code, third.status_code) == (200, 200)


async def test_a_refresh_may_ask_for_less() -> None:
    world = practice()
    token = (await _signed_in(world))["refresh_token"]

    answer = (await _refresh(world, token, scope=f"{world.graph}/User.Read")).json()

    assert answer["scope"] == f"{world.graph}/User.Read"
    assert _claims(answer)["scp"] == "User.Read"


async def test_tokens_beside_the_access_token_are_given_to_those_who_ask() -> None:
    answer = await _signed_in(practice(), "")

    assert "access_token" in answer
    assert not {"id_token", "refresh_token"} & answer.keys()


async def test_a_refresh_token_dies_after_ninety_days() -> None:
    world = practice()
    token = (await _signed_in(world))["refresh_token"]
    world.clock.advance(days=90)

    refused = (await _refresh(world, token)).json()

    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [700082])
    assert "2026-11-23" in refused["error_description"]


async def test_a_refresh_token_is_good_for_its_app_and_person_alone() -> None:
    world = practice()
    first = await _signed_in(world)
    token, person = first["refresh_token"], _claims(first)["oid"]

    assert (await _refresh(world, "invented")).json()["error"] == "invalid_grant"
    assert (await _refresh(world, token, client_id=world.cloud.inputs.client_id)).json()["error_codes"] == [9002313]
    assert (await _refresh(world, token, refresh_token="")).json()["error_codes"] == [900144]
    world.cloud.update_user(person, accountEnabled=False)
    assert (await _refresh(world, token)).json()["error_codes"] == [50057]
    world.cloud.delete_user(person)
    assert (await _refresh(world, token)).json()["error_codes"] == [50034]
