"""Who is in which group, gathered over a delta round, where a big group comes in parts with others in between."""

from __future__ import annotations

import hashlib
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
        self._odd: dict[bytes, str] = {}

    def __len__(self) -> int:
        return sum(len(told) for told in self._told.values()) // (_ID_BYTES + 1)

    def take(self, group_id: str, item: Mapping[str, object]) -> None:
        """Take what one appearance of a group tells; who has no id, or one with blanks, is passed over."""
        members = item.get(MEMBERS_DELTA)
        if not isinstance(members, list):
            return
        told = self._told.setdefault(group_id, bytearray())
        for member in members:
            identifier = self._packed(member.get("id")) if isinstance(member, dict) else None
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
            packed = bytes(told[place + 1 : place + 1 + _ID_BYTES])
            identifier = self._odd.get(packed) or str(uuid.UUID(bytes=packed))
            if told[place] == _JOINED:
                present[identifier] = None
            else:
                present.pop(identifier, None)
        return member_columns(present)

    def _packed(self, identifier: object) -> bytes | None:
        """Sixteen bytes for an id: a GUID's own, or those that stand for an id of another form."""
        if not isinstance(identifier, str) or not identifier or any(map(str.isspace, identifier)):
            return None
        try:
            guid = uuid.UUID(identifier)
        except ValueError:
            guid = None
        if guid is not None and str(guid) == identifier:
            return guid.bytes
        written = text_of(identifier)
        packed = hashlib.blake2b(written.encode(), digest_size=_ID_BYTES).digest()
        self._odd[packed] = written
        return packed


def member_columns(ids: Iterable[str]) -> dict[str, Scalar]:
    """The columns that tell who is in a group: how many, and their ids in order, with blanks between."""
    members = sorted(set(ids))
    return {MEMBER_COUNT: len(members), MEMBERS: " ".join(members)}


def id_of(item: Mapping[str, object]) -> str:
    """The id of an object, fit for the database."""
    return text_of(str(item["id"]))
