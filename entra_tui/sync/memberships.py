"""Who is in which group, gathered over a delta round, where a big group comes in parts with others in between."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from entra_tui.sync.rows import REMOVED, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from entra_tui.model.entry import Scalar

MEMBERS: Final = "members"
MEMBER_COUNT: Final = "memberCount"
MEMBERS_DELTA: Final = "members@delta"

_ID_BYTES: Final = 16
_LEFT: Final = 0
_JOINED: Final = 1


class Memberships:
    """Comings and goings by group, in the order in which they were told: 17 bytes each, since there are many."""

    def __init__(self) -> None:
        self._told: dict[str, bytearray] = {}

    def __len__(self) -> int:
        return sum(len(told) for told in self._told.values()) // (_ID_BYTES + 1)

    def take(self, group_id: str, item: Mapping[str, object]) -> None:
        """Take what one appearance of a group tells; members whose id is no GUID are passed over."""
        members = item.get(MEMBERS_DELTA)
        if not isinstance(members, list):
            return
        told = self._told.setdefault(group_id, bytearray())
        for member in members:
            identifier = _bytes_of(member.get("id")) if isinstance(member, dict) else None
            if identifier is not None:
                told.append(_LEFT if REMOVED in member else _JOINED)
                told += identifier

    def forget(self, group_id: str) -> None:
        """The group is gone."""
        self._told.pop(group_id, None)

    def groups(self) -> Iterator[str]:
        """The groups about which anything was told."""
        return iter(self._told)

    def columns(self, group_id: str, before: str = "") -> dict[str, Scalar]:
        """The columns of a group's members.

        Args:
            group_id: The group.
            before: The members as the list has them, in the same form.
        """
        present = dict.fromkeys(before.split())
        told = self._told.get(group_id, b"")
        for place in range(0, len(told), _ID_BYTES + 1):
            identifier = str(uuid.UUID(bytes=bytes(told[place + 1 : place + 1 + _ID_BYTES])))
            if told[place] == _JOINED:
                present[identifier] = None
            else:
                present.pop(identifier, None)
        return member_columns(present)


def member_columns(ids: Iterable[str]) -> dict[str, Scalar]:
    """The columns that tell who is in a group: how many, and their ids in order, with blanks between."""
    members = sorted(set(ids))
    return {MEMBER_COUNT: len(members), MEMBERS: " ".join(members)}


def id_of(item: Mapping[str, object]) -> str:
    """The id of an object, fit for the database."""
    return text_of(str(item["id"]))


def _bytes_of(identifier: object) -> bytes | None:
    if not isinstance(identifier, str):
        return None
    try:
        return uuid.UUID(identifier).bytes
    except ValueError:
        return None
