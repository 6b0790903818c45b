"""`/directoryRoles` and who holds them (Graph resource `directoryRole`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.errors import not_found
from entra_tui.simulator.graph_api.members import ListedMembers, list_members
from entra_tui.simulator.graph_api.permissions import ROLES_READ
from entra_tui.simulator.graph_api.resources import Resource, parse_select
from entra_tui.simulator.groups import Member, MemberKind
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.messages import Answer
    from entra_tui.simulator.roles import DirectoryRole


def role_properties(role: DirectoryRole) -> dict[str, object]:
    """A directory role as Graph shows it."""
    return {
        "id": role.id,
        "deletedDateTime": None,
        "description": role.template.description,
        "displayName": role.template.name,
        "roleTemplateId": role.template.template_id,
    }


def _list(call: GraphCall) -> Answer:
    call.allow_options("$select")
    selection = parse_select(call.options.get("$select"), Resource.DIRECTORY_ROLE)
    fragment = f"directoryRoles({','.join(selection.names)})" if selection.chosen else "directoryRoles"
    # Roles do not page: all of them come at once.
    rows = [selection.shaped(role_properties(role)) for role in call.tenant.roles.active]
    return json_answer({"@odata.context": call.context(fragment), "value": rows})


def _find(call: GraphCall) -> DirectoryRole:
    name, _, value = call.keys["role"].partition("=")
    for role in call.tenant.roles.active:
        if (name.lower() == "roletemplateid" and role.template.template_id == value.lower()) or role.id == name.lower():
            return role
    raise not_found(value or name)


def _get(call: GraphCall) -> Answer:
    call.allow_options("$select")
    role = _find(call)
    selection = parse_select(call.options.get("$select"), Resource.DIRECTORY_ROLE)
    context = call.context("directoryRoles/$entity")
    return json_answer({"@odata.context": context, **selection.shaped(role_properties(role))})


def _members(call: GraphCall) -> Answer:
    members = tuple(Member(holder, MemberKind.USER) for holder in _find(call).holders)
    return list_members(call, ListedMembers.of(call, members), None)


OPERATIONS = (
    Operation("GET", "/directoryRoles", Traffic.DIRECTORY_ROLES, 1, ROLES_READ, ROLES_READ, _list),
    Operation("GET", "/directoryRoles/{role}", Traffic.DIRECTORY_ROLES, 1, ROLES_READ, ROLES_READ, _get),
    Operation("GET", "/directoryRoles/{role}/members", Traffic.DIRECTORY_ROLES, 1, ROLES_READ, ROLES_READ, _members),
)
