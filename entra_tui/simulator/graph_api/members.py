"""Members of a group or a directory role: directory objects of several types in one collection.

Of a type that the caller may not read, an object comes with nothing but its type and id, with status 200, as Graph's
permissions reference describes it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.listing import list_answer
from entra_tui.simulator.graph_api.permissions import GROUPS_READ, USERS_READ
from entra_tui.simulator.graph_api.resources import Resource, parse_select
from entra_tui.simulator.groups import Member, MemberKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.graph_api.resources import Selection
    from entra_tui.simulator.groups import Group
    from entra_tui.simulator.messages import Answer

_HIDDEN: Final = "Member.Read.Hidden"


class ListedMembers:
    """The members of one group as a collection; deleted users are left out."""

    def __init__(self, call: GraphCall, group: Group | None, members: tuple[Member, ...] | None) -> None:
        self._call = call
        self._group = group
        self._members = members
        self._kind: MemberKind | None = None
        held = call.caller.permissions
        self._readable = {
            MemberKind.USER: all(one_of & held for one_of in USERS_READ),
            MemberKind.GROUP: all(one_of & held for one_of in GROUPS_READ),
        }

    @classmethod
    def direct(cls, call: GraphCall, group: Group) -> ListedMembers:
        """Those who are in a group themselves."""
        return cls(call, group, () if _concealed(call, group) else None)

    @classmethod
    def transitive(cls, call: GraphCall, group: Group) -> ListedMembers:
        """Those who are in a group or in a group in it."""
        return cls(call, None, () if _concealed(call, group) else tuple(call.tenant.groups.transitive_members(group)))

    @classmethod
    def of(cls, call: GraphCall, members: tuple[Member, ...]) -> ListedMembers:
        """Just these."""
        return cls(call, None, members)

    def only(self, kind: MemberKind | None) -> ListedMembers:
        """Those of one type, or all."""
        self._kind = kind
        return self

    @property
    def end(self) -> int:
        """One past the last position."""
        if self._members is not None:
            return len(self._members)
        return self._group.end if self._group is not None else 0

    def __len__(self) -> int:
        return sum(1 for position in range(self.end) if self.at(position) is not None)

    def at(self, position: int) -> Mapping[str, Any] | None:
        """The member at a position with its `@odata.type`; None when it is gone."""
        member = self._member(position)
        if member is None or (self._kind is not None and member.kind is not self._kind):
            return None
        if member.kind is MemberKind.USER:
            properties = self._call.tenant.users.find(member.id)
        else:
            group = self._call.tenant.groups.find(member.id)
            properties = group.properties if group is not None else None
        if properties is None:
            return None
        if not self._readable[member.kind]:
            return {"@odata.type": member.kind.value, "id": member.id}
        return {"@odata.type": member.kind.value, **properties}

    def _member(self, position: int) -> Member | None:
        if self._members is not None:
            return self._members[position]
        return self._call.tenant.groups.member_at(self._group, position) if self._group is not None else None

    def row(self, position: int, selection: Selection) -> str | None:
        """The member at a position as JSON text; None when it is gone."""
        thing = self.at(position)
        if thing is None:
            return None
        kind = Resource.USER if thing["@odata.type"] == MemberKind.USER.value else Resource.GROUP
        own = selection.narrowed(kind) if selection.chosen else parse_select(None, kind)
        shaped = own.shaped(thing)
        return json.dumps({"@odata.type": thing["@odata.type"], **shaped}, ensure_ascii=False, separators=(",", ":"))


def _concealed(call: GraphCall, group: Group) -> bool:
    return group.hidden and _HIDDEN not in call.caller.permissions


def list_members(call: GraphCall, members: ListedMembers, kind: MemberKind | None) -> Answer:
    """One page of members, of one type or of all.

    Raises:
        GraphRefusal: As `list_answer` does.
    """
    resource = Resource.USER if kind is MemberKind.USER else Resource.DIRECTORY_OBJECT
    return list_answer(call, members.only(kind), resource, "directoryObjects")
