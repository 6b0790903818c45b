"""Creating, changing and deleting users (Graph's pages `user-post-users`, `user-update`, `user-delete`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.errors import bad_request, denied, not_found
from entra_tui.simulator.graph_api.permissions import USERS_WRITE
from entra_tui.simulator.graph_api.resources import Resource, parse_select, resource_type
from entra_tui.simulator.graph_api.written import flag, text
from entra_tui.simulator.messages import Answer
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from entra_tui.simulator.graph_api.call import GraphCall

_TEXTS: Final = frozenset(
    {
        "city",
        "companyName",
        "country",
        "department",
        "displayName",
        "employeeId",
        "employeeType",
        "givenName",
        "jobTitle",
        "mailNickname",
        "mobilePhone",
        "officeLocation",
        "postalCode",
        "preferredLanguage",
        "state",
        "streetAddress",
        "surname",
        "usageLocation",
        "userPrincipalName",
    }
)
_NEEDED: Final = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile")
_NEVER_EMPTY: Final = ("displayName", "userPrincipalName")


def _check_administrator(call: GraphCall) -> None:
    roles = call.tenant.roles.of(call.caller.object_id)
    if call.is_person and not any(role.template.name == "Global Administrator" for role in roles):
        raise denied()


def _properties(call: GraphCall, body: Mapping[str, Any]) -> dict[str, object]:
    """What a body says about a user; a password is taken and not kept, since nobody signs in with one here."""
    known = resource_type(Resource.USER).properties
    properties: dict[str, object] = {}
    for name, value in body.items():
        if name == "accountEnabled":
            properties[name] = flag(body, name, default=True)
        elif name in _TEXTS:
            properties[name] = text(body, name) or None
        elif name in known and name != "passwordProfile":
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
        elif name != "passwordProfile" or not isinstance(value, dict):
            raise bad_request(f"Invalid property '{name}'.")
    for name in _NEVER_EMPTY:
        if name in properties and not properties[name]:
            raise bad_request(f"Invalid value specified for property '{name}' of resource 'User'.")
    _check_name(call, str(properties.get("userPrincipalName", "")))
    return properties


def _check_name(call: GraphCall, name: str) -> None:
    spec = call.tenant.spec
    if not name:
        return
    local, _, domain = name.rpartition("@")
    if not local or domain.lower() not in {spec.domain, spec.initial_domain}:
        raise bad_request(
            "The domain portion of the userPrincipalName property is invalid. "
            "You must use one of the verified domain names in your organization."
        )
    other = call.tenant.users.find(name)
    if other is not None and other["id"] != call.keys.get("user", "").lower():
        raise bad_request("Another object with the same value for property userPrincipalName already exists.")


def _create(call: GraphCall) -> Answer:
    _check_administrator(call)
    body = call.body()
    for name in _NEEDED:
        if body.get(name) is None:
            raise bad_request(f"A value is required for property '{name}' of resource 'User'.")
    properties = _properties(call, body)
    user = {"givenName": None, "surname": None, "mail": None, "companyName": None} | properties
    user["id"] = call.cloud.create_user(**user)
    shaped = parse_select(None, Resource.USER).shaped(user)
    return json_answer({"@odata.context": call.context("users/$entity"), **shaped}, 201)


def _find(call: GraphCall) -> str:
    user = call.tenant.users.find(call.keys["user"])
    if user is None:
        raise not_found(call.keys["user"])
    return str(user["id"])


def _update(call: GraphCall) -> Answer:
    _check_administrator(call)
    user_id = _find(call)
    properties = _properties(call, call.body())
    if properties:
        call.cloud.update_user(user_id, **properties)
    return Answer(204)


def _delete(call: GraphCall) -> Answer:
    _check_administrator(call)
    call.cloud.delete_user(_find(call))
    return Answer(204)


def _writing(method: str, template: str, handler: Callable[[GraphCall], Answer]) -> Operation:
    return Operation(method, template, Traffic.USERS, 1, USERS_WRITE, USERS_WRITE, handler)


OPERATIONS = (
    _writing("POST", "/users", _create),
    _writing("PATCH", "/users/{user}", _update),
    _writing("DELETE", "/users/{user}", _delete),
)
