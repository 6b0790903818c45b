"""`entra-tui export`: a lookup list as a file, row by row whatever its size."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.export_formats import WRITERS, ExportFormat
from entra_tui.commands.private_output import private_output
from entra_tui.model.connector import list_name
from entra_tui.model.entry import USER_COLUMNS
from entra_tui.model.permission import Feature
from entra_tui.model.text import harmless
from entra_tui.services import LISTS_FILE
from entra_tui.storage.errors import UnknownNameError
from entra_tui.storage.lists import ListDatabase

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

    from entra_tui.commands.console import Console
    from entra_tui.model.entry import Entry, LookupList
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
    folders.ensure()
    with ListDatabase(folders.data / LISTS_FILE) as database:
        found = _find(database, name)
        if target in {None, "-"}:
            _write(database, found, ExportFormat(form), console.binary, harmless_only=console.shows_data)
            return ExitCode.DONE
        path = Path(str(target)).expanduser()
        with private_output(path) as file:
            count = _write(database, found, ExportFormat(form), file, harmless_only=False)
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


def _write(database: ListDatabase, found: LookupList, form: ExportFormat, out: BinaryIO, *, harmless_only: bool) -> int:
    write = WRITERS[form]
    columns = _columns(database, found)
    with closing(_entries(database, found)) as entries:
        return write(entries, columns, out, harmless_only)


def _entries(database: ListDatabase, found: LookupList) -> Generator[Entry, None, None]:
    """The rows, in a form that can be closed early, as when the reader of a pipe goes away."""
    yield from database.iterate(found.name)


def _columns(database: ListDatabase, found: LookupList) -> tuple[str, ...]:
    """The columns of users are always the same; other lists show those that any of their rows has."""
    if found.name == list_name(Feature.USERS, found.connector):
        return USER_COLUMNS
    seen: dict[str, None] = {"id": None}
    with closing(_entries(database, found)) as entries:
        for entry in entries:
            seen.update(dict.fromkeys(entry.values))
    return tuple(seen)
