"""A user as a row: the columns of a list, typed, as a page of Graph's is decoded into them."""

from __future__ import annotations

from functools import cache
from typing import Annotated, ClassVar, Final, cast

import msgspec

from entra_tui.model.entry import Scalar  # noqa: TC001 - msgspec reads the annotations

LARGEST_INTEGER: Final = 2**63 - 1
"""The largest number that a column can hold; the smallest is its negative."""

Integer = Annotated[int, msgspec.Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
"""A whole number that a column can hold."""

_Value = str | Integer | float | bool | None


class UserRow(msgspec.Struct, omit_defaults=True, gc=False):
    """What every such row has; `user_row_type` adds the columns, each None where it is not set.

    Attributes:
        id: The object's id, never empty.
    """

    id: Annotated[str, msgspec.Meta(min_length=1)]
    # What a list is searched by and filtered by, for a row without the column.
    displayName: ClassVar[Scalar] = None  # noqa: N815 - Graph's name
    userPrincipalName: ClassVar[Scalar] = None  # noqa: N815 - Graph's name
    mail: ClassVar[Scalar] = None
    accountEnabled: ClassVar[Scalar] = None  # noqa: N815 - Graph's name
    userType: ClassVar[Scalar] = None  # noqa: N815 - Graph's name


@cache
def user_row_type(columns: tuple[str, ...]) -> type[UserRow]:
    """The type of a row with these columns besides the id.

    Its fields are in order of name, so that a row is encoded in the one form in which rows are stored and compared.
    """
    fields = [(name, _Value, None) for name in sorted(columns)]
    row = msgspec.defstruct("UserRow", fields, bases=(UserRow,), omit_defaults=True, gc=False)
    return cast("type[UserRow]", row)
