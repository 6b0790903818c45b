"""A full read in progress: rows beside the present ones, kept page by page, that become the list all at once."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from entra_tui.model.entry import Entry, ListSource
from entra_tui.storage.errors import ListRemovedError, StageLostError
from entra_tui.storage.lists.edits import ChangeKind
from entra_tui.storage.lists.entry_table import EntryTable
from entra_tui.storage.lists.history import RunOutcome, record_replacement, record_run
from entra_tui.storage.lists.met_ids import MetIds
from entra_tui.storage.lists.stored_row import decode, stored_row
from entra_tui.storage.lists.stored_values import StrangeValueError, is_not_utf8, moment_of, number_of, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from entra_tui.model.entry import Changes, ColumnLoss
    from entra_tui.storage.lists.catalog import ListRecord
    from entra_tui.storage.lists.connection import Connections
    from entra_tui.storage.lists.history import RunReport
    from entra_tui.storage.lists.membership_table import MemberChanges
    from entra_tui.storage.lists.stored_row import StoredRow


NO_MEMBERS: Final[MemberChanges] = MappingProxyType({})

_REMOVALS: Final = """
    SELECT CAST(old.id AS BLOB), CAST(old.body AS BLOB)
    FROM rows_{old} AS old LEFT JOIN rows_{n} AS new ON new.id = old.id WHERE new.id IS NULL ORDER BY old.id LIMIT ?
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
        entries: Distinct entries staged; an estimate in a large read until `index` has seen to those that came twice.
        columns: Which properties are read; empty where that is not known.
        source: Where it is read; None where that is not known.
    """

    def __init__(
        self,
        connections: Connections,
        record: ListRecord,
        table: EntryTable,
        started_at: datetime,
        *,
        columns: Sequence[str] = (),
        source: ListSource | None = None,
    ) -> None:
        self._connections = connections
        self._list = record.id
        self._table = table
        self.list_name = record.name
        self.started_at = started_at
        self.checkpoint: Checkpoint | None = None
        self.entries = 0
        self.columns = tuple(columns)
        self.source = source
        self._rows = 0
        self._met: MetIds | None = MetIds()
        self._is_indexed = False
        self._is_verified = True

    @classmethod
    def begin(
        cls,
        connections: Connections,
        connection: sqlite3.Connection,
        record: ListRecord,
        started_at: datetime,
        *,
        columns: Sequence[str],
        source: ListSource | None,
    ) -> Stage:
        """An empty stage, in place of one that is there; within the caller's transaction."""
        _delete(connection, record.id)
        table = EntryTable.create(connection)
        connection.execute(
            "INSERT INTO stages (list, table_number, started_at, columns, tenant_id, login_host)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (record.id, table.number, started_at.isoformat(), ",".join(columns) or None, *source_columns(source)),
        )
        return cls(connections, record, table, started_at, columns=columns, source=source)

    @classmethod
    def reopen(cls, connections: Connections, connection: sqlite3.Connection, record: ListRecord) -> Stage | None:
        """The stage that an interrupted run left; None where there is none, or none that can be used."""
        try:
            row = connection.execute(
                "SELECT table_number, started_at, entries, rows, next_link, delta_link, pages, expected, columns,"
                " tenant_id, login_host FROM stages WHERE list = ?",
                (record.id,),
            ).fetchone()
            return None if row is None else cls._from_row(connections, connection, record, row)
        except StrangeValueError:
            return None
        except sqlite3.OperationalError as error:
            if is_not_utf8(error):
                return None
            raise

    @classmethod
    def _from_row(
        cls, connections: Connections, connection: sqlite3.Connection, record: ListRecord, row: tuple[object, ...]
    ) -> Stage | None:
        number, started_at, entries, rows, next_link, delta_link, pages, expected, columns, *source = row
        table = EntryTable(number_of(number, "a stage's table"))
        if not table.belongs_to_stage(connection):
            return None
        read = _optional_text(columns)
        tenant, host = map(_optional_text, source)
        stage = cls(
            connections,
            record,
            table,
            moment_of(started_at, "a stage's time"),
            columns=read.split(",") if read else (),
            source=ListSource(tenant, host) if tenant and host else None,
        )
        stage.entries = number_of(entries, "a stage's number of entries")
        stage._rows = number_of(rows, "a stage's number of rows")
        stage._is_indexed = table.is_indexed(connection)
        stage._is_verified = False
        stage._met = None
        if pages_read := number_of(pages, "a stage's pages"):
            stage.checkpoint = Checkpoint(
                _optional_text(next_link),
                _optional_text(delta_link),
                pages_read,
                None if expected is None else number_of(expected, "a stage's expected entries"),
            )
        return stage

    @staticmethod
    def is_left(connection: sqlite3.Connection, record: ListRecord) -> bool:
        """Whether an interrupted run left a stage of a list, one that can be used or not."""
        return connection.execute("SELECT 1 FROM stages WHERE list = ?", (record.id,)).fetchone() is not None

    @classmethod
    def delete_unusable(cls, connections: Connections, connection: sqlite3.Connection, record: ListRecord) -> None:
        """Remove the stage of a list that `reopen` cannot use, within the caller's transaction."""
        if cls.reopen(connections, connection, record) is None:
            _delete(connection, record.id)

    def add(self, entries: Iterable[Entry], *, checkpoint: Checkpoint) -> int | None:
        """As `add_rows`, from entries of any kind; of an id that comes twice the last counts."""
        last = {entry.id: entry for entry in entries}
        return self.add_rows([*map(stored_row, last.values())], checkpoint=checkpoint)

    def add_rows(self, rows: Sequence[StoredRow], *, checkpoint: Checkpoint) -> int | None:
        """Stage one page and its checkpoint, both or neither. An id counts once; the last one wins.

        Returns:
            How many ids the stage did not hold before; in a large read an estimate, and None where nothing tells.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        fresh: int | None
        with self._connections.write() as connection:
            self._check(connection)
            if self._is_indexed:
                fresh = more = self._table.put(connection, rows)
            else:
                if self._met is None:
                    self._met = self._table.met_ids(connection)
                self._table.append(connection, rows)
                more = len(rows)
                fresh = self._met.add([row[0] for row in rows])
            entries = self.entries + (more if fresh is None else fresh)
            self._keep(connection, checkpoint, entries=entries, rows=self._rows + more)
        self.checkpoint = checkpoint
        self._rows += more
        self.entries = entries
        return fresh

    def catch_up(
        self,
        upserts: Iterable[Entry],
        removed_ids: Iterable[str],
        *,
        checkpoint: Checkpoint,
        members: MemberChanges = NO_MEMBERS,
    ) -> None:
        """Merge what changed in the tenant while it was read, with a checkpoint; as `ListDatabase.apply` merges.

        Args:
            upserts: Changed or new entries.
            removed_ids: Entries that are gone.
            checkpoint: Where the read stands.
            members: Who joined and left; `count_members` sets the numbers when all are told.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        self.index_ids()
        entries = self.entries
        with self._connections.write() as connection:
            self._check(connection)
            for edit in self._table.merge(connection, upserts, removed_ids):
                entries += (edit.kind is ChangeKind.ADDED) - (edit.kind is ChangeKind.REMOVED)
            self._table.put_members(connection, members)
            self._keep(connection, checkpoint, entries=entries, rows=entries)
        self.checkpoint = checkpoint
        self.entries = self._rows = entries

    def count_members(self, unknown: Collection[str] = ()) -> None:
        """Set the column `memberCount` of each group, when all members are told.

        Args:
            unknown: Ids of groups whose members are not known.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        self.index_ids()
        with self._connections.write() as connection:
            self._check(connection)
            self._table.count_members(connection, unknown)

    def keep(self, ids: Collection[str]) -> None:
        """Take over rows of the present list as they are.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        self.index_ids()
        with self._connections.write() as connection:
            present = self._check(connection)
            came = 0 if present is None else self._table.copy_rows(connection, present, ids)
            self._keep_counts(connection, self.entries + came)
        self.entries += came
        self._rows = self.entries

    def known(self, ids: Iterable[str]) -> set[str]:
        """Which of `ids` are staged.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked or damaged.
        """
        self.index_ids()
        with self._connections.read() as connection:
            self._check(connection)
            return self._table.known(connection, ids)

    def index_ids(self) -> None:
        """See to the rows that came twice, from now on with each page; rows are then found by their ids.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            DamagedListError: There are more or fewer rows than an interrupted run left.
            StorageError: Locked, full or damaged.
        """
        if self._is_indexed:
            return
        with self._connections.write() as connection:
            self._check(connection)
            if not self._is_verified and self._table.count(connection) != self._rows:
                raise self._table.damaged(connection)
            distinct = self._table.index_ids(connection)
            self._keep_counts(connection, distinct)
        self.entries = self._rows = distinct
        self._is_indexed = True

    def index(self) -> None:
        """Make the indexes of the staged rows, which `swap` would make else; best when all pages are staged.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked, full or damaged.
        """
        self.index_ids()
        with self._connections.write() as connection:
            self._check(connection)
            self._table.index_order(connection)

    def preview(self) -> Changes:
        """What a swap would do now.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            DamagedListError: What an interrupted run left is not what was put in.
            StorageError: Locked or damaged.
        """
        self.index_ids()
        with self._connections.read() as connection:
            present = self._check(connection)
            self._verify(connection)
            return self._table.compare(connection, present)

    def losses(self, columns: Collection[str]) -> list[ColumnLoss]:
        """Which of `columns` present rows would lose in a swap, and in how many rows.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked or damaged.
        """
        self.index_ids()
        with self._connections.read() as connection:
            return self._table.losses(connection, self._check(connection), columns)

    def removals(self, *, limit: int = 100) -> list[Entry]:
        """Entries of the present list that a swap would remove.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            StorageError: Locked or damaged.
        """
        self.index_ids()
        with self._connections.read() as connection:
            present = self._check(connection)
            if present is None:
                return []
            found = connection.execute(self._table.sql(_REMOVALS, old=present), (limit,))
            return [_example(entry_id, body) for entry_id, body in found]

    def swap(self, report: RunReport, *, delta_link: str | None, surplus: int | None = None) -> Changes:
        """Make the staged rows the list, and record the run, in one transaction; the stage is used up.

        Args:
            report: The run's times and requests; `report.ended_at` becomes the list's time.
            delta_link: Where the next delta begins; None when the next run must read everything.
            surplus: How many more objects the tenant counts than are staged; None where it does not say.

        Returns:
            What changed. Of a list's first rows only the number is recorded, not each row as added.

        Raises:
            StageLostError: Another copy has begun anew, or the list is gone.
            DamagedListError: What an interrupted run left is not what was put in; the list is as it was.
            StorageError: Locked, full or damaged; the list is as it was.
        """
        self.index_ids()
        with self._connections.write() as connection:
            present = self._check(connection)
            self._verify(connection)
            self._table.index_order(connection)
            changes = self._table.compare(connection, present)
            run = record_run(connection, self._list, report, outcome=RunOutcome.SUCCEEDED, changes=changes)
            connection.execute(
                "UPDATE lists SET table_number = ?1, entries = ?2, synchronized_at = ?3, full_read_at = ?3,"
                " delta_link = ?4, columns = ?5, surplus = ?6, tenant_id = ?7, login_host = ?8 WHERE id = ?9",
                (
                    self._table.number,
                    changes.total,
                    report.ended_at.isoformat(),
                    delta_link,
                    ",".join(self.columns) or None,
                    surplus,
                    *source_columns(self.source),
                    self._list,
                ),
            )
            connection.execute("DELETE FROM stages WHERE list = ?", (self._list,))
            if present is not None:
                record_replacement(connection, run, changes, new=self._table, old=present)
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
            # A number is given again once its list is gone, a name belongs to one list.
            there = (self._list, self.list_name.casefold())
            if connection.execute("SELECT 1 FROM lists WHERE id = ? AND key = ?", there).fetchone() is None:
                raise ListRemovedError(self.list_name)
            raise StageLostError(
                f"Another running copy began to read '{self.list_name}' anew; let it finish, then synchronize again."
            )
        (number,) = connection.execute("SELECT table_number FROM lists WHERE id = ?", (self._list,)).fetchone()
        return None if number is None else EntryTable(number_of(number, "a list's table"))

    def _keep_counts(self, connection: sqlite3.Connection, distinct: int) -> None:
        """Of what is indexed."""
        connection.execute("UPDATE stages SET entries = ?1, rows = ?1 WHERE list = ?2", (distinct, self._list))

    def _verify(self, connection: sqlite3.Connection) -> None:
        """What this process staged is as it was put in; what another left before may have been changed since."""
        if not self._is_verified:
            self._table.verify(connection, self.entries)
            self._is_verified = True

    def _keep(self, connection: sqlite3.Connection, checkpoint: Checkpoint, *, entries: int, rows: int) -> None:
        connection.execute(
            "UPDATE stages SET entries = ?, rows = ?, next_link = ?, delta_link = ?, pages = ?, expected = ?"
            " WHERE list = ?",
            (
                entries,
                rows,
                checkpoint.next_link,
                checkpoint.delta_link,
                checkpoint.pages,
                checkpoint.expected,
                self._list,
            ),
        )


def source_columns(source: ListSource | None) -> tuple[str | None, str | None]:
    """A source as the columns `tenant_id` and `login_host` hold it."""
    return (None, None) if source is None else (source.tenant_id, source.login_host)


def _example(entry_id: bytes, body: bytes) -> Entry:
    """An entry that would go: one that is damaged must not keep a full read from replacing it."""
    identifier = entry_id.decode(errors="replace")
    try:
        return decode(identifier, body)
    except StrangeValueError:
        return Entry(identifier, {})


def _table_number(connection: sqlite3.Connection, list_id: int) -> int | None:
    row = connection.execute(
        "SELECT table_number FROM stages WHERE list = ? AND typeof(table_number) = 'integer' AND table_number > 0",
        (list_id,),
    ).fetchone()
    return None if row is None else int(row[0])


def _delete(connection: sqlite3.Connection, list_id: int) -> None:
    number = _table_number(connection, list_id)
    connection.execute("DELETE FROM stages WHERE list = ?", (list_id,))
    if number is not None:
        EntryTable(number).drop(connection)


def _optional_text(stored_value: object) -> str | None:
    return None if stored_value is None else text_of(stored_value, "a stage's text")
