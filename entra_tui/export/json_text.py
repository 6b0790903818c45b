"""Rows as objects of JSON, in the form that `json.dumps` gives them."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from entra_tui.model.entry import Scalar

_compact = msgspec.json.Encoder().encode
_to_ascii: Final = json.JSONEncoder().encode
_to_unicode: Final = json.JSONEncoder(ensure_ascii=False).encode


def json_objects(rows: Sequence[Mapping[str, Scalar]], *, harmless_only: bool) -> list[bytes]:
    """Each row as an object on a line of its own, without its end; half a surrogate pair becomes a question mark.

    Args:
        rows: Values by column.
        harmless_only: True for a terminal: escaped to ASCII, nothing in a text is more than letters to it.
    """
    if harmless_only:
        return [_to_ascii(row).encode() for row in rows]
    # The quick one writes floating-point numbers otherwise, and knows neither half a surrogate pair nor 65 bits.
    if float not in map(type, chain.from_iterable([row.values() for row in rows])):
        with suppress(UnicodeEncodeError, OverflowError):
            return [msgspec.json.format(_compact(row), indent=0) for row in rows]
    return [_to_unicode(row).encode("utf-8", "replace") for row in rows]
