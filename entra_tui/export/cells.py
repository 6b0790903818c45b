"""Entries' values as the cells of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import astuple

from entra_tui.model.list_row import ListRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from entra_tui.model.entry import Entry, Scalar

    Row = ListRow | dict[str, Scalar]
    """What a writer takes: values by column."""


def rows_of(entries: Iterable[Entry | ListRow], columns: Sequence[str]) -> Iterator[Row]:
    """Each entry's values in the order of the columns; what is not set is None. A `ListRow` has them so already."""
    nothing: dict[str, Scalar] = dict.fromkeys(columns)
    for entry in entries:
        if isinstance(entry, ListRow):
            yield entry
            continue
        row = {**nothing, **entry.values, "id": entry.id}
        # Values of other columns stand behind.
        yield row if len(row) == len(nothing) else {column: row[column] for column in columns}


def cells_of(row: Row) -> Collection[Scalar]:
    """A row's values in the order of its columns."""
    return astuple(row) if isinstance(row, ListRow) else row.values()


def text_of_cell(value: Scalar) -> str:
    """A value as text; empty where it is not set."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
