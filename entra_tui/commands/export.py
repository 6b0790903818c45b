"""`entra-tui export`: a lookup list as a file, row by row whatever its size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from entra_tui.commands.errors import UsageError
from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.lists import find_list, narrate_read_only
from entra_tui.export.formats import CSV, FORMATS, RAW_CSV, format_of_file
from entra_tui.export.lists import has_members, write_list, write_list_file
from entra_tui.services import LISTS_FILE
from entra_tui.storage.lists import ListDatabase

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.storage.folders import Folders


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
        UsageError: The format is nothing to show on a terminal, or the entries of the list have no members.
        StorageError: There is no such list, or something cannot be read or written.
    """
    file = None if target in {None, "-"} else target
    chosen = FORMATS[form] if form is not None else format_of_file(file or "")
    if file is None and console.shows_data and not chosen.for_terminal:
        raise UsageError(f"A terminal cannot show the format {chosen.name}; write it to a file with -o FILE.")
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
            return ExitCode.DONE
        path = Path(file).expanduser()
        count = write_list_file(database, found, chosen, path, memberships=memberships)
    what = "memberships" if memberships else "entries"
    console.narrate(f"Wrote {count:,} {what} of '{found.name}' to {path}.")
    return ExitCode.DONE
