"""What a delta does to the rows of a list, one by one."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import msgspec

from entra_tui.model.text import harmless, search_key
from entra_tui.storage.errors import LockedError
from entra_tui.storage.lists.membership_table import MEMBER_COUNT
from entra_tui.storage.lists.stored_row import body_of, decode, digest_of, sought_by, stored_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from entra_tui.model.entry import Entry, Scalar
    from entra_tui.storage.lists.membership_table import StoredMember

EMPTY: Final[Mapping[str, Scalar]] = {MEMBER_COUNT: 0}
"""What stands for no value in a column, where that is not the empty text."""


class ChangeKind(Enum):
    """What happened to a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


# There may be thousands of these two, which need not be searched for garbage.


class HeldRow(msgspec.Struct, frozen=True, gc=False):
    """A row of the table, seen to be as it was put in.

    Attributes:
        position: Where it is.
        digest: Its digest.
        body: JSON of its values.
    """

    position: int
    digest: int
    body: bytes


class Edit(msgspec.Struct, frozen=True, gc=False):
    """What a merge does to one row.

    Attributes:
        id: The entry's id.
        position: Where the row is; None for one that is added.
        seen: Its digest before.
        after: JSON of its values after; None for one that goes.
        digest: Its digest after.
        search: What it is sorted by and searched in after; None where that and the flags stay.
        flags: What it is filtered by after.
        emptied: Columns that have something to lose before, and lost it after.
        joined: Members that it gained.
        left: Members that it lost.
    """

    id: str
    position: int | None
    seen: int
    after: str | None
    digest: int = 0
    search: str | None = None
    flags: int = 0
    emptied: Sequence[str] = ()
    joined: Sequence[StoredMember] = ()
    left: Sequence[StoredMember] = ()

    @property
    def kind(self) -> ChangeKind:
        """What happened."""
        if self.position is None:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.after is None else ChangeKind.CHANGED


def has_value(values: Mapping[str, Scalar], column: str) -> bool:
    """Whether there is something to lose in a column: not an empty text, nor the number of no members."""
    value = values.get(column)
    return value is not None and value != EMPTY.get(column, "")


def emptied(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> list[str]:
    """The columns that have something to lose in `before`, and lost it in `after`."""
    return [column for column in before if has_value(before, column) and not has_value(after, column)]


def altered(list_name: str) -> LockedError:
    """Why nothing is written over a list that is not any more as it was seen."""
    return LockedError(f"Another running copy changed '{harmless(list_name, limit=160)}'; synchronize again.")


def gathered(upserts: Iterable[Entry], gone: Collection[str]) -> dict[str, Mapping[str, Scalar]]:
    """The properties that come of each entry that does not go, those of one put together."""
    told: dict[str, Mapping[str, Scalar]] = {}
    for entry in upserts:
        if entry.id not in gone:
            told[entry.id] = {**told[entry.id], **entry.values} if entry.id in told else entry.values
    return told


def new_row(entry: Entry) -> Edit:
    """The edit that adds an entry."""
    entry_id, digest, search, flags, body = stored_row(entry)
    return Edit(entry_id, None, 0, body, digest, search, flags)


def changed_row(entry_id: str, held: HeldRow, told: Mapping[str, Scalar]) -> Edit | None:
    """The edit that gives an entry's row the properties that came; None where the row stays as it is.

    Raises:
        StrangeValueError: The row is no object of JSON.
    """
    before = decode(entry_id, held.body).values
    after = {**before, **told}
    body = body_of(after)
    if body == held.body:
        return None
    text, flags = sought_by(after)
    # Most rows keep their place, and are not moved in its index.
    search = None if (text, flags) == sought_by(before) else search_key(text)
    digest = digest_of(entry_id.encode(), body)
    # Nothing is lost where there is something in every column.
    lost = () if all(after.values()) else emptied(before, after)
    return Edit(entry_id, held.position, held.digest, body.decode(), digest, search, flags, lost)
