"""`/groups`, a group and its members (Graph resource `group`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.errors import not_found, not_offered
from entra_tui.simulator.graph_api.listing import count_answer, list_answer
from entra_tui.simulator.graph_api.members import ListedMembers, list_members
from entra_tui.simulator.graph_api.permissions import GROUPS_READ, GROUPS_WRITE, MEMBERS_READ
from entra_tui.simulator.graph_api.resources import Resource, Selection, parse_select, refuse_expand
from entra_tui.simulator.groups import MemberKind
from entra_tui.simulator.messages import Answer
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.groups import Group, GroupDirectory

_TEXT: Final = (("Content-Type", "text/plain"),)


class ListedGroups:
    """The groups of a tenant as a collection."""

    def __init__(self, groups: GroupDirectory) -> None:
        self._groups = groups
        self._all = groups.all()

    @property
    def end(self) -> int:
        """One past the last position."""
        return len(self._all)

    def __len__(self) -> int:
        return len(self._groups)

    def at(self, position: int) -> Mapping[str, Any] | None:
        """The group at a position; None when it is gone."""
        group = self._all[position]
        return group.properties if self._groups.is_live(group.id) else None

    def row(self, position: int, selection: Selection) -> str | None:
        """The group at a position as JSON text; None when it is gone."""
        properties = self.at(position)
        return None if properties is None else selection.row(properties)


def _list(call: GraphCall) -> Answer:
    return list_answer(call, ListedGroups(call.tenant.groups), Resource.GROUP, "groups")


def _count(call: GraphCall) -> Answer:
    return Answer(200, count_answer(call, ListedGroups(call.tenant.groups), Resource.GROUP).encode(), _TEXT)


def _group(call: GraphCall) -> Group:
    found = call.tenant.groups.find(call.keys["group"])
    if found is None:
        raise not_found(call.keys["group"])
    return found


def _get(call: GraphCall) -> Answer:
    call.allow_options("$select", "$expand")
    refuse_expand(call.options.get("$expand"), Resource.GROUP)
    group = _group(call)
    selection = parse_select(call.options.get("$select"), Resource.GROUP, single=True)
    fragment = f"groups({','.join(selection.names)})" if selection.chosen else "groups"
    return json_answer({"@odata.context": call.context(f"{fragment}/$entity"), **selection.shaped(group.properties)})


def _members(call: GraphCall) -> Answer:
    return list_members(call, ListedMembers.direct(call, _group(call)), None)


def _transitive(call: GraphCall) -> Answer:
    return list_members(call, ListedMembers.transitive(call, _group(call)), None)


def _user_members(call: GraphCall) -> Answer:
    return list_members(call, ListedMembers.direct(call, _group(call)), MemberKind.USER)


def _transitive_users(call: GraphCall) -> Answer:
    return list_members(call, ListedMembers.transitive(call, _group(call)), MemberKind.USER)


def _members_count(call: GraphCall) -> Answer:
    members = ListedMembers.direct(call, _group(call))
    return Answer(200, count_answer(call, members, Resource.USER).encode(), _TEXT)


def _no_writing(call: GraphCall) -> Answer:
    del call
    raise not_offered()


def _writing(method: str, template: str) -> Operation:
    return Operation(method, template, Traffic.GROUPS, 1, GROUPS_WRITE, GROUPS_WRITE, _no_writing)


_MEMBERS: Final = Traffic.GROUP_MEMBERS

OPERATIONS = (
    Operation("GET", "/groups", Traffic.GROUPS, 1, GROUPS_READ, GROUPS_READ, _list),
    Operation("GET", "/groups/$count", Traffic.GROUPS, 1, GROUPS_READ, GROUPS_READ, _count),
    Operation("GET", "/groups/{group}", Traffic.GROUPS, 1, GROUPS_READ, GROUPS_READ, _get),
    Operation("GET", "/groups/{group}/members", _MEMBERS, 3, MEMBERS_READ, MEMBERS_READ, _members),
    Operation("GET", "/groups/{group}/members/$count", _MEMBERS, 3, MEMBERS_READ, MEMBERS_READ, _members_count),
    Operation(
        "GET", "/groups/{group}/members/microsoft.graph.user", _MEMBERS, 3, MEMBERS_READ, MEMBERS_READ, _user_members
    ),
    Operation("GET", "/groups/{group}/transitiveMembers", _MEMBERS, 5, MEMBERS_READ, MEMBERS_READ, _transitive),
    Operation(
        "GET",
        "/groups/{group}/transitiveMembers/microsoft.graph.user",
        _MEMBERS,
        5,
        MEMBERS_READ,
        MEMBERS_READ,
        _transitive_users,
    ),
    _writing("POST", "/groups"),
    _writing("PATCH", "/groups/{group}"),
    _writing("DELETE", "/groups/{group}"),
    _writing("POST", "/groups/{group}/members/$ref"),
    _writing("DELETE", "/groups/{group}/members/{member}/$ref"),
)
