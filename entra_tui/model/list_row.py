"""A row of a list, decoded straight into the columns that are asked for."""

from __future__ import annotations

from functools import cache
from typing import cast

import msgspec

from entra_tui.model.user_row import Integer

_Value = str | Integer | bool | None


class ListRow(msgspec.Struct, gc=False):
    """What every such row has; `list_row_type` adds the columns, each None where it is not set.

    It holds what every writer of JSON writes alike: whole texts, true and false, and whole numbers of 64 bits.

    Attributes:
        id: The object's id.
    """

    id: str = ""


@cache
def list_row_type(columns: tuple[str, ...]) -> type[ListRow]:
    """The type of a row with these columns behind the id, in this order.

    Raises:
        ValueError: One is there twice, or JSON escapes its name.
    """
    # A column may have a name that is none for a field.
    names = {f"column_{place}": column for place, column in enumerate(columns)}
    row = msgspec.defstruct(
        "ListRow", [(name, _Value, None) for name in names], bases=(ListRow,), rename=names, gc=False
    )
    return cast("type[ListRow]", row)
