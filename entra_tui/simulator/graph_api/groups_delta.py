"""`/groups/delta` with `members@delta` (Graph function `group: delta`).

Members come as type and id. A big group's members are spread: the group comes again, with other groups in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.delta_rounds import (
    asks_for,
    begin_or_go_on,
    delta_link,
    next_link,
    selection_of,
    was_set,
)
from entra_tui.simulator.graph_api.permissions import GROUPS_READ
from entra_tui.simulator.graph_api.resources import Resource, Selection
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.graph_api.delta_rounds import Round
    from entra_tui.simulator.groups import Group, GroupChange, GroupDirectory, Member
    from entra_tui.simulator.messages import Answer

SLICE: Final = 500
"""Members of one group that come at a time."""

MEMBERS_ON_A_PAGE: Final = 1_000
GROUPS_ON_A_PAGE: Final = 50


def _delta(call: GraphCall) -> Answer:
    groups = call.tenant.groups
    current = begin_or_go_on(call, Resource.GROUP, len(groups.changes))
    if current is None:
        link = delta_link(call, call.options.get("$select"), (), len(groups.changes))
        return json_answer({"@odata.context": call.context("groups"), "@odata.deltaLink": link, "value": []})
    rows, stop = _page(call, current)
    selection = selection_of(current, Resource.GROUP)
    fragment = f"groups({','.join(selection.names)})" if selection.chosen else "groups"
    document: dict[str, Any] = {"@odata.context": call.context(fragment)}
    if stop is None:
        document["@odata.deltaLink"] = delta_link(call, current.select, current.ids, current.until)
    else:
        document["@odata.nextLink"] = next_link(call, current, *stop)
    return json_answer(document | {"value": rows})


def _page(call: GraphCall, current: Round) -> tuple[list[dict[str, Any]], tuple[int, int] | None]:
    rows: list[dict[str, Any]] = []
    members = 0
    parts = _first_round(call, current) if current.since is None else _later_round(call, current)
    for place, part, row in parts:
        if rows and (len(rows) >= GROUPS_ON_A_PAGE or members >= MEMBERS_ON_A_PAGE):
            return rows, (place, part)
        rows.append(row)
        members += len(row.get("members@delta", ()))
    return rows, None


def _with_members(current: Round) -> bool:
    return current.select is None or asks_for(current, "members")


def _shaped(group: Group, current: Round, changed: frozenset[str]) -> dict[str, Any]:
    chosen = selection_of(current, Resource.GROUP)
    names = chosen.names if "id" in chosen.names else (*chosen.names, "id")
    return was_set(Selection(chosen.resource, names, chosen.chosen).shaped(group.properties), changed)


def _first_round(call: GraphCall, current: Round) -> Iterator[tuple[int, int, dict[str, Any]]]:
    groups = call.tenant.groups
    with_members = _with_members(current)
    everything = groups.all()
    longest = max((group.end for group in everything), default=0) if with_members else 0
    for part in range(current.part, max(1, -(-longest // SLICE))):
        for place in range(current.place if part == current.part else 0, len(everything)):
            group = everything[place]
            if not groups.is_live(group.id) or (current.ids and group.id not in current.ids):
                continue
            if part and group.end <= part * SLICE:
                continue
            row = _shaped(group, current, frozenset())
            joined = _slice(groups, group, part) if with_members and not _concealed(call, group) else []
            if joined:
                row["members@delta"] = [_joined(member) for member in joined]
            yield place, part, row


def _slice(groups: GroupDirectory, group: Group, part: int) -> list[Member]:
    places = range(part * SLICE, min((part + 1) * SLICE, group.end))
    return [member for place in places if (member := groups.member_at(group, place)) is not None]


def _concealed(call: GraphCall, group: Group) -> bool:
    return group.hidden and "Member.Read.Hidden" not in call.caller.permissions


def _joined(member: Member) -> dict[str, Any]:
    return {"@odata.type": member.kind.value, "id": member.id}


def _later_round(call: GraphCall, current: Round) -> Iterator[tuple[int, int, dict[str, Any]]]:
    groups = call.tenant.groups
    touched: dict[str, list[GroupChange]] = {}
    for change in groups.changes[current.since : current.until]:
        if not current.ids or change.group_id in current.ids:
            touched.setdefault(change.group_id, []).append(change)
    for place, (group_id, changes) in enumerate(touched.items()):
        if place < current.place:
            continue
        group = groups.find(group_id)
        if group is None:
            yield place, 0, {"id": group_id, "@removed": {"reason": "deleted"}}
        else:
            yield from _changed_group(call, current, place, group, changes)


def _changed_group(
    call: GraphCall, current: Round, place: int, group: Group, changes: list[GroupChange]
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    created = any(change.properties is None for change in changes)
    properties = frozenset(name for change in changes for name in change.properties or ())
    moved = {change.member.id: change for change in changes if change.member is not None}
    rows = [_moved(change) for change in moved.values()]
    if created:
        rows = [_joined(member) for member in call.tenant.groups.members(group)]
    if not _with_members(current) or _concealed(call, group):
        rows = []
    row = _shaped(group, current, properties)
    if not rows and not created and not properties & set(selection_of(current, Resource.GROUP).names):
        return
    for part in range(max(1, -(-len(rows) // SLICE))):
        if place > current.place or part >= current.part:
            some = rows[part * SLICE : (part + 1) * SLICE]
            yield place, part, row | ({"members@delta": some} if some else {})


def _moved(change: GroupChange) -> dict[str, Any]:
    if change.member is None:
        raise ValueError("This change is about no member.")
    row = _joined(change.member)
    return row if change.joined else row | {"@removed": {"reason": "deleted"}}


OPERATIONS = (Operation("GET", "/groups/delta", Traffic.GROUPS_DELTA, 1, GROUPS_READ, GROUPS_READ, _delta),)
