"""`/users`, `/users/{id}`, `/users/$count` (Graph resource `user`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.errors import GraphRefusal, denied, not_found
from entra_tui.simulator.graph_api.listing import LARGEST_PAGE, count_answer, list_answer
from entra_tui.simulator.graph_api.permissions import USERS_READ
from entra_tui.simulator.graph_api.resources import Resource, Selection, parse_manager_expand, parse_select
from entra_tui.simulator.groups import MemberKind
from entra_tui.simulator.messages import Answer
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.simulator.directory import UserDirectory
    from entra_tui.simulator.graph_api.call import GraphCall

SIGN_IN_PAGE: Final = 500
"""Most users of a page that holds `signInActivity`."""


class ListedUsers:
    """The users of a tenant as a collection.

    Args:
        users: The users.
        manager: What is told of each one's manager, if anything.
    """

    def __init__(self, users: UserDirectory, manager: Selection | None = None) -> None:
        self._users = users
        self._manager = manager

    @property
    def end(self) -> int:
        """One past the last position."""
        return self._users.end

    def __len__(self) -> int:
        return len(self._users)

    def at(self, position: int) -> Mapping[str, Any] | None:
        """The user at a position; None when it is gone."""
        return self._users.user_at(position)

    def row(self, position: int, selection: Selection) -> str | None:
        """The user at a position as JSON text; None when it is gone."""
        row = self._own_row(position, selection)
        if row is None or self._manager is None:
            return row
        manager = expanded_manager(self._users, position, self._manager)
        return (
            f"{row[:-1]}{',' if selection.names else ''}{json.dumps(manager, ensure_ascii=False)[1:]}"
            if manager
            else row
        )

    def _own_row(self, position: int, selection: Selection) -> str | None:
        texts = self._users.texts_at(position)
        write = selection.person_row()
        if texts is not None and write is not None:
            return write(texts)
        user = self._users.user_at(position)
        return None if user is None else user_row(user, selection)


def expanded_manager(users: UserDirectory, position: int, selection: Selection) -> dict[str, object]:
    """The `manager` of the user at a position as a member of its JSON object; empty where there is none."""
    found = users.manager(position)
    user = None if found is None else users.user_at(found)
    return {} if user is None else {"manager": {"@odata.type": MemberKind.USER.value, **selection.shaped(user)}}


def _manager_fragment(manager: Selection | None) -> str:
    return "" if manager is None else f"manager({','.join(manager.names) if manager.chosen else ''})"


def user_row(user: Mapping[str, Any], selection: Selection) -> str:
    """A user as JSON text; a property that awkward people lack is left out."""
    held = tuple(name for name in selection.names if name in user or name not in _ALWAYS_HELD)
    return Selection(selection.resource, held, selection.chosen).row(user)


_ALWAYS_HELD: Final = frozenset(
    {"mail", "jobTitle", "department", "companyName", "employeeId", "mobilePhone", "officeLocation"}
)


def check_sign_in_activity(call: GraphCall, selection: Selection) -> None:
    """Refuse `signInActivity` to those who may not read it.

    Raises:
        GraphRefusal: The tenant has no premium licence, or the caller lacks `AuditLog.Read.All`.
    """
    if "signInActivity" not in selection.names or not selection.chosen:
        return
    if not call.tenant.premium:
        raise GraphRefusal(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        )
    if "AuditLog.Read.All" not in call.caller.permissions:
        raise denied()


def _list(call: GraphCall) -> Answer:
    selection = parse_select(call.options.get("$select"), Resource.USER)
    check_sign_in_activity(call, selection)
    with_sign_ins = selection.chosen and "signInActivity" in selection.names
    largest = SIGN_IN_PAGE if with_sign_ins else LARGEST_PAGE
    manager = parse_manager_expand(call.options.get("$expand"))
    listed = ListedUsers(call.tenant.users, manager)
    return list_answer(call, listed, Resource.USER, "users", largest=largest, expanded=_manager_fragment(manager))


def _count(call: GraphCall) -> Answer:
    text = count_answer(call, ListedUsers(call.tenant.users), Resource.USER)
    return Answer(200, text.encode(), (("Content-Type", "text/plain"),))


def user_answer(call: GraphCall, key: str) -> Answer:
    """One user by id or user principal name.

    Raises:
        GraphRefusal: There is none.
    """
    call.allow_options("$select", "$expand")
    manager = parse_manager_expand(call.options.get("$expand"))
    users = call.tenant.users
    position = users.position(key)
    user = None if position is None else users.user_at(position)
    if position is None or user is None:
        raise not_found(key)
    selection = parse_select(call.options.get("$select"), Resource.USER, single=True)
    check_sign_in_activity(call, selection)
    names = [*(selection.names if selection.chosen else ()), *([_manager_fragment(manager)] if manager else ())]
    fragment = f"users({','.join(names)})" if names else "users"
    expanded = {} if manager is None else expanded_manager(users, position, manager)
    return json_answer({"@odata.context": call.context(f"{fragment}/$entity"), **selection.shaped(user), **expanded})


def _get(call: GraphCall) -> Answer:
    return user_answer(call, call.keys["user"])


OPERATIONS = (
    Operation("GET", "/users", Traffic.USERS, 2, USERS_READ, USERS_READ, _list),
    Operation("GET", "/users/$count", Traffic.USERS_COUNT, 1, USERS_READ, USERS_READ, _count),
    Operation("GET", "/users/{user}", Traffic.USERS, 1, USERS_READ, USERS_READ, _get),
)
