"""Rows of a list as a screen or an export asks for them: sorted by display name, searched, filtered, at any place."""

from __future__ import annotations

import json
from contextlib import closing
from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.model.text import search_key
from entra_tui.storage.lists.membership_table import MEMBER_COUNT
from entra_tui.storage.lists.stored_row import DISABLED, GUEST, row_decoder

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from entra_tui.model.entry import Entry
    from entra_tui.model.list_row import ListRow
    from entra_tui.storage.lists.entry_table import EntryTable


class EntryFilter(Enum):
    """Which entries are wanted."""

    ALL = "all"
    DISABLED = "disabled"
    GUESTS = "guests"


_IN_ORDER: Final = "ORDER BY search, flags, position"
_FLAGS = {EntryFilter.ALL: 0, EntryFilter.DISABLED: DISABLED, EntryFilter.GUESTS: GUEST}


def count_rows(connection: sqlite3.Connection, table: EntryTable, search: str, wanted: EntryFilter) -> int:
    """How many rows match; one walk over the index where there is a search or a filter."""
    condition, values = _condition(search, wanted)
    (count,) = connection.execute(table.sql(f"SELECT count(*) FROM rows_{{n}} {condition}"), values).fetchone()  # noqa: S608
    return int(count)


def read_rows(
    connection: sqlite3.Connection,
    table: EntryTable,
    *,
    offset: int = 0,
    limit: int = -1,
    search: str = "",
    wanted: EntryFilter = EntryFilter.ALL,
) -> Iterator[Entry]:
    """The matching rows from a place on, all for a limit of -1. Skipped rows are passed over in the index alone."""
    condition, values = _condition(search, wanted)
    clause = f"{condition} {_IN_ORDER} LIMIT ? OFFSET ?"
    return table.read(connection, clause, (*values, limit, offset))


def read_in_columns(
    connection: sqlite3.Connection, table: EntryTable, columns: Sequence[str]
) -> Iterator[Entry | ListRow]:
    """All rows, with these columns; see `row_decoder`."""
    return table.read_as(connection, _IN_ORDER, (), row_decoder(columns))


def read_with_members(connection: sqlite3.Connection, table: EntryTable) -> Iterator[tuple[Entry, list[str]]]:
    """All rows, each with the ids of its members.

    Raises:
        DamagedListError: A row or its members are not what was put in.
    """
    query = table.sql(f"SELECT position FROM rows_{{n}} {_IN_ORDER}")  # noqa: S608
    # The index alone tells the positions, in the same order.
    with closing(connection.execute(query)) as positions:
        for entry, (position,) in zip(table.read(connection, _IN_ORDER), positions, strict=True):
            yield entry, table.members_at(connection, position, entry.values.get(MEMBER_COUNT))


def read_entries(connection: sqlite3.Connection, table: EntryTable, ids: Iterable[str]) -> Iterator[Entry]:
    """Those of `ids` that are there, in no order."""
    return table.read(connection, "WHERE id IN (SELECT value FROM json_each(?))", (json.dumps([*ids]),))


def read_rows_from_end(connection: sqlite3.Connection, table: EntryTable, left: int, *, limit: int) -> list[Entry]:
    """Of the last `left` rows the first `limit`, in the usual order: the end of a long list is near from behind."""
    given = min(left, limit)
    clause = "ORDER BY search DESC, flags DESC, position DESC LIMIT ? OFFSET ?"
    return list(table.read(connection, clause, (given, left - given)))[::-1]


def read_entry(connection: sqlite3.Connection, table: EntryTable, entry_id: str) -> Entry | None:
    """One entry by its id; None where there is none."""
    return next(table.read(connection, "WHERE id = ?", (entry_id,)), None)


def _condition(search: str, wanted: EntryFilter) -> tuple[str, list[str | int]]:
    """SQL for the rows that hold every word of `search`, wherever it stands in name or address."""
    words = search_key(search).split()
    conditions = ["instr(search, ?)"] * len(words)
    values: list[str | int] = [*words]
    if flag := _FLAGS[wanted]:
        conditions.append("flags & ?")
        values.append(flag)
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values
