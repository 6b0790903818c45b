"""Numbers and lengths of time in a person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from entra_tui.model.entry import LookupList

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def count(number: int, one: str, several: str = "") -> str:
    """A number and what is counted, such as `1 page` or `1,000 entries`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def age(moment: datetime, now: datetime) -> str:
    """How long ago an aware moment was, such as `just now`, `5 min ago`, `3 h ago` or `2 d ago`."""
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    return f"{int(seconds // _DAY):,} d ago"


def full_read_age(one: LookupList, now: datetime) -> str:
    """How long ago everything was last read into a list; `never` before the first time, `unknown` where not known."""
    if one.full_read_at is not None:
        return age(one.full_read_at, now)
    return "never" if one.synchronized_at is None else "unknown"
