"""An entry's values as the cells of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.model.entry import Entry, Scalar


def row_of(entry: Entry, columns: Sequence[str]) -> dict[str, Scalar]:
    """An entry's values in the order of the columns; what is not set is None."""
    values: dict[str, Scalar] = {**entry.values, "id": entry.id}
    return {column: values.get(column) for column in columns}


def text_of_cell(value: Scalar) -> str:
    """A value as text; empty where it is not set."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
