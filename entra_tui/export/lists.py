"""A lookup list written in one of the formats, row by row whatever its size."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from entra_tui.model.connector import list_name
from entra_tui.model.entry import Entry
from entra_tui.model.permission import Feature
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.storage.private_output import private_output

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from entra_tui.export.formats import ExportFormat
    from entra_tui.model.entry import LookupList, Scalar
    from entra_tui.storage.lists import ListDatabase

Each = TypeVar("Each")

MEMBERSHIP_COLUMNS: Final = ("id", "displayName", "memberId", "memberDisplayName", "memberUserPrincipalName")
"""What is written of a membership: the group or role, and the member as the connector's users know it."""

_ASKED_AFTER: Final = 200
"""Rows, which take an instant."""

_BATCH: Final = 1000
_MOST_KNOWN: Final = 10_000
"""Members whose names are kept in memory."""


def _always() -> bool:
    return True


class ExportStoppedError(Exception):
    """Nobody waits for the export any more."""


def write_list(
    database: ListDatabase,
    wanted: LookupList,
    form: ExportFormat,
    out: BinaryIO,
    *,
    harmless_only: bool = False,
    memberships: bool = False,
    going_on: Callable[[], bool] = _always,
) -> int:
    """Write every entry of a list, as the list was at the first one.

    Args:
        database: Where the list is.
        wanted: The list.
        form: The format.
        out: Where the bytes go.
        harmless_only: True for a terminal: no control character gets through.
        memberships: Whether to write a line for each member of a group or role instead of one for each entry.
        going_on: Asked whether to go on, every few hundred lines.

    Returns:
        How many lines were written, the headings not counted.

    Raises:
        ExportStoppedError: `going_on` said no.
        StorageError: The list cannot be read.
    """
    columns = MEMBERSHIP_COLUMNS if memberships else list_columns(database, wanted)
    rows = _memberships(database, wanted) if memberships else database.iterate_columns(wanted.name, columns)
    # Closed early too, as when the reader of a pipe goes away.
    with closing(rows):
        return form.write(_asking(going_on, rows), columns, out, harmless_only)


def write_list_file(
    database: ListDatabase,
    wanted: LookupList,
    form: ExportFormat,
    path: Path,
    *,
    memberships: bool = False,
    going_on: Callable[[], bool] = _always,
) -> int:
    """Write a list to a file that its owner alone may read, replaced whole or not at all; else as `write_list`.

    Raises:
        FolderError: The file cannot be written.
    """
    with private_output(path) as file:
        return write_list(database, wanted, form, file, memberships=memberships, going_on=going_on)


def has_members(wanted: LookupList) -> bool:
    """Whether the entries of a list have members: groups and roles do, users do not."""
    return wanted.name != list_name(Feature.USERS, wanted.connector)


def list_columns(database: ListDatabase, wanted: LookupList) -> tuple[str, ...]:
    """The columns that users were read with, `id` first; other lists show those that any of their rows has."""
    if not has_members(wanted):
        return tuple(dict.fromkeys(("id", *(database.columns(wanted.name) or USER_COLUMNS))))
    seen: dict[str, None] = {"id": None}
    with closing(database.iterate(wanted.name)) as entries:
        for entry in entries:
            seen.update(dict.fromkeys(entry.values))
    return tuple(seen)


def _asking(going_on: Callable[[], bool], rows: Iterator[Each]) -> Iterator[Each]:
    while batch := [*islice(rows, _ASKED_AFTER)]:
        if not going_on():
            raise ExportStoppedError
        yield from batch


def _memberships(database: ListDatabase, wanted: LookupList) -> Generator[Entry, None, None]:
    """The memberships of a list, with the names of those members that the connector's users hold."""
    users = list_name(Feature.USERS, wanted.connector)
    known: dict[str, tuple[Scalar, Scalar]] = {}
    with closing(database.memberships(wanted.name)) as rows:
        while batch := list(islice(rows, _BATCH)):
            # A member of one group is often in the next.
            known = known if len(known) < _MOST_KNOWN else {}
            missing = {member for _, member in batch} - known.keys()
            found = database.entries_of(users, missing).values()
            known |= dict.fromkeys(missing, (None, None))
            known |= {one.id: (one.values.get("displayName"), one.values.get("userPrincipalName")) for one in found}
            for group, member in batch:
                name, address = known[member]
                yield Entry(
                    group.id,
                    {
                        "displayName": group.values.get("displayName"),
                        "memberId": member,
                        "memberDisplayName": name,
                        "memberUserPrincipalName": address,
                    },
                )
