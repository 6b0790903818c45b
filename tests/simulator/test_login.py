"""The login hosts: who answers for whom, which token comes, and how each refusal is told."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import jwt
import pytest

from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.transport import PracticeTransport
from tests.simulator.practice import Practice, practice

if TYPE_CHECKING:
    import httpx

DISCOVERY = "v2.0/.well-known/openid-configuration"
LOGIN_HOSTS = {
    "public": "https://login.microsoftonline.com",
    "usgov": "https://login.microsoftonline.us",
    "china": "https://login.partner.microsoftonline.cn",
}


def _codes(answer: httpx.Response) -> list[int]:
    found: list[int] = answer.json()["error_codes"]
    return found


async def _verified(world: Practice, token: str) -> dict[str, object]:
    where = f"{world.login}/{world.cloud.inputs.tenant}/discovery/v2.0/keys"
    keys = jwt.PyJWKSet.from_dict((await world.http.get(where)).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, object] = jwt.decode(
        token,
        key.key,
        algorithms=["RS256"],
        options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    return claims


@pytest.mark.parametrize(
    ("scenario", "asked", "answers"),
    [
        ("healthy", "public", True),
        ("healthy", "usgov", True),
        ("healthy", "china", True),
        ("us-government", "public", True),
        ("us-government", "usgov", True),
        ("us-government", "china", False),
        ("china", "public", True),
        ("china", "usgov", False),
        ("china", "china", True),
    ],
)
async def test_hosts_answer_for_each_others_tenants(scenario: str, asked: str, answers: bool) -> None:
    world = practice(scenario)
    spec = world.cloud.tenant.spec

    answer = await world.http.get(f"{LOGIN_HOSTS[asked]}/{spec.tenant_id}/{DISCOVERY}")

    if not answers:
        assert answer.status_code == 400
        assert _codes(answer) == [90002]
        return
    document = answer.json()
    assert document["issuer"] == f"{spec.environment.authority}/{spec.tenant_id}/v2.0"
    assert document["msgraph_host"] == spec.environment.graph_host
    assert document["token_endpoint"].startswith(spec.environment.authority)


async def test_china_is_found_from_outside_by_id_only() -> None:
    world = practice("china")

    answer = await world.http.get(f"{LOGIN_HOSTS['public']}/{world.cloud.tenant.spec.domain}/{DISCOVERY}")

    assert _codes(answer) == [90002]


async def test_the_region_tells_government_clouds_apart() -> None:
    found = {}
    for scenario in ("healthy", "gcc", "us-government", "us-government-dod"):
        world = practice(scenario)
        answer = await world.http.get(f"{world.login}/{world.cloud.tenant.spec.tenant_id}/{DISCOVERY}")
        found[scenario] = answer.json()["tenant_region_sub_scope"]

    assert found == {"healthy": None, "gcc": "GCC", "us-government": "DODCON", "us-government-dod": "DOD"}


@pytest.mark.parametrize(
    ("tenant", "code"),
    [
        ("00000000-0000-0000-0000-000000000000", 900021),
        ("not a tenant", 900023),
        ("nowhere.example", 90002),
        ("6d1f0c84-2b7a-4e39-95c8-000000000000", 90002),
    ],
)
async def test_wrong_tenants_are_refused(tenant: str, code: int) -> None:
    world = practice()

    answer = await world.http.get(f"{world.login}/{tenant}/{DISCOVERY}")

    assert answer.status_code == 400
    assert _codes(answer) == [code]


async def test_a_domain_leads_to_the_tenant() -> None:
    world = practice("domain-name")

    document = (await world.http.get(f"{world.login}/{world.cloud.inputs.tenant}/{DISCOVERY}")).json()

    assert world.cloud.tenant.spec.tenant_id in document["token_endpoint"]


async def test_a_strange_authority_is_no_instance() -> None:
    world = practice()
    where = f"{world.login}/common/discovery/instance?api-version=1.1"

    answer = await world.http.get(f"{where}&authorization_endpoint=https://login.example/common/oauth2/authorize")

    assert answer.json()["error"] == "invalid_instance"
    assert _codes(answer) == [50049]


async def test_a_token_carries_what_was_granted_and_verifies() -> None:
    world = practice()
    token = (await world.ask_token()).json()["access_token"]

    claims = await _verified(world, token)

    assert claims["roles"] == ["Directory.Read.All", "Group.Read.All", "User.Read.All"]
    assert claims["aud"] == world.graph
    assert claims["iss"] == f"https://sts.windows.net/{world.cloud.inputs.tenant}/"
    assert claims["tid"] == world.cloud.inputs.tenant
    assert claims["appid"] == world.cloud.inputs.client_id
    assert claims["idtyp"] == "app"
    assert claims["ver"] == "1.0"
    assert claims["oid"] == claims["sub"]
    assert claims["exp"] == claims["iat"] + 3600  # type: ignore[operator]


async def test_without_any_grant_there_is_no_roles_claim() -> None:
    world = practice(granted=())

    claims = await _verified(world, (await world.ask_token()).json()["access_token"])

    assert "roles" not in claims


async def test_rotated_keys_are_published_with_the_ones_before() -> None:
    world = practice()
    before = (await world.ask_token()).json()["access_token"]
    world.cloud.rotate_signing_keys()
    after = (await world.ask_token()).json()["access_token"]

    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    for token in (before, after):
        assert await _verified(world, token)
        assert (await world.get("organization", Authorization=f"Bearer {token}")).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error", "code"),
    [
        ({"client_secret": "wrn8Q~nothing"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000216),
        ({"client_id": "5c80d1f7-3e6a-4b92-a41d-06f98b7c2e35"}, 400, "unauthorized_client", 700016),
        ({"client_id": "14d82eec-204b-4c2f-b7e8-296a70dab67e"}, 401, "invalid_client", 700025),
        ({"client_id": ""}, 400, "invalid_request", 900144),
        ({"scope": "https://graph.microsoft.com/User.Read.All"}, 400, "invalid_scope", 1002012),
        ({"scope": "https://graph.microsoft.us/.default"}, 400, "invalid_resource", 500011),
        ({"scope": ""}, 400, "invalid_request", 900144),
        ({"scope": "a/.default b/.default"}, 400, "invalid_scope", 70011),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"tenant": "common"}, 400, "invalid_request", 90019),
        ({"tenant": "nowhere.example"}, 400, "invalid_tenant", 90002),
        ({"host": "https://login.microsoftonline.us"}, 400, "invalid_request", 900382),
        ({"client_assertion": "x"}, 401, "invalid_client", 700027),
    ],
)
async def test_refused_token_requests(form: dict[str, str], status: int, error: str, code: int) -> None:
    world = practice()

    answer = await world.ask_token(**form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert _codes(answer) == [code]


async def test_the_correlation_id_is_the_clients() -> None:
    world = practice("wrong-secret")
    mine = str(uuid4())
    world.http.headers["client-request-id"] = mine

    document = (await world.ask_token()).json()

    assert document["correlation_id"] == mine
    assert f"Correlation ID: {mine}" in document["error_description"]


async def test_a_secret_by_basic_authentication_and_by_graphs_id() -> None:
    world = practice()
    inputs = world.cloud.inputs
    pair = base64.b64encode(f"{inputs.client_id}:{inputs.secret.reveal().replace('~', '%7E')}".encode()).decode()

    answer = await world.http.post(
        f"{world.login}/{inputs.tenant}/oauth2/v2.0/token",
        data={"grant_type": "client_credentials", "scope": "00000003-0000-0000-c000-000000000000/.default"},
        headers={"Authorization": f"Basic {pair}"},
    )

    assert answer.status_code == 200


async def test_the_version_1_endpoint_takes_a_resource_and_writes_numbers_as_text() -> None:
    world = practice()
    inputs = world.cloud.inputs

    answer = await world.http.post(
        f"{world.login}/{inputs.tenant}/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": inputs.client_id,
            "client_secret": inputs.secret.reveal(),
            "resource": world.graph,
        },
    )

    assert answer.json()["expires_in"] == "3599"
    assert answer.json()["resource"] == world.graph


async def test_a_secret_ends_when_its_time_has_come() -> None:
    world = practice()
    assert (await world.ask_token()).status_code == 200

    world.clock.advance(days=151)

    assert _codes(await world.ask_token()) == [7000222]


async def test_changes_spread_after_a_while() -> None:
    scenario = replace(find_scenario("healthy"), propagation=20.0)
    world = practice()
    cloud = PracticeCloud(scenario, users=5, clock=world.clock)
    world = Practice(cloud, world.clock, type(world.http)(transport=PracticeTransport(cloud)))
    application = cloud.register_application("Second", permissions=["User.Read.All"])
    secret = cloud.add_secret(application.app_id)
    cloud.grant_consent(application.app_id)
    form = {"client_id": application.app_id, "client_secret": secret.value.reveal()}

    assert _codes(await world.ask_token(**form)) == [700016]
    world.clock.advance(21)
    answer = await world.ask_token(**form)
    assert (await _verified(world, answer.json()["access_token"]))["roles"] == ["User.Read.All"]


async def test_consent_comes_one_by_one() -> None:
    world = practice("no-consent")
    seen = []
    for _ in range(8):
        claims = await _verified(world, (await world.ask_token()).json()["access_token"])
        seen.append(len(claims.get("roles", ())))  # type: ignore[arg-type]
        world.clock.advance(3)

    assert seen[:3] == [0, 0, 0]
    assert seen[-1] == 3
    assert {1, 2} <= set(seen)


async def _begin(world: Practice, client_id: str, tenant: str = "") -> httpx.Response:
    where = f"{world.login}/{tenant or world.cloud.inputs.tenant}/oauth2/v2.0/devicecode"
    scope = f"{world.graph}/.default openid offline_access"
    return await world.http.post(where, data={"client_id": client_id, "scope": scope})


async def _poll(world: Practice, device_code: str, client_id: str) -> httpx.Response:
    form = {"client_id": client_id, "device_code": device_code}
    form["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code"
    return await world.http.post(f"{world.login}/{world.cloud.inputs.tenant}/oauth2/v2.0/token", data=form)


TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"


async def test_a_device_code_shows_whether_an_app_exists() -> None:
    world = practice()

    known = await _begin(world, world.cloud.inputs.client_id)
    unknown = await _begin(world, "5c80d1f7-3e6a-4b92-a41d-06f98b7c2e35")

    assert known.status_code == 200
    assert "verification_uri_complete" not in known.json()
    assert _codes(unknown) == [700016]
    poll = await _poll(world, known.json()["device_code"], world.cloud.inputs.client_id)
    assert _codes(poll) == [7000218]


async def test_a_device_sign_in_from_pending_to_a_token() -> None:
    world = practice()
    code = (await _begin(world, TOOLS)).json()["device_code"]

    assert (await _poll(world, code, TOOLS)).json()["error"] == "authorization_pending"
    assert (await _poll(world, code, TOOLS)).json()["error"] == "slow_down"
    world.clock.advance(5)
    world.cloud.approve_device_sign_in("Application Administrator")
    answer = (await _poll(world, code, TOOLS)).json()
    assert {"access_token", "id_token", "refresh_token", "scope"} <= answer.keys()
    claims = await _verified(world, answer["access_token"])
    assert claims["wids"] == ["9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"]
    assert (await _poll(world, code, TOOLS)).json()["error"] == "bad_verification_code"


async def test_a_device_sign_in_declined_expired_or_invented() -> None:
    world = practice()
    declined = (await _begin(world, TOOLS)).json()["device_code"]
    world.cloud.decline_device_sign_in()
    late = (await _begin(world, TOOLS)).json()["device_code"]

    assert (await _poll(world, declined, TOOLS)).json()["error"] == "authorization_declined"
    world.clock.advance(901)
    assert (await _poll(world, late, TOOLS)).json()["error"] == "expired_token"
    assert (await _poll(world, "invented", TOOLS)).json()["error"] == "bad_verification_code"


async def test_microsofts_own_tools_are_unknown_in_china() -> None:
    world = practice("china")

    assert _codes(await _begin(world, TOOLS)) == [700016]
    assert _codes(await _begin(world, TOOLS, "common")) == [50059]


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("wrong-secret", 7000215),
        ("secret-id", 7000215),
        ("expired-secret", 7000222),
        ("wrong-tenant", 700016),
        ("unknown-application", 700016),
        ("disabled-application", 7000112),
        ("no-service-principal", 7000229),
        ("conditional-access", 53003),
    ],
)
async def test_scenarios_are_refused_as_they_say(scenario: str, code: int) -> None:
    world = practice(scenario)

    assert _codes(await world.ask_token()) == [code]
