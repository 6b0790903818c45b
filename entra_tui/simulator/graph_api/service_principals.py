"""`/servicePrincipals` and the application permissions granted to them (Graph resource `servicePrincipal`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entra_tui.model.environment import GRAPH_APP_ID
from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.errors import GraphRefusal, bad_request, denied, not_found
from entra_tui.simulator.graph_api.listing import Objects, list_answer
from entra_tui.simulator.graph_api.permissions import (
    APPLICATIONS_READ,
    APPLICATIONS_WRITE,
    APPLICATIONS_WRITE_PERSON,
    GRANTS_WRITE,
)
from entra_tui.simulator.graph_api.resources import Resource, parse_select, refuse_expand, resource_type
from entra_tui.simulator.graph_api.written import flag, stamp, text
from entra_tui.simulator.graph_permissions import app_roles_by_id, graph_permissions
from entra_tui.simulator.messages import Answer
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.registrations import AppRoleAssignment, ServicePrincipal

_MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


def _app_roles() -> list[dict[str, object]]:
    return [
        {
            "allowedMemberTypes": ["Application"],
            "description": known.title,
            "displayName": known.title,
            "id": known.app_role_id,
            "isEnabled": True,
            "origin": "Application",
            "value": known.value,
        }
        for known in graph_permissions().values()
        if known.app_role_id
    ]


def _scopes() -> list[dict[str, object]]:
    return [
        {
            "adminConsentDescription": known.title,
            "adminConsentDisplayName": known.title,
            "id": known.scope_id,
            "isEnabled": True,
            "type": "User" if known.value == "User.Read" else "Admin",
            "userConsentDescription": None,
            "userConsentDisplayName": None,
            "value": known.value,
        }
        for known in graph_permissions().values()
        if known.scope_id
    ]


def principal_properties(call: GraphCall, principal: ServicePrincipal) -> dict[str, object]:
    """A service principal as Graph shows it."""
    ours = call.tenant.registrations.application(principal.app_id)
    is_graph = principal.app_id == GRAPH_APP_ID
    return {
        "appRoleAssignmentRequired": False,
        "servicePrincipalNames": [principal.app_id],
        "tags": [] if ours is None else ["WindowsAzureActiveDirectoryIntegratedApp"],
        **principal.further,
        "id": principal.object_id,
        "appId": principal.app_id,
        "displayName": principal.display_name,
        "appDisplayName": principal.display_name,
        "accountEnabled": principal.enabled,
        "appOwnerOrganizationId": call.tenant.spec.tenant_id if ours is not None else _MICROSOFT_TENANT,
        "servicePrincipalType": "Application",
        "signInAudience": ours.audience if ours is not None else "AzureADMultipleOrgs",
        "appRoles": _app_roles() if is_graph else [],
        "oauth2PermissionScopes": _scopes() if is_graph else [],
    }


def _find(call: GraphCall) -> ServicePrincipal:
    key = call.keys["principal"]
    registrations = call.tenant.registrations
    name, _, value = key.partition("=")
    found = registrations.principal(value.lower()) if value else registrations.principals.get(key.lower())
    if found is None or (value and name.lower() != "appid"):
        raise not_found(value or key)
    return found


def _list(call: GraphCall) -> Answer:
    everything = call.tenant.registrations.principals.values()
    listed = Objects(tuple(principal_properties(call, principal) for principal in everything))
    return list_answer(call, listed, Resource.SERVICE_PRINCIPAL, "servicePrincipals")


def _get(call: GraphCall) -> Answer:
    call.allow_options("$select", "$expand")
    refuse_expand(call.options.get("$expand"), Resource.SERVICE_PRINCIPAL)
    return _shown(call, _find(call), 200)


def _shown(call: GraphCall, principal: ServicePrincipal, status: int) -> Answer:
    selection = parse_select(call.options.get("$select"), Resource.SERVICE_PRINCIPAL, single=True)
    fragment = f"servicePrincipals({','.join(selection.names)})" if selection.chosen else "servicePrincipals"
    shaped = selection.shaped(principal_properties(call, principal))
    return json_answer({"@odata.context": call.context(f"{fragment}/$entity"), **shaped}, status)


def _check_administrator(call: GraphCall) -> None:
    roles = call.tenant.roles.of(call.caller.object_id)
    if call.is_person and not any(role.template.manages_applications for role in roles):
        raise denied()


def _create(call: GraphCall) -> Answer:
    _check_administrator(call)
    app_id = text(call.body(), "appId").lower()
    registrations = call.tenant.registrations
    if registrations.principal(app_id) is not None:
        raise GraphRefusal(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created, updated, or restored because the service principal name "
            f"{app_id} is already in use.",
        )
    application = registrations.application(app_id)
    if application is None or application.spread_at > call.cloud.clock.now():
        raise bad_request(
            f"The appId '{app_id}' of the service principal does not reference a valid application object."
        )
    return _shown(call, call.cloud.create_service_principal(app_id, application.display_name), 201)


def _update(call: GraphCall) -> Answer:
    _check_administrator(call)
    principal = _find(call)
    body = call.body()
    known = set(resource_type(Resource.SERVICE_PRINCIPAL).properties) - {"id", "appId", "appRoles"}
    for name in body:
        if not name.startswith("@") and name not in known:
            raise bad_request(f"Invalid property '{name}'.")
    enabled = flag(body, "accountEnabled", default=principal.enabled)
    further = {name: value for name, value in body.items() if name in known - {"accountEnabled"}}
    call.cloud.change(lambda: principal.write(enabled=enabled, further=further))
    return Answer(204)


def _grant_properties(call: GraphCall, grant: AppRoleAssignment) -> dict[str, Any]:
    principals = call.tenant.registrations.principals
    holder, resource = principals.get(grant.principal_id), principals.get(grant.resource_id)
    return {
        "id": grant.id,
        "deletedDateTime": None,
        "appRoleId": grant.app_role_id,
        "createdDateTime": stamp(grant.created),
        "principalDisplayName": holder.display_name if holder else None,
        "principalId": grant.principal_id,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": resource.display_name if resource else None,
        "resourceId": grant.resource_id,
    }


def _grants(call: GraphCall, *, held: bool) -> Answer:
    principal = _find(call)
    grants = tuple(
        _grant_properties(call, grant)
        for grant in call.tenant.registrations.assignments.values()
        if (grant.principal_id if held else grant.resource_id) == principal.object_id
    )
    return list_answer(call, Objects(grants), Resource.APP_ROLE_ASSIGNMENT, "appRoleAssignments")


def _grant(call: GraphCall) -> Answer:
    named = _find(call)
    body = call.body()
    principal_id, resource_id, role_id = (
        text(body, name).lower() for name in ("principalId", "resourceId", "appRoleId")
    )
    registrations = call.tenant.registrations
    holder = registrations.principals.get(principal_id)
    if named.object_id not in {principal_id, resource_id} or holder is None:
        raise not_found(principal_id)
    if resource_id != registrations.graph.object_id:
        raise not_found(resource_id)
    if role_id not in app_roles_by_id():
        raise bad_request("Permission being assigned was not found on application.")
    roles = call.tenant.roles.of(call.caller.object_id)
    if call.is_person and not any(role.template.grants_application_permissions for role in roles):
        raise denied()
    if any(
        grant.principal_id == principal_id and grant.app_role_id == role_id
        for grant in registrations.assignments.values()
    ):
        raise bad_request("Permission being assigned already exists on the object.")
    grant = call.cloud.assign_app_role(holder, role_id)
    context = call.context("appRoleAssignments/$entity")
    return json_answer({"@odata.context": context, **_grant_properties(call, grant)}, 201)


def _revoke(call: GraphCall) -> Answer:
    principal = _find(call)
    grants = call.tenant.registrations.assignments
    grant = grants.get(call.keys["assignment"])
    if grant is None or principal.object_id not in {grant.principal_id, grant.resource_id}:
        raise not_found(call.keys["assignment"])
    roles = call.tenant.roles.of(call.caller.object_id)
    if call.is_person and not any(role.template.grants_application_permissions for role in roles):
        raise denied()
    call.cloud.withdraw_app_role(grant.id)
    return Answer(204)


def _reading(template: str, cost: int, handler: Callable[[GraphCall], Answer]) -> Operation:
    return Operation("GET", template, Traffic.SERVICE_PRINCIPALS, cost, APPLICATIONS_READ, APPLICATIONS_READ, handler)


def _writing(method: str, template: str, handler: Callable[[GraphCall], Answer]) -> Operation:
    return Operation(
        method, template, Traffic.SERVICE_PRINCIPALS, 1, APPLICATIONS_WRITE, APPLICATIONS_WRITE_PERSON, handler
    )


def _granting(method: str, template: str, handler: Callable[[GraphCall], Answer]) -> Operation:
    return Operation(method, template, Traffic.SERVICE_PRINCIPALS, 1, GRANTS_WRITE, GRANTS_WRITE, handler)


OPERATIONS = (
    _reading("/servicePrincipals", 1, _list),
    _reading("/servicePrincipals/{principal}", 1, _get),
    _writing("POST", "/servicePrincipals", _create),
    _writing("PATCH", "/servicePrincipals/{principal}", _update),
    _reading("/servicePrincipals/{principal}/appRoleAssignments", 2, lambda call: _grants(call, held=True)),
    _reading("/servicePrincipals/{principal}/appRoleAssignedTo", 1, lambda call: _grants(call, held=False)),
    _granting("POST", "/servicePrincipals/{principal}/appRoleAssignments", _grant),
    _granting("POST", "/servicePrincipals/{principal}/appRoleAssignedTo", _grant),
    _granting("DELETE", "/servicePrincipals/{principal}/appRoleAssignments/{assignment}", _revoke),
    _granting("DELETE", "/servicePrincipals/{principal}/appRoleAssignedTo/{assignment}", _revoke),
)
