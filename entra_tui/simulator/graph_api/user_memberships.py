"""`/users/{id}/memberOf` and `/users/{id}/transitiveMemberOf`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.graph_api.call import Operation
from entra_tui.simulator.graph_api.errors import not_found
from entra_tui.simulator.graph_api.memberships import list_memberships
from entra_tui.simulator.graph_api.permissions import MEMBERSHIPS_READ
from entra_tui.simulator.graph_api.resources import Resource
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.messages import Answer


def _memberships(template: str, kind: Resource, *, transitive: bool) -> Operation:
    def answer(call: GraphCall) -> Answer:
        user = call.tenant.users.find(call.keys["user"])
        if user is None:
            raise not_found(call.keys["user"])
        return list_memberships(call, str(user["id"]), kind, transitive=transitive)

    return Operation("GET", template, Traffic.USERS, 1, MEMBERSHIPS_READ, MEMBERSHIPS_READ, answer)


OPERATIONS = (
    _memberships("/users/{user}/memberOf", Resource.DIRECTORY_OBJECT, transitive=False),
    _memberships("/users/{user}/memberOf/microsoft.graph.group", Resource.GROUP, transitive=False),
    _memberships("/users/{user}/memberOf/microsoft.graph.directoryRole", Resource.DIRECTORY_ROLE, transitive=False),
    _memberships("/users/{user}/transitiveMemberOf", Resource.DIRECTORY_OBJECT, transitive=True),
    _memberships("/users/{user}/transitiveMemberOf/microsoft.graph.group", Resource.GROUP, transitive=True),
    _memberships(
        "/users/{user}/transitiveMemberOf/microsoft.graph.directoryRole", Resource.DIRECTORY_ROLE, transitive=True
    ),
)
