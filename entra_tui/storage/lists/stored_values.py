"""What the database gives back, seen to be what was put in: anybody may have edited the file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from enum import Enum

Kind = TypeVar("Kind", bound="Enum")

_LARGEST_COUNT: Final = 2**53
"""More than there ever are of anything, and still far from where SQLite's numbers end."""


class StrangeValueError(Exception):
    """A stored value that this program never wrote; the message says which, without the value."""


def is_not_utf8(error: sqlite3.Error) -> bool:
    """Whether the driver met a text that is not UTF-8; for that it has no code."""
    return str(error).startswith("Could not decode to UTF-8")


def text_of(value: object, what: str) -> str:
    """A text.

    Raises:
        StrangeValueError: It is none.
    """
    if not isinstance(value, str):
        raise StrangeValueError(f"{what} is not text")
    return value


def number_of(value: object, what: str) -> int:
    """A count.

    Raises:
        StrangeValueError: It is none.
    """
    if not isinstance(value, int) or not 0 <= value <= _LARGEST_COUNT:
        raise StrangeValueError(f"{what} is not a count")
    return value


def moment_of(value: object, what: str) -> datetime:
    """An aware time.

    Raises:
        StrangeValueError: It is none.
    """
    try:
        moment = datetime.fromisoformat(text_of(value, what))
    except ValueError as error:
        raise StrangeValueError(f"{what} is not a time") from error
    if moment.tzinfo is None:
        raise StrangeValueError(f"{what} has no time zone")
    return moment


def kind_of(kinds: type[Kind], value: object, what: str) -> Kind:
    """A member of an enum, by its value.

    Raises:
        StrangeValueError: There is none of that value.
    """
    try:
        return kinds(value)
    except ValueError as error:
        raise StrangeValueError(f"{what} is unknown") from error
