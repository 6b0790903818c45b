"""The way into the lists' database."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Self

from entra_tui.model.connector import list_name
from entra_tui.model.entry import Changes
from entra_tui.storage.errors import ConnectorRemovedError, FolderError, LockedError, UnknownNameError
from entra_tui.storage.lists.catalog import (
    delete_list,
    empty_list,
    find_list,
    insert_list,
    lists_of,
    overview,
    rename_list,
)
from entra_tui.storage.lists.connection import BUSY_SECONDS, Connections
from entra_tui.storage.lists.delta_preview import DeltaPreview, preview_merge
from entra_tui.storage.lists.entry_table import EntryTable
from entra_tui.storage.lists.history import (
    RunOutcome,
    count_changes,
    read_changes,
    read_moves,
    read_runs,
    record_edits,
    record_run,
)
from entra_tui.storage.lists.membership_table import MEMBER_COUNT
from entra_tui.storage.lists.reading import (
    EntryFilter,
    count_rows,
    read_entries,
    read_entry,
    read_in_columns,
    read_rows,
    read_rows_from_end,
    read_with_members,
)
from entra_tui.storage.lists.stage import NO_MEMBERS, Stage, source_columns
from entra_tui.storage.private_file import locked

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from entra_tui.model.entry import Entry, ListSource, LookupList
    from entra_tui.model.list_row import ListRow
    from entra_tui.model.permission import Feature
    from entra_tui.storage.lists.catalog import ListRecord
    from entra_tui.storage.lists.history import RowChange, Run, RunReport
    from entra_tui.storage.lists.membership_table import MemberChanges
    from entra_tui.storage.lists.stored_row import Made


def _nothing() -> None:
    return


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

    # Whether a connector is saved is asked and changed inside the transaction in which its lists are claimed: a run
    # that begins and a removal then see each other whole, whatever came first.

    def remove_lists(self, connector: str, *, first: Callable[[], None] = _nothing) -> tuple[str, ...]:
        """Remove all lists of a connector, with rows and history.

        Args:
            connector: Its name, without regard to case.
            first: Called once all of them are claimed, before anything is removed; what it raises leaves all there.

        Returns:
            The names of the lists.

        Raises:
            LockedError: Another running copy is synchronizing one of them; nothing is removed, `first` is not called.
        """
        with ExitStack() as claims, self._connections.write() as connection:
            lists = lists_of(connection, connector)
            for list_id, name, _ in lists:
                self._claim(claims, list_id, name, ", so nothing was removed")
            first()
            for list_id, _, _ in lists:
                delete_list(connection, list_id)
        return tuple(name for _, name, _ in lists)

    def remove_list(self, list_name: str, *, first: Callable[[], None] = _nothing) -> None:
        """Remove one list; see `remove_lists`."""
        with ExitStack() as claims, self._connections.write() as connection:
            record = find_list(connection, list_name)
            self._claim(claims, record.id, record.name, ", so nothing was removed")
            first()
            delete_list(connection, record.id)

    def rename_connector(self, old: str, new: str, *, first: Callable[[], None] = _nothing) -> None:
        """Rename the lists of a connector that has a new name; they keep rows and history.

        Args:
            old: The connector's name up to now, without regard to case.
            new: Its new name.
            first: Called once all of them are claimed and can be renamed; what it raises leaves all as it is.

        Raises:
            LockedError: Another running copy is synchronizing one of them.
            NameTakenError: A removed connector left a list of a new name.
        """
        with ExitStack() as claims, self._connections.write() as connection:
            for list_id, name, feature in lists_of(connection, old):
                self._claim(claims, list_id, name, ", so nothing was changed")
                rename_list(connection, list_id, feature, new)
            first()

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

    def state(self, list_name: str) -> ListRecord:
        """What is known of a list besides its rows."""
        with self._connections.read() as connection:
            return find_list(connection, list_name)

    def empty(self, list_name: str) -> None:
        """Remove the rows of a list, its delta link and what an interrupted run left; its history stays."""
        with self._connections.write() as connection:
            empty_list(connection, find_list(connection, list_name).id)

    @contextmanager
    def claim(self, list_name: str) -> Iterator[None]:
        """Be the only one, among all running copies, to synchronize a list; never waits.

        Raises:
            LockedError: Another one is at it.
        """
        with ExitStack() as claims:
            with self._connections.write() as connection:
                record = find_list(connection, list_name)
                self._claim(claims, record.id, record.name)
            yield

    @contextmanager
    def claim_lists(
        self, connector: str, features: Iterable[Feature], *, is_saved: Callable[[], bool]
    ) -> Iterator[Mapping[Feature, LockedError]]:
        """As `claim`, for all lists that a connector's features fill; one that is missing is made, empty.

        Args:
            connector: Its name.
            features: Whose lists.
            is_saved: Asked first, while no copy can remove the connector: whether it is still there.

        Yields:
            The features whose lists another running copy is synchronizing, and why they are not claimed.

        Raises:
            ConnectorRemovedError: The connector is not there; nothing is made.
        """
        refused: dict[Feature, LockedError] = {}
        with ExitStack() as claims:
            with self._connections.write() as connection:
                if not is_saved():
                    raise ConnectorRemovedError(connector)
                for feature in features:
                    insert_list(connection, feature, connector)
                    record = find_list(connection, list_name(feature, connector))
                    try:
                        self._claim(claims, record.id, record.name)
                    except LockedError as error:
                        refused[feature] = error
            yield refused

    def _claim(self, claims: ExitStack, list_id: int, name: str, consequence: str = "") -> None:
        lock = self.path.with_name(f"{self.path.name}.{list_id}")
        claims.enter_context(locked(lock, seconds=0, doing=f"synchronizing '{name}'{consequence}"))

    def begin_stage(
        self,
        list_name: str,
        started_at: datetime,
        columns: Sequence[str] = (),
        source: ListSource | None = None,
    ) -> Stage:
        """Begin a full read of a list; a stage that an interrupted run left is discarded.

        Args:
            list_name: Name of the list.
            started_at: When the read began, aware.
            columns: Which properties are read, where that may be chosen.
            source: Where it is read.
        """
        with self._connections.write() as connection:
            record = find_list(connection, list_name)
            return Stage.begin(self._connections, connection, record, started_at, columns=columns, source=source)

    def open_stage(self, list_name: str) -> Stage | None:
        """The stage that an interrupted run left, to go on from its checkpoint; None where there is none.

        One that cannot be used any more is discarded.
        """
        with self._connections.read() as connection:
            record = find_list(connection, list_name)
            if not Stage.is_left(connection, record):
                return None
            stage = Stage.reopen(self._connections, connection, record)
        if stage is None:
            # Where nothing can be written, it waits for the next read to begin.
            with suppress(FolderError, LockedError), self._connections.write() as connection:
                Stage.delete_unusable(self._connections, connection, record)
        return stage

    def preview(
        self,
        list_name: str,
        upserts: Iterable[Entry],
        removed_ids: Iterable[str],
        members: MemberChanges = NO_MEMBERS,
        *,
        limit: int = 100,
    ) -> DeltaPreview:
        """What merging a whole delta would do to a list.

        Args:
            list_name: Name of the list.
            upserts: Changed or new entries, in the order in which they came. A property that is absent stays as it is,
                one that is None is cleared.
            removed_ids: Entries that are gone; an id in both is gone.
            members: Who joined and left which group; see `preview_merge`.
            limit: How many of the rows that would go to give at most.
        """
        with self._connections.read() as connection:
            record = find_list(connection, list_name)
            return preview_merge(connection, record, upserts, removed_ids, members, limit=limit)

    def merge(
        self,
        list_name: str,
        preview: DeltaPreview,
        report: RunReport,
        *,
        delta_link: str | None,
        surplus: int | None = None,
        source: ListSource | None = None,
    ) -> Changes:
        """Merge a delta as it was previewed, and record the run, in one transaction.

        Args:
            list_name: Name of the list.
            preview: What it does.
            report: The run's times and requests; `report.ended_at` becomes the list's time.
            delta_link: Where the next delta begins.
            surplus: How many more objects the tenant counts than there are rows then; None where it does not say.
            source: Where it was read; None where that is not known.

        Returns:
            What changed.

        Raises:
            LockedError: The list is not any more as it was at the preview; nothing is changed.
        """
        with self._connections.write() as connection:
            record = find_list(connection, list_name)
            table = preview.require_same(record)
            if table is None:
                table = EntryTable.create(connection)
                table.index_ids(connection)
                table.index_order(connection)
            changes = preview.changes
            run = record_run(connection, record.id, report, outcome=RunOutcome.SUCCEEDED, changes=changes)
            record_edits(connection, run, table, preview.edits)
            table.carry_out(connection, preview.edits)
            table.move_members(connection, preview.effects)
            connection.execute(
                "UPDATE lists SET table_number = ?, entries = ?, synchronized_at = ?, delta_link = ?,"
                " surplus = coalesce(?, surplus), tenant_id = coalesce(?, tenant_id),"
                " login_host = coalesce(?, login_host) WHERE id = ?",
                (
                    table.number,
                    changes.total,
                    report.ended_at.isoformat(),
                    delta_link,
                    surplus,
                    *source_columns(source),
                    record.id,
                ),
            )
        return changes

    def apply(
        self,
        list_name: str,
        upserts: Iterable[Entry],
        removed_ids: Iterable[str],
        report: RunReport,
        *,
        delta_link: str | None,
        members: MemberChanges = NO_MEMBERS,
        surplus: int | None = None,
        source: ListSource | None = None,
    ) -> Changes:
        """Merge a whole delta into a list, and record the run: `preview` and `merge`."""
        preview = self.preview(list_name, upserts, removed_ids, members, limit=0)
        return self.merge(list_name, preview, report, delta_link=delta_link, surplus=surplus, source=source)

    def known(self, list_name: str, ids: Iterable[str]) -> set[str]:
        """Which of `ids` a list holds."""
        with self._connections.read() as connection:
            table = find_list(connection, list_name).table
            return set() if table is None else table.known(connection, ids)

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
            outcome: How it ended: not SUCCEEDED, which `Stage.swap` and `merge` record.
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

    def members(self, list_name: str, entry_id: str, *, offset: int = 0, limit: int = 100) -> list[str]:
        """Ids of those who are in a group, or hold a role, in order; none where they are not known.

        Args:
            list_name: Name of the list.
            entry_id: The group or role.
            offset: How many to pass over.
            limit: How many to give at most; -1 for all.
        """
        with self._connections.read() as connection:
            table = find_list(connection, list_name).table
            return [] if table is None else table.members_of(connection, entry_id, offset=offset, limit=limit)

    def run_members(self, number: int, entry_id: str, *, limit: int = 100) -> list[tuple[str, bool]]:
        """Members of a group that joined (True) or left (False) in a run, by `Run.number`, as far as they are kept."""
        with self._connections.read() as connection:
            return list(read_moves(connection, number, entry_id, limit))

    def entries_of(self, list_name: str, ids: Iterable[str]) -> dict[str, Entry]:
        """Those of `ids` that a list holds, by id; none where there is no such list."""
        with self._connections.read() as connection:
            try:
                table = find_list(connection, list_name).table
            except UnknownNameError:
                return {}
            return {} if table is None else {entry.id: entry for entry in read_entries(connection, table, ids)}

    def memberships(self, list_name: str) -> Generator[tuple[Entry, str], None, None]:
        """Each membership of a list of groups or roles: the group, and a member's id; in order of display name.

        Keeps a connection of its own, as `iterate` does.

        Raises:
            DamagedListError: A row or its members are not what was put in.
        """
        with self._connections.read_at_length() as connection:
            record = find_list(connection, list_name)
            for entry, members in _read_all(connection, record, read_with_members):
                for member in members:
                    yield entry, member

    def count_unknown_members(self, list_name: str) -> int:
        """How many groups or roles of a list have members that are not known."""
        with self._connections.read() as connection:
            record = find_list(connection, list_name)
            return 0 if record.table is None else record.entries - record.table.count_told(connection, MEMBER_COUNT)

    def entry(self, list_name: str, entry_id: str) -> Entry | None:
        """One entry in full; None where the list does not hold it."""
        with self._connections.read() as connection:
            table = find_list(connection, list_name).table
            return None if table is None else read_entry(connection, table, entry_id)

    def iterate(self, list_name: str) -> Generator[Entry, None, None]:
        """All rows of a list in order of display name, for an export.

        Keeps a connection of its own until the iterator ends or is closed, and sees the list as it was at the first
        row, whatever is synchronized meanwhile.

        Raises:
            DamagedListError: A row is not what was put in, or there are more or fewer than there should be.
        """
        with self._connections.read_at_length() as connection:
            yield from _read_all(connection, find_list(connection, list_name), read_rows)

    def iterate_columns(self, list_name: str, columns: Sequence[str]) -> Generator[Entry | ListRow, None, None]:
        """As `iterate`, in rows with these columns, `id` first; an entry where such a row cannot hold its values."""
        with self._connections.read_at_length() as connection:
            read = partial(read_in_columns, columns=columns)
            yield from _read_all(connection, find_list(connection, list_name), read)


def _read_all(
    connection: sqlite3.Connection,
    record: ListRecord,
    read: Callable[[sqlite3.Connection, EntryTable], Iterable[Made]],
) -> Iterator[Made]:
    if record.table is None:
        return
    given = 0
    for row in read(connection, record.table):
        given += 1
        yield row
    if given != record.entries:
        raise record.table.damaged(connection)
