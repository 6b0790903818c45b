"""Pages of users, decoded into rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from entra_tui.graph.page import Page, read_page
from entra_tui.model.user_row import UserRow, user_row_type
from entra_tui.sync.rows import held_of, id_of

if TYPE_CHECKING:
    from entra_tui.graph.answer import Answer
    from entra_tui.sync.rows import RowColumns

_Text = Annotated[str, msgspec.Meta(min_length=1)]


class UserPageReader:
    """Reads a page of `GET /users` as rows of a list.

    What is as Microsoft's documents say goes from the answer's bytes into rows, without a dictionary in between. Any
    other page, and one of columns that are not one value each, is read as every page is, object by object.

    Args:
        columns: The columns of the list.
    """

    def __init__(self, columns: RowColumns) -> None:
        self._columns = columns
        self._row = user_row_type(columns.names)
        self._decode = None if columns.derived else _decoder(self._row).decode

    def __call__(self, answer: Answer) -> Page:
        """The page that an answer holds.

        Raises:
            Unreadable: As `read_page`.
        """
        page = self._typed(answer.body)
        if page is not None:
            return page
        page = read_page(answer)
        users = [self._row(id=id_of(item), **held_of(item, self._columns)) for item in page.items]
        return Page(page.ids, (), page.next_link, page.delta_link, page.count, users, page.without_id)

    def _typed(self, body: bytes) -> Page | None:
        if self._decode is None:
            return None
        try:
            if not body.isascii():
                # What belongs to no row, a link's name for one, is passed over whatever its bytes are.
                body.decode()
            told = self._decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        ids = [user.id for user in told.value]
        letters = "".join(ids)
        if letters != letters.lower() or "\0" in letters:
            # One object may come in two spellings, and no id keeps a NUL; see `id_of`.
            return None
        return Page(ids, (), told.next_link, told.delta_link, told.count, told.value)


def _decoder(row: type[UserRow]) -> msgspec.json.Decoder[Any]:
    fields: list[tuple[str, Any, Any]] = [
        ("value", list[row], msgspec.NODEFAULT),  # type: ignore[valid-type]
        ("next_link", _Text | None, msgspec.field(default=None, name="@odata.nextLink")),
        ("delta_link", _Text | None, msgspec.field(default=None, name="@odata.deltaLink")),
        (
            "count",
            Annotated[int, msgspec.Meta(ge=0, le=10**12 - 1)] | None,
            msgspec.field(default=None, name="@odata.count"),
        ),
    ]
    return msgspec.json.Decoder(msgspec.defstruct("_Users", fields))
