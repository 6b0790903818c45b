"""`memberOf` and `transitiveMemberOf`: the groups and directory roles that somebody is in.

Of a type that the caller may not read, an object comes with nothing but its type and id. A person's own directory
roles and groups come whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entra_tui.simulator.graph_api.directory_roles import role_properties
from entra_tui.simulator.graph_api.listing import list_answer
from entra_tui.simulator.graph_api.permissions import GROUPS_READ, ROLES_READ
from entra_tui.simulator.graph_api.resources import Resource, Selection, parse_select
from entra_tui.simulator.groups import MemberKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.groups import Group
    from entra_tui.simulator.messages import Answer

_TYPES = {Resource.GROUP: MemberKind.GROUP.value, Resource.DIRECTORY_ROLE: "#microsoft.graph.directoryRole"}
_COLLECTIONS = {
    Resource.GROUP: "groups",
    Resource.DIRECTORY_ROLE: "directoryRoles",
    Resource.DIRECTORY_OBJECT: "directoryObjects",
}


class ListedMemberships:
    """What one user is in, as a collection: groups at the places of the tenant's groups, then roles."""

    def __init__(self, call: GraphCall, user_id: str, kind: Resource, *, transitive: bool) -> None:
        self._tenant = call.tenant
        self._kind = kind
        self._groups = call.tenant.groups.all()
        self._roles = call.tenant.roles.of(user_id)
        self._held = _transitively_held(call, user_id) if transitive else _directly_held(call, user_id)
        own, permissions = call.is_person and call.caller.object_id == user_id, call.caller.permissions
        self._readable = {
            Resource.GROUP: own or all(one_of & permissions for one_of in GROUPS_READ),
            Resource.DIRECTORY_ROLE: own or all(one_of & permissions for one_of in ROLES_READ),
        }

    @property
    def end(self) -> int:
        """One past the last position."""
        return len(self._groups) + len(self._roles)

    def __len__(self) -> int:
        return sum(1 for position in range(self.end) if self.at(position) is not None)

    def at(self, position: int) -> Mapping[str, Any] | None:
        """The group or role at a position with its `@odata.type`; None where the user is not in it."""
        found = self._found(position)
        if found is None or self._kind not in {found[0], Resource.DIRECTORY_OBJECT}:
            return None
        kind, properties = found
        named = {"@odata.type": _TYPES[kind]}
        return named | properties if self._readable[kind] else named | {"id": properties["id"]}

    def _found(self, position: int) -> tuple[Resource, dict[str, Any]] | None:
        if position >= len(self._groups):
            return Resource.DIRECTORY_ROLE, role_properties(self._roles[position - len(self._groups)])
        group = self._groups[position]
        return (Resource.GROUP, group.properties) if group.id in self._held else None

    def row(self, position: int, selection: Selection) -> str | None:
        """The group or role at a position as JSON text; None where the user is not in it."""
        thing = self.at(position)
        if thing is None:
            return None
        kind = Resource.GROUP if thing["@odata.type"] == MemberKind.GROUP.value else Resource.DIRECTORY_ROLE
        own = selection.narrowed(kind) if selection.chosen else parse_select(None, kind)
        # A collection of one type need not say it.
        named = {} if self._kind is not Resource.DIRECTORY_OBJECT else {"@odata.type": thing["@odata.type"]}
        return json.dumps(named | own.shaped(thing), ensure_ascii=False, separators=(",", ":"))


def list_memberships(call: GraphCall, user_id: str, kind: Resource, *, transitive: bool) -> Answer:
    """One page of what a user is in: groups, directory roles, or both.

    Raises:
        GraphRefusal: As `list_answer` does.
    """
    listed = ListedMemberships(call, user_id, kind, transitive=transitive)
    return list_answer(call, listed, kind, _COLLECTIONS[kind])


def _live_groups(call: GraphCall) -> list[Group]:
    groups = call.tenant.groups
    return [group for group in groups.all() if groups.is_live(group.id)]


def _directly_held(call: GraphCall, member_id: str) -> set[str]:
    groups = call.tenant.groups
    return {group.id for group in _live_groups(call) if groups.holds(group, member_id)}


def _transitively_held(call: GraphCall, user_id: str) -> set[str]:
    held: set[str] = set()
    waiting = [user_id]
    while waiting:
        fresh = _directly_held(call, waiting.pop()) - held
        held |= fresh
        waiting += fresh
    return held
