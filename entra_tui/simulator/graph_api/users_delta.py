"""`/users/delta` (Graph function `user: delta`)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.directory import MANAGER, Presence
from entra_tui.simulator.graph_api.call import Operation, json_answer, text_answer
from entra_tui.simulator.graph_api.delta_rounds import (
    asks_for,
    begin_or_go_on,
    delta_link,
    next_link,
    selection_of,
    was_set,
)
from entra_tui.simulator.graph_api.permissions import USERS_DELTA
from entra_tui.simulator.graph_api.resources import Resource, Selection
from entra_tui.simulator.groups import MemberKind
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.simulator.directory import UserChange, UserDirectory
    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.graph_api.delta_rounds import Round
    from entra_tui.simulator.messages import Answer

PAGE: Final = 200
"""Users on a page; delta takes no `$top`."""


def _delta(call: GraphCall) -> Answer:
    users = call.tenant.users
    current = begin_or_go_on(call, Resource.USER, len(users.changes))
    context = call.context("users/delta") if current is None else call.context(_fragment(current))
    if current is None:
        link = delta_link(call, call.options.get("$select"), (), len(users.changes))
        return json_answer({"@odata.context": context, "@odata.deltaLink": link, "value": []})
    rows, place = _everything(users, current) if current.since is None else _changed(users, current)
    if place is None:
        link = f'"@odata.deltaLink":"{delta_link(call, current.select, current.ids, current.until)}"'
    else:
        link = f'"@odata.nextLink":"{next_link(call, current, place)}"'
    return text_answer(f'{{"@odata.context":"{context}",{link},"value":[{",".join(rows)}]}}')


def _fragment(current: Round) -> str:
    selection = selection_of(current, Resource.USER)
    return f"users({','.join(selection.names)})" if selection.chosen else "users"


def _with_id(selection: Selection) -> Selection:
    names = selection.names if "id" in selection.names else (*selection.names, "id")
    return Selection(selection.resource, names, selection.chosen)


def _text(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _everything(users: UserDirectory, current: Round) -> tuple[list[str], int | None]:
    selection = _with_id(selection_of(current, Resource.USER))
    if current.ids:
        places = [place for key in current.ids if (place := users.position(key)) is not None]
        found = [(place, user) for place in places if (user := users.user_at(place)) is not None]
        return [_text(_new_row(users, place, user, selection, current)) for place, user in found], None
    rows: list[str] = []
    for position in range(current.place, users.end):
        if len(rows) == PAGE:
            return rows, position
        user = users.user_at(position)
        if user is not None:
            rows.append(_text(_new_row(users, position, user, selection, current)))
    return rows, None


def _new_row(
    users: UserDirectory, position: int, user: Mapping[str, object], selection: Selection, current: Round
) -> dict[str, Any]:
    row: dict[str, Any] = was_set(selection.shaped(user), frozenset())
    return row | _manager_delta(users, position, set()) if asks_for(current, MANAGER) else row


def _manager_delta(users: UserDirectory, position: int, before: set[str]) -> dict[str, Any]:
    """`manager@delta`: who is the manager now, and who no longer is; empty where there is nothing to tell."""
    found = users.manager(position)
    now = None if found is None else users.id_at(found)
    left = [_related(manager) | {"@removed": {"reason": "deleted"}} for manager in sorted(before - {now or ""})]
    told = [*left, *([] if now is None else [_related(now)])]
    return {f"{MANAGER}@delta": told} if told else {}


def _related(user_id: str) -> dict[str, Any]:
    return {"@odata.type": MemberKind.USER.value, "id": user_id}


@dataclass(slots=True)
class _Touched:
    """What happened to one user in a round.

    Attributes:
        properties: Names of the properties that changed; None when the user came or went.
        managers: Ids of the managers that the user had meanwhile.
    """

    properties: frozenset[str] | None = frozenset()
    managers: set[str] = field(default_factory=set)

    def add(self, change: UserChange) -> None:
        if self.properties is not None:
            self.properties = None if change.properties is None else self.properties | change.properties
        if change.manager_before is not None:
            self.managers.add(change.manager_before)


def _changed(users: UserDirectory, current: Round) -> tuple[list[str], int | None]:
    touched: dict[str, _Touched] = {}
    for change in users.changes[current.since : current.until]:
        touched.setdefault(change.user_id, _Touched()).add(change)
    selection = _with_id(selection_of(current, Resource.USER))
    names = frozenset(selection.names) | ({MANAGER} if asks_for(current, MANAGER) else frozenset())
    wanted = [
        (user_id, change)
        for user_id, change in touched.items()
        if (not current.ids or user_id in current.ids) and (change.properties is None or change.properties & names)
    ]
    page = wanted[current.place : current.place + PAGE]
    rows = [_text(_change_row(users, user_id, change, selection, current)) for user_id, change in page]
    end = current.place + len(page)
    return rows, end if end < len(wanted) else None


def _change_row(
    users: UserDirectory, user_id: str, change: _Touched, selection: Selection, current: Round
) -> dict[str, Any]:
    position = users.position(user_id)
    presence = Presence.PURGED if position is None else users.presence(position)
    if position is None or presence is not Presence.LIVE:
        return {"id": user_id, "@removed": {"reason": "changed" if presence is Presence.DELETED else "deleted"}}
    user, changed = users.last_known(position), change.properties
    if changed is None:
        return _new_row(users, position, user, selection, current)
    shaped = selection.shaped(user)
    told = MANAGER in changed and asks_for(current, MANAGER)
    manager = _manager_delta(users, position, change.managers) if told else {}
    if current.minimal:
        return {name: value for name, value in shaped.items() if name in changed or name == "id"} | manager
    return was_set(shaped, changed) | manager


OPERATIONS = (Operation("GET", "/users/delta", Traffic.USERS_DELTA, 1, USERS_DELTA, USERS_DELTA, _delta),)
