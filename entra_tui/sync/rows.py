"""Objects of Graph as rows of a lookup list."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from entra_tui.model.entry import Scalar

REMOVED: Final = "@removed"
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LARGEST_INTEGER: Final = 2**63 - 1


def values_of(item: Mapping[str, object], columns: Iterable[str]) -> dict[str, Scalar]:
    """The columns that `item` has, as it has them; one that it lacks is left out.

    The text of a directory is data, so it is kept as it is: whoever shows it makes it harmless. What no column can
    hold (a list, an object, a number that is none) becomes None, as though it were not set.
    """
    values: dict[str, Scalar] = {}
    for column in columns:
        if column in item:
            value = item[column]
            # Nearly every value is plain text, and there are millions.
            values[column] = value if isinstance(value, str) and value.isascii() else scalar_of(value)
    return values


def held_of(item: Mapping[str, object], columns: Iterable[str]) -> dict[str, Scalar]:
    """As `values_of` without what is None, for an object that is told as a whole."""
    return {
        # Nearly every value is plain text, and there are millions.
        column: value if type(value) is str and value.isascii() else scalar_of(value)
        for column in columns
        if (value := item.get(column)) is not None
    }


def scalar_of(value: object) -> Scalar:
    """`value` where a column can hold it, else None."""
    match value:
        case None | bool():
            return value
        case str():
            return text_of(value)
        case int():
            return value if abs(value) <= _LARGEST_INTEGER else None
        case float():
            return value if math.isfinite(value) else None
        case _:
            return None


def id_of(item: Mapping[str, object]) -> str:
    """The id of an object, fit for the database; a GUID in lower case, since one object may come in two spellings."""
    written = text_of(str(item["id"]))
    lowered = written.lower()
    return lowered if lowered != written and _GUID.fullmatch(lowered) else written


def text_of(text: str) -> str:
    """`text`, with half a surrogate pair, which JSON may carry and no file can, replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
