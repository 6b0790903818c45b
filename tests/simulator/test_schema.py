"""Every answer holds against Microsoft's schema, to the field name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from entra_tui.simulator.faults import Fault, FaultKind
from entra_tui.simulator.graph_api.service import OPERATIONS
from entra_tui.simulator.login.errors import sign_in_errors
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.traffic import Traffic
from tests.simulator.practice import GUIDE, Practice, practice

if TYPE_CHECKING:
    import httpx

OPENAPI = Path(__file__).resolve().parents[3] / "shared" / "facts" / "openapi"
WRITER = (*GUIDE, "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "AuditLog.Read.All")


@cache
def _document(name: str) -> dict[str, Any]:
    path = OPENAPI / name
    if not path.is_file():
        pytest.skip(f"{path} is not there: Microsoft's schema is kept beside the checkout, not in it")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _hold(instance: object, reference: str) -> None:
    graph = not reference.startswith("login:")
    if graph:
        document = _document("graph-v1.0-subset.openapi.json")
        schema = {"$ref": f"#/components/schemas/{reference}", "components": document["components"]}
    else:
        document = _document("login.schema.json")
        schema = {"$ref": f"#/$defs/{reference.removeprefix('login:')}", "$defs": document["$defs"]}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    problems = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(instance)]
    assert not problems, "\n".join(problems[:5])


async def _shape(world: Practice, path: str, reference: str, **headers: str) -> dict[str, Any]:
    answer = await world.get(path, **headers)
    assert answer.status_code == 200, answer.text
    _check_headers(answer)
    _hold(answer.json(), reference)
    found: dict[str, Any] = answer.json()
    return found


def _check_headers(answer: httpx.Response) -> None:
    for name in ("request-id", "client-request-id", "x-ms-ags-diagnostic", "date", "x-ms-resource-unit"):
        assert name in answer.headers, name


async def _keys(world: Practice) -> dict[str, str]:
    user = (await world.get("users?$top=1&$select=id")).json()["value"][0]["id"]
    group = (await world.get("groups?$top=1&$select=id")).json()["value"][0]["id"]
    role = (await world.get("directoryRoles?$select=id")).json()["value"][0]["id"]
    app = (await world.get("applications?$top=1&$select=id")).json()["value"][0]["id"]
    graph = (await world.get("servicePrincipals?$filter=displayName eq 'Microsoft Graph'")).json()["value"][0]["id"]
    return {"user": user, "group": group, "role": role, "application": app, "principal": graph}


READS = {
    "/organization": "organizationCollection",
    "/users": "userCollection",
    "/users/delta": "userDeltaPage",
    "/users/{user}": "user",
    "/users/{user}/memberOf": "directoryObjectCollection",
    "/users/{user}/memberOf/microsoft.graph.group": "groupCollection",
    "/users/{user}/memberOf/microsoft.graph.directoryRole": "directoryRoleCollection",
    "/users/{user}/transitiveMemberOf": "directoryObjectCollection",
    "/users/{user}/transitiveMemberOf/microsoft.graph.group": "groupCollection",
    "/users/{user}/transitiveMemberOf/microsoft.graph.directoryRole": "directoryRoleCollection",
    "/groups": "groupCollection",
    "/groups/delta": "groupDeltaPage",
    "/groups/{group}": "group",
    "/groups/{group}/members": "directoryObjectCollection",
    "/groups/{group}/members/microsoft.graph.user": "directoryObjectCollection",
    "/groups/{group}/transitiveMembers": "directoryObjectCollection",
    "/groups/{group}/transitiveMembers/microsoft.graph.user": "directoryObjectCollection",
    "/directoryRoles": "directoryRoleCollection",
    "/directoryRoles/{role}": "directoryRole",
    "/directoryRoles/{role}/members": "directoryObjectCollection",
    "/applications": "applicationCollection",
    "/applications/{application}": "application",
    "/servicePrincipals": "servicePrincipalCollection",
    "/servicePrincipals/{principal}": "servicePrincipal",
    "/servicePrincipals/{principal}/appRoleAssignments": "appRoleAssignmentCollection",
    "/servicePrincipals/{principal}/appRoleAssignedTo": "appRoleAssignmentCollection",
}
PERSON = {
    "/me": "user",
    "/me/memberOf": "directoryObjectCollection",
    "/me/transitiveMemberOf": "directoryObjectCollection",
    "/me/transitiveMemberOf/microsoft.graph.directoryRole": "directoryRoleCollection",
    "/me/memberOf/microsoft.graph.directoryRole": "directoryRoleCollection",
    "/me/memberOf/microsoft.graph.group": "groupCollection",
    "/me/transitiveMemberOf/microsoft.graph.group": "groupCollection",
}
COUNTS = {"/users/$count", "/groups/$count", "/groups/{group}/members/$count"}


def test_every_read_has_a_shape() -> None:
    templates = {operation.template for operation in OPERATIONS if operation.method == "GET"}

    assert templates == set(READS) | set(PERSON) | COUNTS


async def test_every_read_holds() -> None:
    world = practice(users=120, granted=WRITER, premium=True)
    await world.sign_in()
    keys = await _keys(world)

    for template, reference in READS.items():
        await _shape(world, template.format(**keys).lstrip("/"), reference)
    for template in COUNTS:
        answer = await world.get(template.format(**keys).lstrip("/"), ConsistencyLevel="eventual")
        assert answer.headers["content-type"] == "text/plain"
        assert answer.text.isdecimal()


async def test_every_property_that_microsoft_knows_can_be_selected() -> None:
    world = practice(users=4, granted=WRITER, premium=True)
    await world.sign_in()
    schemas = _document("graph-v1.0-subset.openapi.json")["components"]["schemas"]
    single = {"aboutMe", "birthday", "hireDate", "interests", "mySite", "pastProjects", "preferredName"}
    single |= {"responsibilities", "schools", "skills", "mailboxSettings"}

    for path, name in (("users", "user"), ("groups", "group"), ("applications", "application")):
        properties = [key for key in schemas[name]["properties"] if not key.startswith("@") and key not in single]
        page = await _shape(world, f"{path}?$select={','.join(properties)}", f"{name}Collection")
        assert page["value"]


async def test_managers_hold() -> None:
    world = practice(users=120, granted=WRITER)
    await world.sign_in()
    user = world.cloud.tenant.users.id_at(9)
    select = "$select=id,businessPhones,imAddresses,otherMails,proxyAddresses,onPremisesExtensionAttributes"

    page = await _shape(world, f"users?{select}&$expand=manager($select=id)&$top=50", "userCollection")
    assert any("manager" in row for row in page["value"])
    await _shape(world, "users?$expand=manager", "userCollection")
    await _shape(world, f"users/{user}?$expand=manager($select=id)", "user")
    page = await _shape(world, f"users/delta?{select},manager", "userDeltaPage")
    assert any(row.get("manager@delta") for row in page["value"])


async def test_the_signed_in_person_holds() -> None:
    world = practice(users=120)
    await world.sign_in_person("Global Administrator", "User.Read", "Directory.Read.All")

    for template, reference in PERSON.items():
        await _shape(world, template.lstrip("/"), reference)


async def test_a_registration_from_nothing_to_consent_holds() -> None:
    world = practice(users=20)
    await world.sign_in_person("Global Administrator", "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")
    role = "df021288-bdef-4463-88db-98f22de89214"
    wanted = [
        {"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [{"id": role, "type": "Role"}]}
    ]

    made = await world.send(
        "POST",
        "applications",
        {"displayName": "Second", "signInAudience": "AzureADMyOrg", "requiredResourceAccess": wanted},
    )
    assert made.status_code == 201
    _hold(made.json(), "application")
    app = made.json()
    secret = await world.send(
        "POST", f"applications/{app['id']}/addPassword", {"passwordCredential": {"displayName": "x"}}
    )
    assert secret.status_code == 200
    _hold({key: value for key, value in secret.json().items() if key != "@odata.context"}, "passwordCredential")
    principal = await world.send("POST", "servicePrincipals", {"appId": app["appId"]})
    assert principal.status_code == 201
    _hold(principal.json(), "servicePrincipal")
    graph = (await world.get("servicePrincipals(appId='00000003-0000-0000-c000-000000000000')?$select=id")).json()["id"]
    grant = await world.send(
        "POST",
        f"servicePrincipals/{principal.json()['id']}/appRoleAssignments",
        {"principalId": principal.json()["id"], "resourceId": graph, "appRoleId": role},
    )
    assert grant.status_code == 201
    _hold(grant.json(), "appRoleAssignment")
    token = await world.ask_token(client_id=app["appId"], client_secret=secret.json()["secretText"])
    assert token.status_code == 200
    removed = await world.send("POST", f"applications/{app['id']}/removePassword", {"keyId": secret.json()["keyId"]})
    assert removed.status_code == 204


async def test_delta_with_changes_holds() -> None:
    world = practice(users=60)
    await world.sign_in()
    _, users_link = await world.read_all("users/delta?$select=displayName,jobTitle")
    _, groups_link = await world.read_all("groups/delta?$select=displayName,members")
    world.cloud.create_users(2)
    world.cloud.change_users(3)
    for user_id in world.cloud.delete_users(2):
        world.cloud.purge_user(user_id)

    assert users_link
    assert groups_link
    await _shape(world, users_link, "userDeltaPage")
    await _shape(world, users_link, "userDeltaPage", Prefer="return=minimal")
    await _shape(world, groups_link, "groupDeltaPage")


async def test_a_written_user_holds() -> None:
    world = practice(granted=(*GUIDE, "User.ReadWrite.All"))
    await world.sign_in()
    name = f"nora@{world.cloud.tenant.spec.domain}"
    body = {"accountEnabled": True, "displayName": "Nora", "mailNickname": "nora", "userPrincipalName": name}

    made = await world.send("POST", "users", body | {"passwordProfile": {"password": "x"}})
    assert made.status_code == 201
    _hold(made.json(), "user")
    await _shape(world, f"users/{made.json()['id']}", "user")
    for refused in (
        await world.send("POST", "users", {}),
        await world.send("PATCH", f"users/{name}", {"displayname": "x"}),
        await world.send("POST", "groups", {}),
    ):
        _hold(refused.json(), "odataError")


async def test_a_batch_holds() -> None:
    world = practice()
    await world.sign_in()
    requests = [
        {"id": "1", "method": "GET", "url": "/users?$top=1"},
        {"id": "2", "method": "GET", "url": "/nothing"},
        {"id": "3", "method": "GET", "url": "/organization", "dependsOn": ["2"]},
    ]

    answer = await world.send("POST", "$batch", {"requests": requests})

    assert answer.status_code == 200
    _hold(answer.json(), "batchResponse")
    responses = {row["id"]: row for row in answer.json()["responses"]}
    assert {key: row["status"] for key, row in responses.items()} == {"1": 200, "2": 400, "3": 424}
    _hold(responses["1"]["body"], "userCollection")
    _hold(responses["2"]["body"], "odataError")


async def test_refusals_by_budget_and_of_a_batch_hold() -> None:
    world = practice()
    await world.sign_in()
    inner = {"id": "1", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "application/json"}, "body": {}}
    nested = await world.send("POST", "$batch", {"requests": [inner]})
    world.cloud.budgets.charge(
        world.cloud.inputs.client_id, world.cloud.inputs.tenant, users=30, units=3_500, write=False, now=0.0
    )
    throttled = await world.get("users")

    assert (nested.status_code, throttled.status_code) == (400, 429)
    _hold(nested.json(), "odataError")
    _hold(throttled.json(), "odataError")


async def test_the_tokens_of_people_hold() -> None:
    world = practice()
    client_id = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
    place = f"{world.login}/{world.cloud.inputs.tenant}/oauth2/v2.0"
    form = {"client_id": client_id, "scope": f"{world.graph}/User.Read openid offline_access"}
    code = (await world.http.post(f"{place}/devicecode", data=form)).json()["device_code"]
    world.cloud.approve_device_sign_in()
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code}
    first = (await world.http.post(f"{place}/token", data=form | grant)).json()
    again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await world.http.post(f"{place}/token", data=form | again)).json()

    _hold(first, "login:tokenSuccess")
    _hold(second, "login:tokenSuccess")
    assert second["refresh_token"]


async def test_the_login_documents_hold() -> None:
    for scenario in ("healthy", "us-government", "us-government-dod", "china"):
        world = practice(scenario)
        tenant = world.cloud.inputs.tenant
        for version in ("v2.0/", ""):
            answer = await world.http.get(f"{world.login}/{tenant}/{version}.well-known/openid-configuration")
            _hold(answer.json(), "login:openidConfiguration")
        where = f"{world.login}/common/discovery/instance?api-version=1.1"
        answer = await world.http.get(f"{where}&authorization_endpoint={world.login}/common/oauth2/authorize")
        _hold(answer.json(), "login:instanceDiscovery")
        _hold((await world.ask_token()).json(), "login:tokenSuccess")
        code = await world.http.post(
            f"{world.login}/{tenant}/oauth2/v2.0/devicecode",
            data={"client_id": world.cloud.inputs.client_id, "scope": f"{world.graph}/.default"},
        )
        _hold(code.json(), "login:deviceCode")


@pytest.mark.parametrize("code", sorted(sign_in_errors()))
async def test_every_sign_in_error_holds(code: int) -> None:
    world = practice(faults=(Fault(FaultKind.SIGN_IN_ERROR, Traffic.TOKEN, code=code, times=None),))

    answer = await world.ask_token()

    assert answer.status_code == sign_in_errors()[code].status
    _hold(answer.json(), "login:error")
    assert answer.json()["error_codes"] == [code]


OWN = find_scenario("healthy").inputs.client_id
GRAPH_ERRORS = [
    ("nothing", {}, 400, "BadRequest"),
    ("users/nobody", {}, 404, "Request_ResourceNotFound"),
    ("users?$top=1000", {}, 400, "Request_UnsupportedQuery"),
    ("users?$top=0", {}, 400, "Request_UnsupportedQuery"),
    ("users?$skip=5", {}, 400, "Request_BadRequest"),
    ("users?$select=displayname,nonsense", {}, 400, "BadRequest"),
    ("users?$select=aboutMe", {}, 501, "NotImplemented"),
    ("users?$select=signInActivity", {}, 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"),
    ('users?$search="displayName:a"', {}, 400, "Request_UnsupportedQuery"),
    ("users?$search=displayName", {"ConsistencyLevel": "eventual"}, 400, "Request_BadRequest"),
    ("users?$filter=endswith(mail,'x')", {}, 400, "Request_UnsupportedQuery"),
    ("users?$filter=displayName ne 'x'", {}, 400, "Request_UnsupportedQuery"),
    ("users?$filter=nonsense eq 1", {}, 400, "BadRequest"),
    ("users?$filter=displayName eq", {}, 400, "BadRequest"),
    ("users?$expand=manager&$count=true", {"ConsistencyLevel": "eventual"}, 400, "Request_UnsupportedQuery"),
    ("users?$expand=manager($levels=max)", {}, 400, "Request_UnsupportedQuery"),
    ("users?$expand=manager($select=nonsense)", {}, 400, "BadRequest"),
    ("users?$expand=manager,memberOf", {}, 400, "Request_UnsupportedQuery"),
    ("users?$expand=memberOf($select=id)", {}, 400, "Request_UnsupportedQuery"),
    ("users?$expand=mail", {}, 400, "BadRequest"),
    ("users?$expand=nonsense", {}, 400, "BadRequest"),
    ("users/delta?$expand=manager", {}, 400, "Request_BadRequest"),
    ("groups?$expand=members", {}, 400, "Request_UnsupportedQuery"),
    ("applications?$expand=owners", {}, 400, "Request_UnsupportedQuery"),
    (f"applications(appId='{OWN}')?$expand=owners", {}, 400, "Request_UnsupportedQuery"),
    (f"servicePrincipals(appId='{OWN}')?$expand=appRoleAssignments", {}, 400, "Request_UnsupportedQuery"),
    ("users?$skiptoken=invented", {}, 400, "Request_BadRequest"),
    ("users/$count", {}, 400, "Request_BadRequest"),
    ("users/delta?$top=5", {}, 400, "Request_BadRequest"),
    ("users/delta?$deltatoken=invented", {}, 400, "Request_BadRequest"),
    ("users/delta?$filter=displayName eq 'x'", {}, 400, "Request_UnsupportedQuery"),
    ("me", {}, 400, "Request_BadRequest"),
    ("groups/00000000-0000-4000-8000-000000000000/members", {}, 404, "Request_ResourceNotFound"),
    ("applications(appId='00000000-0000-4000-8000-000000000000')", {}, 404, "Request_ResourceNotFound"),
]


@pytest.mark.parametrize(("path", "headers", "status", "code"), GRAPH_ERRORS)
async def test_every_refusal_of_a_query_holds(path: str, headers: dict[str, str], status: int, code: str) -> None:
    world = practice()
    await world.sign_in()

    answer = await world.get(path, **headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    _hold(answer.json(), "odataError")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.THROTTLED, Traffic.USERS),
        *(Fault(FaultKind.SERVER_ERROR, Traffic.USERS, status=status) for status in (500, 502, 503, 504)),
        Fault(FaultKind.UNAUTHORIZED, Traffic.USERS),
        Fault(FaultKind.FORBIDDEN, Traffic.USERS),
    ],
)
async def test_every_fault_with_an_envelope_holds(fault: Fault) -> None:
    world = practice(faults=(fault,))
    await world.sign_in()

    answer = await world.get("users")

    assert answer.status_code >= 400
    _hold(answer.json(), "odataError")
