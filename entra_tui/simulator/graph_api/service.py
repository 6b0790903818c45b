"""Graph's front door: who asks, may they, what is it, and the headers that every answer carries."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote
from uuid import UUID

from entra_tui.simulator.graph_api import (
    applications,
    directory_roles,
    groups,
    groups_delta,
    organization,
    permissions,
    service_principals,
    signed_in_person,
    user_memberships,
    users,
    users_delta,
    users_writing,
)
from entra_tui.simulator.graph_api.batch import batch_answer
from entra_tui.simulator.graph_api.call import Caller, CallerKind, GraphCall, Operation, parse_options
from entra_tui.simulator.graph_api.errors import GraphRefusal, error_answer, unknown_segment
from entra_tui.simulator.graph_api.throttling import cost_of
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.messages import Answer, IncomingRequest
    from entra_tui.simulator.tenant import Tenant

VERSION: Final = "v1.0"

OPERATIONS: Final[tuple[Operation, ...]] = (
    *organization.OPERATIONS,
    *users.OPERATIONS,
    *users_delta.OPERATIONS,
    *users_writing.OPERATIONS,
    *user_memberships.OPERATIONS,
    *groups.OPERATIONS,
    *groups_delta.OPERATIONS,
    *directory_roles.OPERATIONS,
    *signed_in_person.OPERATIONS,
    *applications.OPERATIONS,
    *service_principals.OPERATIONS,
)

_KEYED: Final = re.compile(r"([A-Za-z]+)\((?:([A-Za-z]+)=)?'([^']*)'\)")
_CALLED: Final = re.compile(r"(?:microsoft\.graph\.)?(delta|addPassword|removePassword)(?:\(\))?", re.IGNORECASE)


def graph_answer(cloud: PracticeCloud, request: IncomingRequest) -> Answer:
    """What Graph answers."""
    request_id = cloud.identifiers.guid()
    client_request_id = _client_request_id(request) or request_id
    now = cloud.server_time()
    try:
        answer = _served(cloud, request)
    except GraphRefusal as refusal:
        answer = error_answer(refusal, now, request_id, client_request_id)
    return answer.with_headers(
        ("Cache-Control", "no-cache"),
        ("Strict-Transport-Security", "max-age=31536000"),
        ("request-id", request_id),
        ("client-request-id", client_request_id),
        (
            "x-ms-ags-diagnostic",
            '{"ServerInfo":{"DataCenter":"Practice","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"PRACTICE01"}}',
        ),
    )


def _served(cloud: PracticeCloud, request: IncomingRequest) -> Answer:
    version, _, rest = request.path.lstrip("/").partition("/")
    if version.lower() != VERSION:
        raise GraphRefusal(400, "BadRequest", f"Invalid version: {version}.")
    caller, tenant = _caller(cloud, request)
    if rest.strip("/").lower() == "$batch":
        return _batch(cloud, request)
    operation, keys, path = _find(request.method, _segments(rest))
    call = GraphCall(cloud, tenant, caller, request, path, keys, parse_options(request.query))
    return perform(operation, call)


def _batch(cloud: PracticeCloud, request: IncomingRequest) -> Answer:
    if request.method != "POST":
        raise GraphRefusal(405, "Request_BadRequest", "Only POST is allowed for a batch.")
    cloud.note(Traffic.BATCH)
    return cloud.faults.answer(
        Traffic.BATCH,
        request,
        cloud.server_time(),
        lambda: batch_answer(request, functools.partial(graph_answer, cloud)),
    )


def perform(operation: Operation, call: GraphCall) -> Answer:
    """Do an operation for a caller: count it, charge it, check the caller's permissions, let faults strike.

    Raises:
        GraphRefusal: Refused.
    """
    cloud, options = call.cloud, call.options
    cloud.note(operation.traffic)
    write = operation.method != "GET"
    top = options.get("$top", "")
    units = cost_of(
        operation.cost,
        selected="$select" in options,
        expanded="$expand" in options,
        top=int(top) if top.isdecimal() else None,
    )
    budget = cloud.budgets.charge(
        call.caller.app_id,
        call.tenant.spec.tenant_id,
        users=len(call.tenant.users),
        units=units,
        write=write,
        now=cloud.clock.monotonic(),
    )
    permissions.check(operation, call.caller, is_app=call.caller.kind is CallerKind.APP)
    right = functools.partial(operation.handler, call)
    answer = cloud.faults.answer(operation.traffic, call.request, cloud.server_time(), right)
    return answer.with_headers(("x-ms-resource-unit", str(units)), *budget)


def _segments(path: str) -> list[str]:
    segments: list[str] = []
    for raw in path.rstrip("/").split("/"):
        segment = unquote(raw)
        keyed = _KEYED.fullmatch(segment)
        called = _CALLED.fullmatch(segment)
        if keyed is not None:
            key = f"{keyed[2]}={keyed[3]}" if keyed[2] else keyed[3]
            segments += [keyed[1], key]
        elif called is not None:
            segments.append(called[1])
        else:
            segments.append(segment)
    return segments


def _find(method: str, segments: list[str]) -> tuple[Operation, dict[str, str], str]:
    others: list[str] = []
    for operation in OPERATIONS:
        keys = _match(operation.template, segments)
        if keys is None:
            continue
        if operation.method == method:
            path = operation.template
            for name, value in keys.items():
                path = path.replace(f"{{{name}}}", value)
            return operation, keys, path
        others.append(operation.method)
    if others:
        raise GraphRefusal(
            405,
            "Request_BadRequest",
            f"Specified HTTP method is not allowed for the request target: {', '.join(sorted(set(others)))} are.",
        )
    known = [template.split("/")[1].lower() for template in {operation.template for operation in OPERATIONS}]
    wrong = segments[0] if segments[0].lower() not in known else segments[-1]
    raise unknown_segment(wrong)


def _match(template: str, segments: list[str]) -> dict[str, str] | None:
    wanted = template.split("/")[1:]
    if len(wanted) != len(segments):
        return None
    keys: dict[str, str] = {}
    for want, got in zip(wanted, segments, strict=True):
        if want.startswith("{"):
            if got.startswith("$") or got.lower() == "delta":
                return None
            keys[want[1:-1]] = got
        elif want.lower() != got.lower():
            return None
    return keys


def _unauthorized(cloud: PracticeCloud, request: IncomingRequest, message: str) -> GraphRefusal:
    environment = cloud.tenant.spec.environment
    where = f"{request.site.login_origin(environment)}/common/oauth2/authorize"
    return GraphRefusal(
        401,
        "InvalidAuthenticationToken",
        message,
        (
            "WWW-Authenticate",
            f'Bearer realm="", authorization_uri="{where}", client_id="00000003-0000-0000-c000-000000000000"',
        ),
    )


def _caller(cloud: PracticeCloud, request: IncomingRequest) -> tuple[Caller, Tenant]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized(cloud, request, "Access token is empty.")
    claims = cloud.claims(token.strip())
    if claims is None:
        raise _unauthorized(cloud, request, "CompactToken parsing failed with error code: 80049217")
    tenant = next((tenant for tenant in cloud.tenants if tenant.spec.tenant_id == claims["tid"]), None)
    if tenant is None:
        raise _unauthorized(cloud, request, "The tenant of the access token is unknown.")
    site, environment = request.site, tenant.spec.environment
    if not site.own and environment.name not in site.environments:
        raise _unauthorized(cloud, request, "InvalidCloudInstance: the access token is from another cloud.")
    if claims["aud"] not in {environment.graph, site.graph_origin(environment)}:
        raise _unauthorized(cloud, request, "Access token validation failure. Invalid audience.")
    if claims["exp"] <= cloud.server_time().timestamp():
        raise _unauthorized(cloud, request, "Lifetime validation failed, the token is expired.")
    return _known_caller(tenant, claims), tenant


def _known_caller(tenant: Tenant, claims: dict[str, Any]) -> Caller:
    if claims["idtyp"] == "user":
        if tenant.users.find(claims["oid"]) is None:
            raise GraphRefusal(
                401, "Authorization_IdentityNotFound", "The identity of the caller could not be established."
            )
        return Caller(CallerKind.PERSON, claims["appid"], claims["oid"], frozenset(claims["scp"].split()))
    principal = tenant.registrations.principals.get(claims["oid"])
    if principal is None:
        raise GraphRefusal(
            401,
            "Authorization_IdentityNotFound",
            "The identity of the calling application could not be established.",
        )
    if not principal.enabled:
        raise GraphRefusal(
            401, "Authorization_IdentityDisabled", "The identity of the calling application is disabled."
        )
    return Caller(CallerKind.APP, claims["appid"], claims["oid"], frozenset(claims.get("roles", ())))


def _client_request_id(request: IncomingRequest) -> str:
    try:
        return str(UUID(request.headers.get("client-request-id", "")))
    except ValueError:
        return ""
