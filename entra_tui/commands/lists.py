"""`entra-tui list`: the lookup lists and how they stand."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.table import write_table
from entra_tui.services import LISTS_FILE
from entra_tui.storage.lists import ListDatabase

if TYPE_CHECKING:
    from datetime import datetime

    from entra_tui.commands.console import Console
    from entra_tui.model.entry import LookupList
    from entra_tui.storage.folders import Folders


def narrate_read_only(database: ListDatabase, console: Console) -> None:
    """Say why nothing can be written, where that is so."""
    if database.why_read_only:
        console.narrate(f"entra-tui: {database.why_read_only}")


def show_lists(console: Console, folders: Folders, *, as_json: bool) -> ExitCode:
    """Show every lookup list.

    Raises:
        StorageError: The lists cannot be read.
    """
    with ListDatabase(folders.data / LISTS_FILE) as database:
        lists = database.overview()
        narrate_read_only(database, console)
    if as_json:
        console.write_json([_list_object(each) for each in lists])
    elif lists:
        rows = [(each.name, f"{each.entries:,}", _moment(each.synchronized_at), each.status.value) for each in lists]
        write_table(("NAME", "ENTRIES", "SYNCHRONIZED (UTC)", "STATUS"), rows, console)
    else:
        console.narrate("There is no lookup list yet; a connector brings its own: `entra-tui connector add`.")
    return ExitCode.DONE


def _list_object(each: LookupList) -> dict[str, object]:
    moment = each.synchronized_at
    return {
        "name": each.name,
        "connector": each.connector,
        "entries": each.entries,
        "synchronized_at": None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "status": each.status.value,
    }


def _moment(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
