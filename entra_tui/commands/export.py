"""`entra-tui export`: a lookup list as a file, row by row whatever its size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from entra_tui.commands.errors import UsageError
from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.named_list import find_list, narrate_read_only
from entra_tui.export.formats import CSV, EXCEL, FORMATS, RAW_CSV, format_of_file
from entra_tui.export.lists import has_members, write_list, write_list_file
from entra_tui.model.connector import list_name
from entra_tui.model.permission import Feature
from entra_tui.model.text import harmless
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.lists import ListDatabase

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.model.entry import LookupList
    from entra_tui.storage.folders import Folders

_OTHER_WORKBOOKS: Final = (".xls", ".xlsm", ".xlsb")
"""Endings that Excel takes for a workbook, which it then finds broken."""

_KINDS: Final = (("groups", "group"), ("roles", "role"))


def export(
    console: Console,
    folders: Folders,
    *,
    name: str,
    form: str | None,
    target: str | None,
    raw: bool = False,
    memberships: bool = False,
) -> ExitCode:
    """Write a lookup list.

    Args:
        console: Where to write.
        folders: Where the lists are kept.
        name: The list's name, without regard to case.
        form: Name of one of `FORMATS`; None for the one that the target's ending names.
        target: A file, readable by its owner alone and replaced whole; None or `-` for stdout.
        raw: Whether CSV keeps texts that a spreadsheet could run; the other formats always do.
        memberships: Whether to write a line for each member of a group or role.

    Raises:
        UsageError: The format is nothing to show on a terminal, the file's ending names one that cannot be written,
            or the entries of the list have no members.
        StorageError: There is no such list, or something cannot be read or written.
    """
    file = None if target in {None, "-"} else target
    chosen = FORMATS[form] if form is not None else format_of_file(file or "")
    if file is None and console.shows_data and not chosen.for_terminal:
        raise UsageError(f"A terminal cannot show the format {chosen.name}; write it to a file with -o FILE.")
    if file is not None and (form is None or chosen is EXCEL) and file.lower().endswith(_OTHER_WORKBOOKS):
        raise UsageError(
            f"entra-tui cannot write the format of '{harmless(file, limit=160)}'; for Excel name the file .xlsx."
        )
    if raw and chosen is CSV:
        chosen = RAW_CSV
    with ListDatabase(folders.data / LISTS_FILE) as database:
        found = find_list(database.overview(), name)
        narrate_read_only(database, console)
        if memberships and not has_members(found):
            raise UsageError(
                f"'{found.name}' has no memberships; name the connector's list of groups or of directory roles."
            )
        if file is None:
            with console.binary() as out:
                write_list(database, found, chosen, out, harmless_only=console.shows_data, memberships=memberships)
            _narrate_unknown(database, found, console, memberships=memberships)
            return ExitCode.DONE
        path = Path(file).expanduser()
        count = write_list_file(database, found, chosen, path, memberships=memberships)
        _narrate_unknown(database, found, console, memberships=memberships)
    what = "memberships" if memberships else "entries"
    console.narrate(f"Wrote {count:,} {what} of '{found.name}' to {path}.")
    return ExitCode.DONE


def _narrate_unknown(database: ListDatabase, found: LookupList, console: Console, *, memberships: bool) -> None:
    """Say whose members are missing from what was written."""
    unknown = database.count_unknown_members(found.name) if memberships else 0
    if unknown:
        many, one = _KINDS[found.name == list_name(Feature.DIRECTORY_ROLES, found.connector)]
        whose = f"{unknown:,} {many if unknown > 1 else one}"
        console.narrate(f"The members of {whose} are unknown; they are left out.")
