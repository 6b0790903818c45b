"""How a lookup list stands, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.entry import ListStatus
from entra_tui.screens.moment import moment
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from entra_tui.model.entry import LookupList


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
