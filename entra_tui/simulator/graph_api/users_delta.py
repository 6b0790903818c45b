"""`/users/delta` (Graph function `user: delta`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.directory import Presence
from entra_tui.simulator.graph_api.call import Operation, json_answer, text_answer
from entra_tui.simulator.graph_api.delta_rounds import begin_or_go_on, delta_link, next_link, selection_of, was_set
from entra_tui.simulator.graph_api.permissions import USERS_DELTA
from entra_tui.simulator.graph_api.resources import Resource, Selection
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from entra_tui.simulator.directory import UserDirectory
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
        found = [user for key in current.ids if (user := users.find(key)) is not None]
        return [_text(was_set(selection.shaped(user), frozenset())) for user in found], None
    rows: list[str] = []
    for position in range(current.place, users.end):
        if len(rows) == PAGE:
            return rows, position
        user = users.user_at(position)
        if user is not None:
            rows.append(_text(was_set(selection.shaped(user), frozenset())))
    return rows, None


def _changed(users: UserDirectory, current: Round) -> tuple[list[str], int | None]:
    touched: dict[str, frozenset[str] | None] = {}
    for change in users.changes[current.since : current.until]:
        before = touched.get(change.user_id, frozenset())
        both = None if before is None or change.properties is None else before | change.properties
        touched[change.user_id] = both
    selection = _with_id(selection_of(current, Resource.USER))
    wanted = [
        (user_id, properties)
        for user_id, properties in touched.items()
        if (not current.ids or user_id in current.ids)
        and (properties is None or properties & frozenset(selection.names))
    ]
    page = wanted[current.place : current.place + PAGE]
    rows = [_text(_change_row(users, user_id, properties, selection, current)) for user_id, properties in page]
    end = current.place + len(page)
    return rows, end if end < len(wanted) else None


def _change_row(
    users: UserDirectory, user_id: str, changed: frozenset[str] | None, selection: Selection, current: Round
) -> dict[str, Any]:
    position = users.position(user_id)
    presence = Presence.PURGED if position is None else users.presence(position)
    if position is None or presence is not Presence.LIVE:
        return {"id": user_id, "@removed": {"reason": "changed" if presence is Presence.DELETED else "deleted"}}
    shaped = selection.shaped(users.last_known(position))
    if changed is None:
        return was_set(shaped, frozenset())
    if current.minimal:
        return {name: value for name, value in shaped.items() if name in changed or name == "id"}
    return was_set(shaped, changed)


OPERATIONS = (Operation("GET", "/users/delta", Traffic.USERS_DELTA, 1, USERS_DELTA, USERS_DELTA, _delta),)
