"""`/me`: the signed-in person, and the groups and directory roles that the person is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.graph_api.call import Operation
from entra_tui.simulator.graph_api.errors import bad_request
from entra_tui.simulator.graph_api.memberships import list_memberships
from entra_tui.simulator.graph_api.permissions import ANYBODY, ME_READ
from entra_tui.simulator.graph_api.resources import Resource
from entra_tui.simulator.graph_api.users import user_answer
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.messages import Answer


def _check_person(call: GraphCall) -> None:
    if not call.is_person:
        raise bad_request("/me request is only valid with delegated authentication flow.")


def _me(call: GraphCall) -> Answer:
    _check_person(call)
    return user_answer(call, call.caller.object_id)


def _memberships(template: str, kind: Resource, *, transitive: bool) -> Operation:
    def answer(call: GraphCall) -> Answer:
        _check_person(call)
        return list_memberships(call, call.caller.object_id, kind, transitive=transitive)

    return Operation("GET", template, Traffic.SIGNED_IN_PERSON, 2, ANYBODY, ME_READ, answer)


OPERATIONS = (
    Operation("GET", "/me", Traffic.SIGNED_IN_PERSON, 1, ANYBODY, ME_READ, _me),
    _memberships("/me/memberOf", Resource.DIRECTORY_OBJECT, transitive=False),
    _memberships("/me/memberOf/microsoft.graph.group", Resource.GROUP, transitive=False),
    _memberships("/me/memberOf/microsoft.graph.directoryRole", Resource.DIRECTORY_ROLE, transitive=False),
    _memberships("/me/transitiveMemberOf", Resource.DIRECTORY_OBJECT, transitive=True),
    _memberships("/me/transitiveMemberOf/microsoft.graph.group", Resource.GROUP, transitive=True),
    _memberships("/me/transitiveMemberOf/microsoft.graph.directoryRole", Resource.DIRECTORY_ROLE, transitive=True),
)
