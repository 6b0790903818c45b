"""The list that a command names, and whether it can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.text import harmless
from entra_tui.storage.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.commands.console import Console
    from entra_tui.model.entry import LookupList
    from entra_tui.storage.lists import ListDatabase


def find_list(lists: Iterable[LookupList], name: str) -> LookupList:
    """The list of a name, without regard to case.

    Raises:
        UnknownNameError: There is none.
    """
    known = []
    for each in lists:
        if each.name.casefold() == name.casefold():
            return each
        known.append(f"'{each.name}'")
    advice = f"choose from {', '.join(known)}" if known else "add a connector first: `entra-tui connector add`"
    raise UnknownNameError(f"There is no lookup list '{harmless(name, limit=160)}'; {advice}.")


def narrate_read_only(database: ListDatabase, console: Console) -> None:
    """Say why nothing can be written, where that is so."""
    if database.why_read_only:
        console.narrate(f"entra-tui: {database.why_read_only}")
