"""What a delta would do to a list: as much as must be known before it is merged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entra_tui.model.entry import Changes, ColumnLoss

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from entra_tui.model.entry import Entry
    from entra_tui.storage.lists.catalog import ListRecord


@dataclass(frozen=True, slots=True)
class DeltaPreview:
    """What a merge would do.

    Attributes:
        changes: In rows; one that is told as it is already counts as changed.
        losses: Columns that rows would lose.
        removals: Rows that would go, or the first of them.
    """

    changes: Changes
    losses: tuple[ColumnLoss, ...]
    removals: tuple[Entry, ...]


def preview_merge(
    connection: sqlite3.Connection, record: ListRecord, upserts: Iterable[Entry], removed: Iterable[str], *, limit: int
) -> DeltaPreview:
    """What merging `upserts` and `removed` into a list would do; within the caller's transaction.

    Args:
        connection: Reads the list.
        record: The list.
        upserts: Changed or new entries.
        removed: Entries that are gone.
        limit: How many of the rows that would go to give at most.
    """
    table = record.table
    if table is None:
        return DeltaPreview(Changes(added=len({entry.id for entry in upserts})), (), ())
    gone = set(removed)
    told = {entry.id: entry.values for entry in upserts if entry.id not in gone}
    present = table.entries(connection, told)
    going = table.entries(connection, gone)
    emptied = Counter(
        column
        for entry_id, entry in present.items()
        for column, value in entry.values.items()
        if value is not None and column in told[entry_id] and told[entry_id][column] is None
    )
    removals = [going[entry_id] for entry_id in sorted(going)[:limit]]
    changes = Changes(len(told) - len(present), len(present), len(going), record.entries - len(present) - len(going))
    losses = [
        ColumnLoss(column, rows, everywhere=table.count_with(connection, column) <= rows)
        for column, rows in emptied.items()
    ]
    return DeltaPreview(changes, tuple(losses), tuple(removals))
