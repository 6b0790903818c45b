"""`entra-tui list`: the lookup lists and how they stand."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.named_list import narrate_read_only
from entra_tui.commands.table import write_table
from entra_tui.model.quantities import full_read_age
from entra_tui.model.text import harmless
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.lists import ListDatabase
from entra_tui.storage.settings_file import SettingsFile

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.model.entry import LookupList
    from entra_tui.storage.folders import Folders

REMOVED: Final = "its connector was removed"
"""How a list stands that no connector fills any more."""


def show_lists(console: Console, folders: Folders, *, as_json: bool) -> ExitCode:
    """Show every lookup list.

    Raises:
        StorageError: The lists cannot be read.
    """
    with ListDatabase(folders.data / LISTS_FILE) as database:
        lists = database.overview()
        narrate_read_only(database, console)
    settings = SettingsFile(folders).read()
    orphans = [each for each in lists if not settings.has_connector(each.connector)]
    if as_json:
        console.write_json([_list_object(each, orphan=each in orphans) for each in lists])
    elif lists:
        now = datetime.now(UTC)
        rows = [
            (
                each.name,
                f"{each.entries:,}",
                _moment(each.synchronized_at),
                full_read_age(each, now),
                each.status.value + (f", {REMOVED}" if each in orphans else ""),
            )
            for each in lists
        ]
        write_table(("NAME", "ENTRIES", "SYNCHRONIZED (UTC)", "LAST FULL READ", "STATUS"), rows, console)
    else:
        console.narrate("There is no lookup list yet; a connector brings its own: `entra-tui connector add`.")
    for each in orphans:
        name = shlex.quote(harmless(each.name))
        console.narrate(f"The connector of {name} was removed; `entra-tui list --remove {name}` removes the list.")
    return ExitCode.DONE


def _list_object(each: LookupList, *, orphan: bool) -> dict[str, object]:
    return {
        "name": each.name,
        "connector": each.connector,
        "entries": each.entries,
        "synchronized_at": _iso(each.synchronized_at),
        "full_read_at": _iso(each.full_read_at),
        "status": each.status.value,
        "orphan": orphan,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moment(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
