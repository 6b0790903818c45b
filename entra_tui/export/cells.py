"""Entries' values as the cells of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from entra_tui.model.entry import Entry, Scalar


def rows_of(entries: Iterable[Entry], columns: Sequence[str]) -> Iterator[dict[str, Scalar]]:
    """Each entry's values in the order of the columns; what is not set is None."""
    nothing: dict[str, Scalar] = dict.fromkeys(columns)
    for entry in entries:
        row = {**nothing, **entry.values, "id": entry.id}
        # Values of other columns stand behind.
        yield row if len(row) == len(nothing) else {column: row[column] for column in columns}


def text_of_cell(value: Scalar) -> str:
    """A value as text; empty where it is not set."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
