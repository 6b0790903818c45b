"""`/me`: the signed-in person, and the directory roles that the person holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entra_tui.simulator.graph_api.call import Operation, text_answer
from entra_tui.simulator.graph_api.directory_roles import role_properties
from entra_tui.simulator.graph_api.errors import bad_request
from entra_tui.simulator.graph_api.permissions import ANYBODY, ME_READ
from entra_tui.simulator.graph_api.resources import Resource, parse_select
from entra_tui.simulator.graph_api.users import user_answer
from entra_tui.simulator.groups import Member, MemberKind
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.messages import Answer

_ROLE_TYPE = "#microsoft.graph.directoryRole"


def _check_person(call: GraphCall) -> None:
    if not call.is_person:
        raise bad_request("/me request is only valid with delegated authentication flow.")


def _me(call: GraphCall) -> Answer:
    _check_person(call)
    return user_answer(call, call.caller.object_id)


def _roles(call: GraphCall, *, typed: bool) -> list[dict[str, Any]]:
    selection = parse_select(call.options.get("$select"), Resource.DIRECTORY_ROLE)
    kind = {} if typed else {"@odata.type": _ROLE_TYPE}
    return [kind | selection.shaped(role_properties(role)) for role in call.tenant.roles.of(call.caller.object_id)]


def _groups(call: GraphCall) -> list[dict[str, Any]]:
    me = Member(call.caller.object_id, MemberKind.USER)
    groups = call.tenant.groups
    selection = parse_select(None, Resource.GROUP)
    return [
        {"@odata.type": MemberKind.GROUP.value, **selection.shaped(group.properties)}
        for group in groups.all()
        if groups.is_live(group.id) and groups.holds(group, me.id)
    ]


def _my_roles(call: GraphCall) -> Answer:
    _check_person(call)
    call.allow_options("$select", "$count", "$top")
    return _collection(call, "directoryRoles", _roles(call, typed=True))


def _member_of(call: GraphCall) -> Answer:
    _check_person(call)
    call.allow_options("$count", "$top")
    return _collection(call, "directoryObjects", _groups(call) + _roles(call, typed=False))


def _collection(call: GraphCall, fragment: str, rows: list[dict[str, Any]]) -> Answer:
    return text_answer(json.dumps({"@odata.context": call.context(fragment), "value": rows}, ensure_ascii=False))


OPERATIONS = (
    Operation("GET", "/me", Traffic.SIGNED_IN_PERSON, 1, ANYBODY, ME_READ, _me),
    Operation("GET", "/me/memberOf", Traffic.SIGNED_IN_PERSON, 2, ANYBODY, ME_READ, _member_of),
    Operation("GET", "/me/transitiveMemberOf", Traffic.SIGNED_IN_PERSON, 2, ANYBODY, ME_READ, _member_of),
    Operation(
        "GET",
        "/me/transitiveMemberOf/microsoft.graph.directoryRole",
        Traffic.SIGNED_IN_PERSON,
        2,
        ANYBODY,
        ME_READ,
        _my_roles,
    ),
    Operation(
        "GET", "/me/memberOf/microsoft.graph.directoryRole", Traffic.SIGNED_IN_PERSON, 2, ANYBODY, ME_READ, _my_roles
    ),
)
