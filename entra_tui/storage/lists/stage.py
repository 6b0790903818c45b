"""A full read in progress: rows beside the present ones, kept page by page, that become the list all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.model.entry import Entry
from entra_tui.storage.errors import StageLostError
from entra_tui.storage.lists.entry_table import ChangeKind, EntryTable, decode, stored
from entra_tui.storage.lists.history import RunOutcome, record_replacement, record_run
from entra_tui.storage.lists.stored_values import StrangeValueError, moment_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from entra_tui.model.entry import Changes
    from entra_tui.storage.lists.catalog import ListRecord
    from entra_tui.storage.lists.connection import Connections
    from entra_tui.storage.lists.entry_table import StoredRows
    from entra_tui.storage.lists.history import RunReport


_REMOVALS: Final = """
    SELECT old.id, CAST(body AS BLOB) FROM ids_{old} AS old LEFT JOIN ids_{n} AS new ON new.id = old.id
    JOIN rows_{old} AS held ON held.position = old.position WHERE new.id IS NULL LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a full read goes on after an interruption.

    Attributes:
        next_link: Address of the next page; None when all pages are staged.
        delta_link: Delta link taken before the first page, to catch up from; None where delta is not offered.
        pages: Pages read so far.
        expected: Entries that the tenant said it holds; None when it did not say.
    """

    next_link: str | None
    delta_link: str | None
    pages: int = 0
    expected: int | None = None


class Stage:
    """The staged rows of one list. `ListDatabase.begin_stage` and `open_stage` give one.

    Each method is one transaction, so a process that is killed leaves the last page that it committed, and the list
    as it was. Methods block; call them from one worker thread.

    Attributes:
        list_name: Name of the list.
        started_at: When the read began, aware.
        checkpoint: As of the last page; None before the first.
        entries: Distinct entries staged.
        columns: Which properties are read; empty where that is not known.
    """

    def __init__(
        self,
        connections: Connections,
        record: ListRecord,
        table: EntryTable,
        started_at: datetime,
        columns: Sequence[str] = (),
    ) -> None:
        self._connections = connections
        self._list = record.id
        self._table = table
        self.list_name = record.name
        self.started_at = started_at
        self.checkpoint: Checkpoint | None = None
        self.entries = 0
        self.columns = tuple(columns)

    @classmethod
    def begin(
        cls,
        connections: Connections,
        connection: sqlite3.Connection,
        record: ListRecord,
        started_at: datetime,
        columns: Sequence[str],
    ) -> Stage:
        """An empty stage, in place of one that is there; within the caller's transaction."""
        _delete(connection, record.id)
        table = EntryTable.create(connection)
        connection.execute(
            "INSERT INTO stages (list, table_number, started_at, columns) VALUES (?, ?, ?, ?)",
            (record.id, table.number, started_at.isoformat(), ",".join(columns) or None),
        )
        return cls(connections, record, table, started_at, columns)

    @classmethod
    def reopen(cls, connections: Connections, connection: sqlite3.Connection, record: ListRecord) -> Stage | None:
        """The stage that an interrupted run left; None where there is none."""
        row = connection.execute(
            "SELECT table_number, started_at, entries, next_link, delta_link, pages, expected, columns"
            " FROM stages WHERE list = ?",
            (record.id,),
        ).fetchone()
        if row is None:
            return None
        number, started_at, entries, next_link, delta_link, pages, expected, columns = row
        read = columns.split(",") if columns else ()
        stage = cls(connections, record, EntryTable(number), moment_of(started_at, "a stage's time"), read)
        stage.entries = entries
        if pages:
            stage.checkpoint = Checkpoint(next_link, delta_link, pages, expected)
        return stage

    def add(self, entries: Iterable[Entry], *, checkpoint: Checkpoint) -> int:
        """As `add_stored`, from entries as they are read."""
        return self.add_stored(stored((entry.id, entry.values) for entry in entries), checkpoint=checkpoint)

    def add_stored(self, rows: StoredRows, *, checkpoint: Checkpoint) -> int:
        """Stage one page and its checkpoint, both or neither. An id counts once; the last one wins.

        Returns:
            How many ids the stage did not hold before.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        with self._connections.write() as connection:
            self._check(connection)
            fresh = self._table.put(connection, rows)
            self._keep(connection, checkpoint, self.entries + fresh)
        self.checkpoint = checkpoint
        self.entries += fresh
        return fresh

    def catch_up(self, upserts: Iterable[Entry], removed_ids: Iterable[str], *, checkpoint: Checkpoint) -> None:
        """Merge what changed in the tenant while it was read, with a checkpoint; as `ListDatabase.apply` merges.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        entries = self.entries
        with self._connections.write() as connection:
            self._check(connection)
            for edit in self._table.merge(connection, upserts, removed_ids):
                entries += (edit.kind is ChangeKind.ADDED) - (edit.kind is ChangeKind.REMOVED)
            self._keep(connection, checkpoint, entries)
        self.checkpoint = checkpoint
        self.entries = entries

    def index(self) -> None:
        """Make the index of the staged rows, which `swap` would make else; best when all pages are staged.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        with self._connections.write() as connection:
            self._check(connection)
            self._table.index(connection)

    def preview(self) -> Changes:
        """What a swap would do now.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked or damaged.
        """
        with self._connections.read() as connection:
            return self._table.compare(connection, self._check(connection))

    def removals(self, *, limit: int = 100) -> list[Entry]:
        """Entries of the present list that a swap would remove.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked or damaged.
        """
        with self._connections.read() as connection:
            present = self._check(connection)
            if present is None:
                return []
            found = connection.execute(self._table.sql(_REMOVALS, old=present), (limit,))
            return [_example(entry_id, body) for entry_id, body in found]

    def swap(self, report: RunReport, *, delta_link: str | None) -> Changes:
        """Make the staged rows the list, and record the run, in one transaction; the stage is used up.

        Args:
            report: The run's times and requests; `report.ended_at` becomes the list's time.
            delta_link: Where the next delta begins; None when the next run must read everything.

        Returns:
            What changed. Of a list's first rows only the number is recorded, not each row as added.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged; the list is as it was.
        """
        with self._connections.write() as connection:
            present = self._check(connection)
            self._table.index(connection)
            changes = self._table.compare(connection, present)
            run = record_run(connection, self._list, report, outcome=RunOutcome.SUCCEEDED, changes=changes)
            connection.execute(
                "UPDATE lists SET table_number = ?, entries = ?, synchronized_at = ?, delta_link = ?, columns = ?"
                " WHERE id = ?",
                (
                    self._table.number,
                    changes.total,
                    report.ended_at.isoformat(),
                    delta_link,
                    ",".join(self.columns) or None,
                    self._list,
                ),
            )
            connection.execute("DELETE FROM stages WHERE list = ?", (self._list,))
            if present is not None:
                record_replacement(connection, run, self._table, present)
                present.drop(connection)
        return changes

    def discard(self) -> None:
        """Remove the staged rows; nothing happens when they are gone.

        Raises:
            StorageError: Locked, full or damaged.
        """
        with self._connections.write() as connection:
            if _table_number(connection, self._list) == self._table.number:
                _delete(connection, self._list)

    def _check(self, connection: sqlite3.Connection) -> EntryTable | None:
        """See that the stage is still this one; gives the present rows of the list."""
        if _table_number(connection, self._list) != self._table.number:
            raise StageLostError(
                f"Another running copy began to read '{self.list_name}' anew; let it finish, then synchronize again."
            )
        (number,) = connection.execute("SELECT table_number FROM lists WHERE id = ?", (self._list,)).fetchone()
        return None if number is None else EntryTable(number)

    def _keep(self, connection: sqlite3.Connection, checkpoint: Checkpoint, entries: int) -> None:
        connection.execute(
            "UPDATE stages SET entries = ?, next_link = ?, delta_link = ?, pages = ?, expected = ? WHERE list = ?",
            (
                entries,
                checkpoint.next_link,
                checkpoint.delta_link,
                checkpoint.pages,
                checkpoint.expected,
                self._list,
            ),
        )


def _example(entry_id: str, body: bytes) -> Entry:
    """An entry that would go: one that is damaged must not keep a full read from replacing it."""
    try:
        return decode(entry_id, body)
    except StrangeValueError:
        return Entry(entry_id, {})


def _table_number(connection: sqlite3.Connection, list_id: int) -> int | None:
    row = connection.execute("SELECT table_number FROM stages WHERE list = ?", (list_id,)).fetchone()
    return None if row is None else int(row[0])


def _delete(connection: sqlite3.Connection, list_id: int) -> None:
    number = _table_number(connection, list_id)
    if number is not None:
        connection.execute("DELETE FROM stages WHERE list = ?", (list_id,))
        EntryTable(number).drop(connection)
