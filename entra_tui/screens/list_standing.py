"""How a lookup list stands, in a line or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.entry import ListStatus
from entra_tui.model.quantities import count, full_read_age
from entra_tui.screens.moment import moment
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from datetime import datetime

    from entra_tui.model.entry import LookupList


def list_lines(one: LookupList, now: datetime, *, width: int, shown: str = "") -> list[str]:
    """How a list stands, how many entries it holds, and when it was last read in full.

    Args:
        one: The list.
        now: The present moment.
        width: Cells of a line: what does not fit makes a second one.
        shown: What follows the number of entries.
    """
    first = f"{list_standing(one)}, {count(one.entries, 'entry', 'entries')}{shown}"
    if one.synchronized_at is None:
        return [first]
    age = full_read_age(one, now)
    whole = f"{first}, {f'full read {age}' if one.full_read_at else 'last full read unknown'}"
    return [whole] if len(whole) <= width else [first, f"Last full read: {age}"]


def list_standing(one: LookupList) -> str:
    """A sign and words, such as `+ synchronized 2026-11-23 08:41` in ASCII."""
    when = f" {moment(one.synchronized_at)}" if one.synchronized_at else ""
    kept = f"; as of{when}" if when else ""
    signs = symbols()
    match one.status:
        case ListStatus.NEW:
            return f"{signs.waiting} not synchronized yet"
        case ListStatus.SYNCHRONIZED:
            return f"{signs.passed} synchronized{when}"
        case ListStatus.FAILED:
            return f"{signs.failed} last synchronization failed{kept}"
        case ListStatus.HELD:
            return f"{signs.warning} last synchronization held back{kept}"
