"""Objects of Graph as rows of a lookup list."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.model.user_columns import ABSENT, user_column
from entra_tui.model.user_row import LARGEST_INTEGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from entra_tui.model.entry import Scalar
    from entra_tui.model.user_columns import UserColumn

REMOVED: Final = "@removed"
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class RowColumns:
    """The columns of a row besides the id, told apart by how they are taken from an object of Graph's.

    Attributes:
        plain: Those that are one value under their own name: nearly all.
        derived: The others.
    """

    plain: tuple[str, ...]
    derived: tuple[UserColumn, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.plain, *(column.name for column in self.derived))


def user_row_columns(names: Iterable[str]) -> RowColumns:
    """The columns of a list of users, `id` left out."""
    columns = [user_column(name) for name in names if name != "id"]
    return RowColumns(
        tuple(column.name for column in columns if column.read is None),
        tuple(column for column in columns if column.read is not None),
    )


def values_of(item: Mapping[str, object], columns: RowColumns) -> dict[str, Scalar]:
    """The columns that `item` has, as it has them; one that it lacks is left out.

    The text of a directory is data, so it is kept as it is: whoever shows it makes it harmless. What no column can
    hold (a list, an object, a number that is none) becomes None, as though it were not set.
    """
    values: dict[str, Scalar] = {}
    for column in columns.plain:
        if column in item:
            value = item[column]
            # Nearly every value is plain text, and there are millions.
            values[column] = value if isinstance(value, str) and value.isascii() else scalar_of(value)
    if columns.derived:
        values.update(_derived(item, columns.derived))
    return values


def held_of(item: Mapping[str, object], columns: RowColumns) -> dict[str, Scalar]:
    """As `values_of` without what is None, for an object that is told as a whole."""
    values = {
        # Nearly every value is plain text, and there are millions.
        column: value if type(value) is str and value.isascii() else scalar_of(value)
        for column in columns.plain
        if (value := item.get(column)) is not None
    }
    if columns.derived:
        values.update((name, value) for name, value in _derived(item, columns.derived) if value is not None)
    return values


def _derived(item: Mapping[str, object], columns: tuple[UserColumn, ...]) -> Iterator[tuple[str, Scalar]]:
    for column in columns:
        if column.read is not None and (value := column.read(item)) is not ABSENT:
            yield column.name, joined(value)


def joined(value: object) -> Scalar:
    """A list of texts, such as `businessPhones`, as one text, or None where it is empty; another value as it is."""
    if isinstance(value, list):
        return ", ".join(text_of(part) for part in value if isinstance(part, str)) or None
    return scalar_of(value)


def scalar_of(value: object) -> Scalar:
    """`value` where a column can hold it, else None."""
    match value:
        case None | bool():
            return value
        case str():
            return text_of(value)
        case int():
            return value if abs(value) <= LARGEST_INTEGER else None
        case float():
            return value if math.isfinite(value) else None
        case _:
            return None


def id_of(item: Mapping[str, object]) -> str:
    """The id of an object, fit for the database; a GUID in lower case, since one object may come in two spellings."""
    # SQLite ends a text of JSON, by which ids are looked up, at a NUL.
    written = text_of(str(item["id"])).replace("\0", "\N{REPLACEMENT CHARACTER}")
    lowered = written.lower()
    return lowered if lowered != written and _GUID.fullmatch(lowered) else written


def ids_of(items: Sequence[Mapping[str, str]]) -> list[str]:
    """The `id_of` of each, sooner than one by one where they are written in small letters, as nearly all are."""
    ids = [item["id"] for item in items]
    together = "".join(ids)
    is_plain = together.isascii() and together == together.lower() and "\0" not in together
    return ids if is_plain else [*map(id_of, items)]


def text_of(text: str) -> str:
    """`text`, with half a surrogate pair, which JSON may carry and no file can, replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
