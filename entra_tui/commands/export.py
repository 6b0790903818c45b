"""`entra-tui export`: a lookup list as a file, row by row whatever its size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.lists import narrate_read_only
from entra_tui.export.formats import ExportFormat
from entra_tui.export.lists import write_list, write_list_file
from entra_tui.model.text import harmless
from entra_tui.services import LISTS_FILE
from entra_tui.storage.errors import UnknownNameError
from entra_tui.storage.lists import ListDatabase

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.model.entry import LookupList
    from entra_tui.storage.folders import Folders


def export(console: Console, folders: Folders, *, name: str, form: str, target: str | None) -> ExitCode:
    """Write a lookup list.

    Args:
        console: Where to write.
        folders: Where the lists are kept.
        name: The list's name, without regard to case.
        form: `csv`, `json` or `jsonl`.
        target: A file, readable by its owner alone and replaced whole; None or `-` for stdout.

    Raises:
        StorageError: There is no such list, or something cannot be read or written.
    """
    with ListDatabase(folders.data / LISTS_FILE) as database:
        found = _find(database, name)
        narrate_read_only(database, console)
        if target in {None, "-"}:
            with console.binary() as out:
                write_list(database, found, ExportFormat(form), out, harmless_only=console.shows_data)
            return ExitCode.DONE
        path = Path(str(target)).expanduser()
        count = write_list_file(database, found, ExportFormat(form), path)
    console.narrate(f"Wrote {count:,} entries of '{found.name}' to {path}.")
    return ExitCode.DONE


def _find(database: ListDatabase, name: str) -> LookupList:
    lists = database.overview()
    for each in lists:
        if each.name.casefold() == name.casefold():
            return each
    known = ", ".join(f"'{each.name}'" for each in lists)
    advice = f"choose from {known}" if known else "add a connector first: `entra-tui connector add`"
    raise UnknownNameError(f"There is no lookup list '{harmless(name, limit=160)}'; {advice}.")
