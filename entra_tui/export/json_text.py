"""Rows as objects of JSON, in the form that `json.dumps` gives them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from entra_tui.model.list_row import ListRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.export.cells import Row

_encode = msgspec.json.Encoder().encode
_to_ascii = json.JSONEncoder().encode
_to_unicode = json.JSONEncoder(ensure_ascii=False).encode


def json_objects(rows: Sequence[Row], *, harmless_only: bool) -> list[bytes]:
    """Each row as an object on one line, without the line's end; half a surrogate pair becomes a question mark.

    Args:
        rows: Values by column.
        harmless_only: True for a terminal: escaped to ASCII, nothing in a text is more than letters to it.
    """
    if harmless_only:
        return [_to_ascii(msgspec.to_builtins(row)).encode() for row in rows]
    return [
        msgspec.json.format(_encode(row), indent=0)
        if isinstance(row, ListRow)
        else _to_unicode(row).encode("utf-8", "replace")
        for row in rows
    ]
