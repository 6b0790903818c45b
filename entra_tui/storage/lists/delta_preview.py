"""What a delta would do to a list: as much as must be known before it is merged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from entra_tui.model.entry import Changes, ColumnLoss, Entry
from entra_tui.storage.lists.entry_table import emptied, has_value
from entra_tui.storage.lists.membership_table import MEMBER_COUNT
from entra_tui.storage.lists.stored_row import stored_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from entra_tui.model.entry import Scalar
    from entra_tui.storage.lists.catalog import ListRecord
    from entra_tui.storage.lists.membership_table import MemberChanges


@dataclass(frozen=True, slots=True)
class DeltaPreview:
    """What a merge would do.

    Attributes:
        changes: In rows; one that is told as it is already is unchanged.
        losses: Columns that rows would lose.
        removals: Rows that would go, or the first of them.
    """

    changes: Changes
    losses: tuple[ColumnLoss, ...]
    removals: tuple[Entry, ...]


def preview_merge(
    connection: sqlite3.Connection,
    record: ListRecord,
    upserts: Iterable[Entry],
    removed: Iterable[str],
    members: MemberChanges,
    *,
    limit: int,
) -> DeltaPreview:
    """What a merge into a list would do; within the caller's transaction.

    Args:
        connection: Reads the list.
        record: The list.
        upserts: Changed or new entries.
        removed: Entries that are gone.
        members: Who joined and left which group.
        limit: How many of the rows that would go to give at most.

    Raises:
        DamagedListError: A row or its members are not what was put in.
    """
    table, gone = record.table, set(removed)
    told: dict[str, dict[str, Scalar]] = {}
    for entry in upserts:
        if entry.id not in gone:
            told.setdefault(entry.id, {}).update(entry.values)
    if table is None:
        return DeltaPreview(Changes(added=len(told)), (), ())
    effects = table.member_effects(connection, told.keys(), gone, members)
    for group, effect in effects.items():
        told.setdefault(group, {})[MEMBER_COUNT] = effect.count
    present = table.entries(connection, told)
    going = table.entries(connection, gone)
    merged = {entry_id: {**_values(present, entry_id), **values} for entry_id, values in told.items()}
    changed = [
        entry_id
        for entry_id, entry in present.items()
        if stored_row(entry) != stored_row(Entry(entry_id, merged[entry_id]))
        or (entry_id in effects and (effects[entry_id].joined or effects[entry_id].left))
    ]
    lost = Counter(column for entry_id in changed for column in emptied(present[entry_id].values, merged[entry_id]))

    def rows_with(column: str) -> int:
        had = sum(has_value(entry.values, column) for entry in chain(present.values(), going.values()))
        return table.count_with(connection, column) - had + sum(has_value(row, column) for row in merged.values())

    changes = Changes(
        added=len(told) - len(present),
        changed=len(changed),
        removed=len(going),
        unchanged=record.entries - len(changed) - len(going),
        joined=sum(len(effect.joined) for effect in effects.values()),
        left=sum(len(effect.left) for effect in effects.values()),
    )
    losses = tuple(ColumnLoss(column, rows, everywhere=rows_with(column) <= 0) for column, rows in lost.items())
    return DeltaPreview(changes, losses, tuple(going[entry_id] for entry_id in sorted(going)[:limit]))


def _values(entries: Mapping[str, Entry], entry_id: str) -> Mapping[str, Scalar]:
    return entries[entry_id].values if entry_id in entries else {}
