"""The way into the lists' database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from entra_tui.model.entry import Changes
from entra_tui.model.permission import Feature
from entra_tui.storage.lists.catalog import (
    delete_list,
    find_list,
    insert_list,
    lists_of,
    overview,
    rename_list,
)
from entra_tui.storage.lists.connection import BUSY_SECONDS, Connections
from entra_tui.storage.lists.entry_table import ChangeKind, EntryTable
from entra_tui.storage.lists.history import (
    KEPT_CHANGES,
    RunOutcome,
    count_changes,
    read_changes,
    read_runs,
    record_edits,
    record_run,
)
from entra_tui.storage.lists.reading import EntryFilter, count_rows, read_entry, read_rows, read_rows_from_end
from entra_tui.storage.lists.stage import Stage
from entra_tui.storage.lists.stored_values import kind_of
from entra_tui.storage.private_file import locked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from entra_tui.model.entry import Entry, LookupList
    from entra_tui.storage.lists.entry_table import Edit
    from entra_tui.storage.lists.history import RowChange, Run, RunReport


class ListDatabase:
    """All lookup lists, in one file.

    Methods block and are safe to call from several threads: one writes at a time, one reads at a time, and a reader
    never waits for a writer. Each sees a list whole, as the last finished synchronization left it. Lists are found by
    name without regard to case.

    Every method raises UnknownNameError for a list that does not exist, and StorageError (LockedError, DiskFullError,
    ReadOnlyDiskError, NoLocksError, DamagedError, FolderError, NewerVersionError) where the file cannot be used;
    nothing is changed then. Rows that are not what was put in raise DamagedListError wherever they are read, and where
    a delta would change them; a full read replaces them.

    Args:
        path: The database file; opened, and made where it is missing, when first used.
        busy_seconds: How long a writer waits for another running copy.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._connections = Connections(path, busy_seconds=busy_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connections.close()

    @property
    def why_read_only(self) -> str:
        """Why nothing can be written, in one sentence, as the last reader found; empty where it can."""
        return self._connections.why_read_only

    def create_list(self, feature: Feature, connector: str) -> None:
        """Add the empty list that a feature of a connector fills; one that is there stays as it is."""
        with self._connections.write() as connection:
            insert_list(connection, feature, connector)

    def remove_lists(self, connector: str) -> None:
        """Remove all lists of a connector, with rows and history."""
        with self._connections.write() as connection:
            for list_id, _ in lists_of(connection, connector):
                delete_list(connection, list_id)

    def rename_connector(self, old: str, new: str) -> None:
        """Rename the lists of a connector that has a new name; they keep rows and history."""
        with self._connections.write() as connection:
            for list_id, feature in lists_of(connection, old):
                rename_list(connection, list_id, kind_of(Feature, feature, "a list's feature"), new)

    def overview(self) -> tuple[LookupList, ...]:
        """All lists, in the order in which they were made."""
        with self._connections.read() as connection:
            return tuple(overview(connection))

    def delta_link(self, list_name: str) -> str | None:
        """Where the next delta of a list begins; None when everything must be read."""
        with self._connections.read() as connection:
            return find_list(connection, list_name).delta_link

    def columns(self, list_name: str) -> tuple[str, ...]:
        """The properties that a list's rows and its delta link were read with; empty where that is not known."""
        with self._connections.read() as connection:
            return find_list(connection, list_name).columns

    @contextmanager
    def claim(self, list_name: str) -> Iterator[None]:
        """Be the only one, among all running copies, to synchronize a list; never waits.

        Raises:
            LockedError: Another one is at it.
        """
        with self._connections.read() as connection:
            record = find_list(connection, list_name)
        lock = self.path.with_name(f"{self.path.name}.{record.id}")
        with locked(lock, seconds=0, doing=f"synchronizing '{record.name}'"):
            yield

    def begin_stage(self, list_name: str, started_at: datetime, columns: Sequence[str] = ()) -> Stage:
        """Begin a full read of a list; a stage that an interrupted run left is discarded.

        Args:
            list_name: Name of the list.
            started_at: When the read began, aware.
            columns: Which properties are read, where that may be chosen.
        """
        with self._connections.write() as connection:
            return Stage.begin(self._connections, connection, find_list(connection, list_name), started_at, columns)

    def open_stage(self, list_name: str) -> Stage | None:
        """The stage that an interrupted run left, to go on from its checkpoint; None where there is none."""
        with self._connections.read() as connection:
            return Stage.reopen(self._connections, connection, find_list(connection, list_name))

    def apply(
        self,
        list_name: str,
        upserts: Iterable[Entry],
        removed_ids: Iterable[str],
        report: RunReport,
        *,
        delta_link: str | None,
    ) -> Changes:
        """Merge a whole delta into a list, and record the run, in one transaction.

        Args:
            list_name: Name of the list.
            upserts: Changed or new entries, in the order in which they came. A property that is absent stays as it is,
                one that is None is cleared.
            removed_ids: Entries that are gone; an id in both is gone.
            report: The run's times and requests; `report.ended_at` becomes the list's time.
            delta_link: Where the next delta begins.

        Returns:
            What changed.
        """
        counts = dict.fromkeys(ChangeKind, 0)
        kept: list[Edit] = []
        with self._connections.write() as connection:
            record = find_list(connection, list_name)
            table = record.table
            if table is None:
                table = EntryTable.create(connection)
                table.index(connection)
            for edit in table.merge(connection, upserts, removed_ids):
                counts[edit.kind] += 1
                if len(kept) < KEPT_CHANGES:
                    kept.append(edit)
            added, changed, removed = (counts[kind] for kind in ChangeKind)
            changes = Changes(added, changed, removed, record.entries - changed - removed)
            run = record_run(connection, record.id, report, outcome=RunOutcome.SUCCEEDED, changes=changes)
            record_edits(connection, run, kept)
            connection.execute(
                "UPDATE lists SET table_number = ?, entries = ?, synchronized_at = ?, delta_link = ? WHERE id = ?",
                (table.number, changes.total, report.ended_at.isoformat(), delta_link, record.id),
            )
        return changes

    def record_unfinished(
        self,
        list_name: str,
        report: RunReport,
        outcome: RunOutcome,
        *,
        reason: str,
        changes: Changes | None = None,
    ) -> None:
        """Add a run that changed nothing to a list's history.

        Args:
            list_name: Name of the list.
            report: The run's times and requests.
            outcome: How it ended: not SUCCEEDED, which `Stage.swap` and `apply` record.
            reason: Why: a finding's code.
            changes: What a run that was held back would have done.
        """
        with self._connections.write() as connection:
            record = find_list(connection, list_name)
            record_run(connection, record.id, report, outcome=outcome, changes=changes or Changes(), reason=reason)

    def runs(self, list_name: str, *, limit: int = 50) -> tuple[Run, ...]:
        """The latest runs of a list, the newest first."""
        with self._connections.read() as connection:
            return tuple(read_runs(connection, find_list(connection, list_name).id, limit))

    def run_changes(self, number: int, *, offset: int = 0, limit: int = 100) -> tuple[RowChange, ...]:
        """Rows that a run changed, by `Run.number`.

        At most `KEPT_CHANGES` rows of each of the latest `RUNS_WITH_CHANGES` runs are kept, none of a list's first run.
        """
        with self._connections.read() as connection:
            return tuple(read_changes(connection, number, offset, limit))

    def count_run_changes(self, number: int) -> int:
        """How many rows `run_changes` has of a run; fewer than changed where not all are kept."""
        with self._connections.read() as connection:
            return count_changes(connection, number)

    def count(self, list_name: str, *, search: str = "", wanted: EntryFilter = EntryFilter.ALL) -> int:
        """How many rows of a list match; see `rows`."""
        with self._connections.read() as connection:
            record = find_list(connection, list_name)
            if record.table is None or not (search.strip() or wanted is not EntryFilter.ALL):
                return record.entries
            return count_rows(connection, record.table, search, wanted)

    def rows(
        self,
        list_name: str,
        *,
        offset: int = 0,
        limit: int = 100,
        search: str = "",
        wanted: EntryFilter = EntryFilter.ALL,
    ) -> list[Entry]:
        """Rows of a list in order of display name, whatever their case.

        Args:
            list_name: Name of the list.
            offset: How many matching rows to pass over.
            limit: How many to give at most.
            search: Words that must all stand in display name, user principal name or mail, whatever their case.
            wanted: Which entries.
        """
        with self._connections.read() as connection:
            record = find_list(connection, list_name)
            if record.table is None:
                return []
            if search.strip() or wanted is not EntryFilter.ALL:
                return list(
                    read_rows(connection, record.table, offset=offset, limit=limit, search=search, wanted=wanted)
                )
            if record.entries // 2 < offset < record.entries:
                found = read_rows_from_end(connection, record.table, record.entries - offset, limit=limit)
            else:
                found = list(read_rows(connection, record.table, offset=offset, limit=limit))
            if len(found) != max(0, min(limit, record.entries - offset)):
                raise record.table.damaged(connection)
            return found

    def entry(self, list_name: str, entry_id: str) -> Entry | None:
        """One entry in full; None where the list does not hold it."""
        with self._connections.read() as connection:
            table = find_list(connection, list_name).table
            return None if table is None else read_entry(connection, table, entry_id)

    def iterate(self, list_name: str) -> Iterator[Entry]:
        """All rows of a list in order of display name, for an export.

        Keeps a connection of its own until the iterator ends or is closed, and sees the list as it was at the first
        row, whatever is synchronized meanwhile.

        Raises:
            DamagedListError: A row is not what was put in, or there are more or fewer than there should be.
        """
        with self._connections.read_at_length() as connection:
            record = find_list(connection, list_name)
            if record.table is None:
                return
            given = 0
            for entry in read_rows(connection, record.table):
                given += 1
                yield entry
            if given != record.entries:
                raise record.table.damaged(connection)
