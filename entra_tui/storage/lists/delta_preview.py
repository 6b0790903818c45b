"""What a delta would do to a list: seen once, judged, and then done as it was seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from entra_tui.model.entry import Changes, ColumnLoss, Entry
from entra_tui.storage.lists.edits import Edit, altered, gathered, has_value, new_row
from entra_tui.storage.lists.membership_table import MEMBER_COUNT, effect_on_new_group, stored_changes
from entra_tui.storage.lists.stored_row import decode

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from entra_tui.storage.lists.catalog import ListRecord
    from entra_tui.storage.lists.entry_table import EntryTable
    from entra_tui.storage.lists.membership_table import MemberChanges, MembershipEffect


@dataclass(frozen=True, slots=True)
class DeltaPreview:
    """What a merge would do; `ListDatabase.merge` does it.

    Attributes:
        changes: In rows; one that is told as it is already is unchanged.
        losses: Columns that rows would lose.
        removals: Rows that would go, or the first of them.
        record: The list as it was seen.
        edits: What happens, row by row.
        effects: Who joins and leaves which group.
    """

    changes: Changes
    losses: tuple[ColumnLoss, ...]
    removals: tuple[Entry, ...]
    record: ListRecord = field(repr=False)
    edits: Sequence[Edit] = field(repr=False)
    effects: Mapping[str, MembershipEffect] = field(repr=False)

    def require_same(self, record: ListRecord) -> EntryTable | None:
        """The rows of the list, once it is seen to be the one that it was.

        Raises:
            LockedError: It is not.
        """
        now, seen = ((one.id, one.table and one.table.number, one.entries) for one in (record, self.record))
        if now != seen:
            raise altered(record.name)
        return record.table


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

    A property that is absent stays, None clears it, and an id in `removed` goes. A group that is there keeps its
    members but for what is told, and an unknown number stays unknown. Of a new group all that is told are its members;
    without an entry in `members` their number is unknown.

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
    told = gathered(upserts, gone)
    if table is None:
        effects = {group: effect_on_new_group(stored_changes(members[group])) for group in told if group in members}
    elif (told or gone) and table.count(connection) != record.entries:
        raise table.damaged(connection)
    else:
        effects = table.member_effects(connection, told, gone, members)
    told.update((group, {**told.get(group, {}), MEMBER_COUNT: effect.count}) for group, effect in effects.items())
    if table is None:
        edits = [new_row(Entry(entry_id, values)) for entry_id, values in told.items()]
        return DeltaPreview(Changes(added=len(edits)), (), (), record, edits, effects)
    edits = [*_with_moves(connection, table, table.edits(connection, told, gone), effects)]
    going = [edit.id for edit in edits if edit.after is None]
    added = sum(edit.position is None for edit in edits)
    changed = len(edits) - added - len(going)
    changes = Changes(
        added,
        changed,
        len(going),
        unchanged=record.entries - changed - len(going),
        joined=sum(len(edit.joined) for edit in edits),
        left=sum(len(edit.left) for edit in edits),
    )
    lost = Counter(chain.from_iterable(edit.emptied for edit in edits))
    losses = tuple(
        ColumnLoss(column, rows, everywhere=not _any_with(connection, table, edits, column))
        for column, rows in lost.items()
    )
    going = sorted(going)[:limit]
    removals = table.entries(connection, going)
    return DeltaPreview(changes, losses, tuple(removals[entry_id] for entry_id in going), record, edits, effects)


def _with_moves(
    connection: sqlite3.Connection, table: EntryTable, edits: Iterable[Edit], effects: Mapping[str, MembershipEffect]
) -> Iterator[Edit]:
    """The edits with who joined and left, and behind them those of groups whose rows stay."""
    moves = {group: effect for group, effect in effects.items() if effect.joined or effect.left}
    for edit in edits:
        effect = moves.pop(edit.id, None)
        yield edit if effect is None else replace(edit, joined=effect.joined, left=effect.left)
    # As many joined as left.
    for group, row in table.held(connection, moves):
        joined, left = moves[group].joined, moves[group].left
        yield Edit(group, row.position, row.digest, row.body.decode(), row.digest, joined=joined, left=left)


def _any_with(connection: sqlite3.Connection, table: EntryTable, edits: Sequence[Edit], column: str) -> bool:
    """Whether any row has something to lose in a column afterwards."""
    rows = (decode(edit.id, edit.after.encode()) for edit in edits if edit.after is not None)
    if any(has_value(row.values, column) for row in rows):
        return True
    return table.any_with(connection, column, but=[edit.position for edit in edits if edit.position is not None])
