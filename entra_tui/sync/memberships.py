"""Who joined and left which group, gathered over the pages of a delta, where a big group comes in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.sync.rows import REMOVED, ids_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.storage.lists import MemberChanges

MEMBERS_DELTA: Final = "members@delta"


class Memberships:
    """What was told last of each member of each group; its length is the number of those members."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, bool]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def take(self, group_id: str, item: Mapping[str, object]) -> None:
        """Take what one appearance of a group tells; a member without an id is passed over."""
        members = item.get(MEMBERS_DELTA)
        if not isinstance(members, list):
            return
        told = self._told.setdefault(group_id, {})
        before = len(told)
        known = [
            member
            for member in members
            if isinstance(member, dict) and isinstance(member.get("id"), str) and member["id"]
        ]
        told.update(zip(ids_of(known), [REMOVED not in member for member in known], strict=True))
        self._count += len(told) - before

    def discard(self, group_id: str) -> None:
        """The group is gone."""
        self._count -= len(self._told.pop(group_id, ()))

    @property
    def changes(self) -> MemberChanges:
        """Members that joined (True) or left (False), by group."""
        return self._told
