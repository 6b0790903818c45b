"""The rows of one list, or of one stage: two tables under one number.

`rows_N` holds the rows as JSON in order of arrival, each with a digest of it and with the text that is sorted by and
searched in. A stage only appends to it; its two indexes are made when all is there. `ids_N` finds a row by the object's
id and tells by the digest whether it changed, so that comparing two lists walks two narrow indexes side by side;
`order_N` sorts and searches. `members_N` holds who is in each group.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from itertools import chain, islice
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from entra_tui.model.entry import Changes, ColumnLoss, Entry, Scalar
from entra_tui.model.text import harmless
from entra_tui.storage.errors import DamagedListError, LockedError
from entra_tui.storage.lists.edits import (
    EMPTY,
    Edit,
    HeldRow,
    altered,
    changed_row,
    emptied,
    gathered,
    new_row,
)
from entra_tui.storage.lists.membership_table import MEMBER_COUNT, MembershipTable, effect_on_new_group, stored_changes
from entra_tui.storage.lists.met_ids import MetIds
from entra_tui.storage.lists.stored_row import decode, decode_sound, digest_of, stored_row
from entra_tui.storage.lists.stored_values import StrangeValueError, is_not_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence

    from entra_tui.storage.lists.membership_table import MemberChanges, MembershipEffect
    from entra_tui.storage.lists.stored_row import Made, StoredRow

T = TypeVar("T")

_BATCH: Final = 1000
_SORTING_KIB: Final = 2 * 1024
_CREATE: Final = """CREATE TABLE rows_{n} (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL, digest INTEGER NOT NULL, search TEXT NOT NULL,
    flags INTEGER NOT NULL, body TEXT NOT NULL
)"""
_INSERT: Final = "INSERT INTO rows_{n} (id, digest, search, flags, body) VALUES "
_VALUES: Final = "(?, ?, ?, ?, ?)"
_AT_ONCE: Final = 111
"""Rows in one statement, so that Python's threads change hands seldom; SQLite may allow no more than 999 values."""
_READ_AT_ONCE: Final = 100
_INDEX_IDS: Final = "CREATE INDEX ids_{n} ON rows_{n} (id, digest)"
_INDEX_ORDER: Final = "CREATE INDEX IF NOT EXISTS order_{n} ON rows_{n} (search, flags)"
_REPEATED: Final = """DELETE FROM rows_{n} WHERE position IN (
    SELECT older.position FROM rows_{n} AS older JOIN rows_{n} AS newer
    ON newer.id = older.id AND newer.position > older.position
)"""
_COMPARE: Final = """
    SELECT (SELECT count(*) FROM rows_{n}), (SELECT count(*) FROM rows_{old}), count(*), coalesce(sum(is_equal), 0)
    FROM (
        -- Another hand may have put an id into the old rows twice.
        SELECT max(new.digest = old.digest) AS is_equal
        FROM rows_{n} AS new CROSS JOIN rows_{old} AS old ON old.id = new.id GROUP BY new.id
    )
"""
_CHANGED_BODIES: Final = """
    SELECT CAST(old.body AS BLOB), CAST(new.body AS BLOB)
    FROM rows_{n} AS new CROSS JOIN rows_{old} AS old ON old.id = new.id WHERE new.digest <> old.digest
"""
_READ: Final = "SELECT id, CAST(body AS BLOB), digest FROM rows_{n}"
_HELD: Final = """
    SELECT id, position, digest, CAST(body AS BLOB) FROM rows_{n} WHERE position IN (SELECT value FROM json_each(?))
"""
_COUNT_TOLD: Final = """
    SELECT count(*) FROM rows_{n} WHERE CASE WHEN json_valid(body) THEN json_extract(body, ?) IS NOT NULL ELSE FALSE END
"""
_ANY_WITH_VALUE: Final = """SELECT EXISTS (
    SELECT 1 FROM rows_{n} WHERE position NOT IN (SELECT value FROM json_each(?))
    AND CASE WHEN json_valid(body) THEN json_extract(body, ?) <> ? ELSE FALSE END
)"""
_OWNER: Final = """
    SELECT name, connector FROM lists
    WHERE table_number = ?1 OR id = (SELECT list FROM stages WHERE stages.table_number = ?1)
"""
_REFERENCES: Final = "SELECT 1 FROM lists WHERE table_number = ?1 UNION SELECT 1 FROM stages WHERE table_number = ?1"


class EntryTable:
    """The tables of a number. Every method works within its caller's transaction."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.members = MembershipTable(number)

    @classmethod
    def create(cls, connection: sqlite3.Connection) -> EntryTable:
        """New, empty tables under a number never used before."""
        number = connection.execute("INSERT INTO entry_tables DEFAULT VALUES").lastrowid
        assert number is not None  # noqa: S101 - an INSERT always has one
        table = cls(number)
        table.create_rows(connection)
        table.members.create(connection)
        return table

    def create_rows(self, connection: sqlite3.Connection) -> None:
        """Make the table of the rows, without its indexes."""
        connection.execute(self.sql(_CREATE))

    def sql(self, template: str, *, old: EntryTable | None = None) -> str:
        """SQL with this table's number in place of `{n}`, and that of `old` in place of `{old}`."""
        filled = template.replace("{n}", str(self.number))
        return filled if old is None else filled.replace("{old}", str(old.number))

    def is_indexed(self, connection: sqlite3.Connection) -> bool:
        """Whether `index_ids` was called."""
        name = self.sql("ids_{n}")
        found = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?", (name,)).fetchone()
        return found is not None

    def index_ids(self, connection: sqlite3.Connection) -> int:
        """Make the index that finds a row by its id; of rows that were appended twice the last stays.

        Returns:
            How many rows there are then.
        """
        with _small_sorter(connection):
            connection.execute(self.sql(_INDEX_IDS))
        query = self.sql("SELECT count(*), count(DISTINCT id) FROM rows_{n}")
        rows, distinct = connection.execute(query).fetchone()
        if rows != distinct:
            connection.execute(self.sql(_REPEATED))
        return int(distinct)

    def index_order(self, connection: sqlite3.Connection) -> None:
        """Make the index that a list is sorted by and searched with."""
        with _small_sorter(connection):
            connection.execute(self.sql(_INDEX_ORDER))

    def met_ids(self, connection: sqlite3.Connection) -> MetIds:
        """The ids that were appended, as far as they are ids."""
        met = MetIds()
        found = (bytes(one) for (one,) in connection.execute(self.sql("SELECT CAST(id AS BLOB) FROM rows_{n}")))
        while batch := {one.decode(errors="replace") for one in islice(found, _BATCH)}:
            met.add(batch)
        return met

    def count(self, connection: sqlite3.Connection) -> int:
        """How many rows there are."""
        (number,) = connection.execute(self.sql("SELECT count(*) FROM rows_{n}")).fetchone()
        return int(number)

    def read(
        self, connection: sqlite3.Connection, clause: str, values: Sequence[str | int] = ()
    ) -> Generator[Entry, None, None]:
        """Rows as they were put in.

        Args:
            connection: Within its caller's transaction.
            clause: What follows `FROM rows_{n}` in SQL.
            values: Of its parameters.

        Raises:
            DamagedListError: A row is not what was put in.
        """
        return self.read_as(connection, clause, values, decode)

    def read_as(
        self,
        connection: sqlite3.Connection,
        clause: str,
        values: Sequence[str | int],
        made: Callable[[str, bytes], Made],
    ) -> Generator[Made, None, None]:
        """As `read`, with what `made` makes of a row's id and JSON."""
        # A cursor that an error's traceback keeps would hold on to the state of the lists that it saw.
        query = self.sql(f"{_READ} {clause}")
        with self._sound(connection), closing(connection.execute(query, values)) as found:
            while rows := found.fetchmany(_READ_AT_ONCE):
                yield from decode_sound(rows, made)

    @contextmanager
    def _sound(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Tell of the list what would else be told of the whole file."""
        try:
            yield
        except StrangeValueError as error:
            raise self.damaged(connection) from error
        except sqlite3.OperationalError as error:
            if is_not_utf8(error):
                raise self.damaged(connection) from error
            raise

    def verify(self, connection: sqlite3.Connection, entries: int) -> None:
        """See that there are `entries` rows, each as it was put in; walks all of them.

        Raises:
            DamagedListError: They are not.
        """
        if sum(1 for _ in self.read(connection, "")) != entries:
            raise self.damaged(connection)

    def damaged(self, connection: sqlite3.Connection) -> DamagedListError:
        """What to do where rows are not what was put in: a full read makes all of them anew."""
        name, connector = self._owner(connection)
        return DamagedListError(
            f"Stored entries of '{harmless(name, limit=160)}' are damaged; "
            f"read the list anew with `entra-tui sync {shlex.quote(harmless(connector, limit=160))} --full`."
        )

    def _altered(self, connection: sqlite3.Connection) -> LockedError:
        return altered(self._owner(connection)[0])

    def _owner(self, connection: sqlite3.Connection) -> tuple[str, str]:
        """The names of the list and of its connector."""
        return connection.execute(_OWNER, (self.number,)).fetchone() or ("", "CONNECTOR")

    def drop(self, connection: sqlite3.Connection) -> None:
        """Remove the tables, unless a list or a stage still refers to them."""
        if connection.execute(_REFERENCES, (self.number,)).fetchone() is not None:
            return
        self.members.drop(connection)
        connection.execute(self.sql("DROP TABLE IF EXISTS rows_{n}"))
        connection.execute("DELETE FROM entry_tables WHERE number = ?", (self.number,))

    def belongs_to_stage(self, connection: sqlite3.Connection) -> bool:
        """Whether the tables are there, and one stage and no list refers to them."""
        names = json.dumps([self.sql(name) for name in ("rows_{n}", "members_{n}")])
        (tables, references) = connection.execute(
            "SELECT (SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
            " AND name IN (SELECT value FROM json_each(?1))), (SELECT count(*) FROM lists WHERE table_number = ?2)"
            " + (SELECT count(*) FROM stages WHERE table_number = ?2)",
            (names, self.number),
        ).fetchone()
        return (tables, references) == (2, 1)

    def append(self, connection: sqlite3.Connection, rows: Sequence[StoredRow]) -> None:
        """Put whole entries behind the others, whatever is there; `index_ids` sees to those that come twice."""
        insert, many = self.sql(_INSERT), len(rows) - len(rows) % _AT_ONCE
        for first in range(0, many, _AT_ONCE):
            values = [*chain.from_iterable(rows[first : first + _AT_ONCE])]
            connection.execute(insert + ", ".join([_VALUES] * _AT_ONCE), values)
        connection.executemany(insert + _VALUES, rows[many:])

    def put(self, connection: sqlite3.Connection, rows: Sequence[StoredRow]) -> int:
        """Put whole entries, each id once, into what is indexed; one whose id is there takes its place.

        Returns:
            How many ids are new.
        """
        known = self._positions(connection, (row[0] for row in rows))
        fresh = [row for row in rows if row[0] not in known]
        self.append(connection, fresh)
        self._update(connection, [(known[row[0]], row) for row in rows if row[0] in known])
        return len(fresh)

    def merge(self, connection: sqlite3.Connection, upserts: Iterable[Entry], removed: Iterable[str]) -> list[Edit]:
        """Apply a delta: a property that is absent stays, None clears it, and an id in `removed` goes.

        Returns:
            What happened, row by row; a row that stays as it was is not told.
        """
        gone = set(removed)
        edits = self.edits(connection, gathered(upserts, gone), gone)
        self.carry_out(connection, edits)
        return edits

    def edits(
        self, connection: sqlite3.Connection, told: Mapping[str, Mapping[str, Scalar]], gone: Iterable[str]
    ) -> list[Edit]:
        """What a merge would do, row by row, for `carry_out`.

        Args:
            connection: Within its caller's transaction.
            told: What is told of changed and new entries, by id.
            gone: Ids that go, none of them in `told`.

        Raises:
            DamagedListError: A row is not what was put in.
        """
        with self._sound(connection):
            changed = {
                entry_id: changed_row(entry_id, row, told[entry_id]) for entry_id, row in self.held(connection, told)
            }
        edits = (changed[one] if one in changed else new_row(Entry(one, values)) for one, values in told.items())
        gone_rows = self.held(connection, gone)
        return [
            *(edit for edit in edits if edit is not None),
            *(Edit(entry_id, row.position, row.digest, None) for entry_id, row in gone_rows),
        ]

    def carry_out(self, connection: sqlite3.Connection, edits: Sequence[Edit]) -> None:
        """Do to the rows what `edits` are; members are another matter.

        Raises:
            LockedError: A row is not any more as it was seen.
        """
        fresh: list[StoredRow] = []
        moved: list[Edit] = []
        changed: list[Edit] = []
        gone: list[Edit] = []
        for edit in edits:
            if edit.after is None:
                gone.append(edit)
            elif edit.search is None:
                if edit.digest != edit.seen:
                    changed.append(edit)
            elif edit.position is None:
                fresh.append((edit.id, edit.digest, edit.search, edit.flags, edit.after))
            else:
                moved.append(edit)
        if self.known(connection, (row[0] for row in fresh)):
            raise self._altered(connection)
        self.append(connection, fresh)
        update = "UPDATE rows_{n} SET search = ?, flags = ?, digest = ?, body = ?"
        self._write_seen(connection, update, moved, "search", "flags", "digest", "after")
        self._write_seen(connection, "UPDATE rows_{n} SET digest = ?, body = ?", changed, "digest", "after")
        self._write_seen(connection, "DELETE FROM rows_{n}", gone)
        self.members.clear(connection, [edit.position for edit in gone if edit.position is not None])

    def _write_seen(self, connection: sqlite3.Connection, statement: str, edits: list[Edit], *values: str) -> None:
        """Carry out a statement with some values of each edit, where its row is still the one that was seen."""
        # Neighbours in the file are written together, in whatever order a delta tells of them.
        edits.sort(key=attrgetter("position"))
        query = self.sql(f"{statement} WHERE position = ? AND id = ? AND digest = ?")
        rows = map(attrgetter(*values, "position", "id", "seen"), edits)
        if connection.executemany(query, rows).rowcount != len(edits):
            raise self._altered(connection)

    def member_effects(
        self, connection: sqlite3.Connection, upserts: Collection[str], removed: Collection[str], members: MemberChanges
    ) -> dict[str, MembershipEffect]:
        """What told members do to the groups that a merge leaves there, where their members are known.

        Args:
            connection: Within its caller's transaction.
            upserts: Ids of changed or new entries.
            removed: Ids that go.
            members: What is told.

        Raises:
            DamagedListError: A group has other members than were put in.
        """
        effects: dict[str, MembershipEffect] = {}
        for batch in _batches(group for group in members if group not in removed):
            present = dict(self.held(connection, batch))
            for group in batch:
                if group in present:
                    row = present[group]
                    count = self._decode(connection, group, row.body).get(MEMBER_COUNT)
                    if count is None:
                        continue
                    if self.members.count(connection, row.position) != count:
                        raise self.damaged(connection)
                    effects[group] = self.members.effect(connection, row.position, stored_changes(members[group]))
                elif group in upserts:
                    effects[group] = effect_on_new_group(stored_changes(members[group]))
        return effects

    def move_members(self, connection: sqlite3.Connection, effects: Mapping[str, MembershipEffect]) -> None:
        """Let members join and leave groups that are there; `memberCount` is not touched.

        Raises:
            LockedError: A group has other members than were seen.
        """
        for group, position in self._in_order(connection, effects):
            self.members.change(connection, position, effects[group].told)
            if self.members.count(connection, position) != effects[group].count:
                raise self._altered(connection)

    def put_members(self, connection: sqlite3.Connection, members: MemberChanges) -> None:
        """As `move_members`, for groups whose members are not all told yet."""
        for group, position in self._in_order(connection, members):
            self.members.change(connection, position, stored_changes(members[group]))

    def _in_order(self, connection: sqlite3.Connection, groups: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Those of some groups that are there, with their positions, by these."""
        yield from sorted(self._positions(connection, groups).items(), key=itemgetter(1))

    def members_of(
        self, connection: sqlite3.Connection, entry_id: str, *, offset: int = 0, limit: int = -1
    ) -> list[str]:
        """Ids of the members of a group, in order; all for a limit of -1.

        Raises:
            DamagedListError: The group, or its members, are not what was put in.
        """
        for _, row in self.held(connection, [entry_id]):
            count = self._decode(connection, entry_id, row.body).get(MEMBER_COUNT)
            if count is not None and self.members.count(connection, row.position) != count:
                raise self.damaged(connection)
            with self._sound(connection):
                return self.members.read(connection, row.position, offset=offset, limit=limit)
        return []

    def members_at(self, connection: sqlite3.Connection, position: int, count: Scalar) -> list[str]:
        """Ids of the members of the group at `position`, in order, seen to be as many as it says, if it does.

        Raises:
            DamagedListError: The members are not what was put in.
        """
        with self._sound(connection):
            members = self.members.read(connection, position)
        if count is not None and len(members) != count:
            raise self.damaged(connection)
        return members

    def count_members(self, connection: sqlite3.Connection, unknown: Collection[str]) -> None:
        """Set the column `memberCount` of every row but those of `unknown`."""
        counts = self.members.counts(connection)
        ids = connection.execute(self.sql("SELECT id FROM rows_{n}")).fetchall()
        for batch in _batches(entry_id for (entry_id,) in ids if entry_id not in unknown):
            self._update(
                connection,
                [
                    (row.position, stored_row(Entry(entry_id, {**values, MEMBER_COUNT: counts.get(row.position, 0)})))
                    for entry_id, row in self.held(connection, batch)
                    for values in [self._decode(connection, entry_id, row.body)]
                ],
            )

    def copy_rows(self, connection: sqlite3.Connection, old: EntryTable, ids: Collection[str]) -> int:
        """Take rows of `old` over as they are, with their members; gives how many came."""
        came = 0
        for batch in _batches(ids):
            kept = old.entries(connection, batch)
            came += self.put(connection, [*map(stored_row, kept.values())])
            then, now = old._positions(connection, kept), self._positions(connection, kept)
            self.members.clear(connection, now.values())
            for entry_id, position in now.items():
                self.members.copy(connection, position, old.members, then[entry_id])
        return came

    def known(self, connection: sqlite3.Connection, ids: Iterable[str]) -> set[str]:
        """Which of `ids` are there."""
        return {entry_id for (entry_id,) in self._found(connection, "id", ids)}

    def compare(self, connection: sqlite3.Connection, old: EntryTable | None) -> Changes:
        """What would happen if this took the place of `old`; None stands for an empty list."""
        if old is None:
            return Changes(added=self.count(connection))
        total, before, common, equal = connection.execute(self.sql(_COMPARE, old=old)).fetchone()
        joined, left, regrouped = self._regrouped(connection, old)
        unchanged = equal - regrouped
        return Changes(total - common, common - unchanged, before - common, unchanged, joined, left)

    def losses(
        self, connection: sqlite3.Connection, old: EntryTable | None, columns: Collection[str]
    ) -> list[ColumnLoss]:
        """Which of `columns` rows of `old` would lose if this took its place; not those of rows that would go."""
        if old is None:
            return []
        lost: Counter[str] = Counter()
        for before, after in connection.execute(self.sql(_CHANGED_BODIES, old=old)):
            try:
                had = decode("", before).values
            except StrangeValueError:
                # Of a damaged row nothing is known.
                continue
            with self._sound(connection):
                lost.update(emptied(had, decode("", after).values))
        return [
            ColumnLoss(column, rows, everywhere=not self.any_with(connection, column))
            for column, rows in lost.items()
            if column in columns
        ]

    def held(self, connection: sqlite3.Connection, ids: Iterable[str]) -> Iterator[tuple[str, HeldRow]]:
        """Those of `ids` that are there, in the order of the file: one row after the other is found sooner.

        Raises:
            DamagedListError: A row is not what was put in.
        """
        for batch in _batches(sorted(position for (position,) in self._found(connection, "position", ids))):
            # A cursor that an error's traceback keeps would hold on to the state of the lists that it saw.
            found = connection.execute(self.sql(_HELD), (json.dumps(batch),)).fetchall()
            for entry_id, position, digest, body in found:
                # A delta knows only what changed: over a row that is damaged it would write the rest of it for good.
                if not _is_sound(entry_id, body, digest):
                    raise self.damaged(connection)
                yield entry_id, HeldRow(position, digest, body)

    def entries(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Entry]:
        """Those of `ids` that are there, by id.

        Raises:
            DamagedListError: A row is not what was put in.
        """
        return {
            entry_id: Entry(entry_id, self._decode(connection, entry_id, row.body))
            for entry_id, row in self.held(connection, ids)
        }

    def any_with(self, connection: sqlite3.Connection, column: str, *, but: Sequence[int] = ()) -> bool:
        """Whether any row has something to lose in `column` (see `has_value`), those at the positions `but` aside."""
        values = (json.dumps(but), f'$."{column}"', EMPTY.get(column, ""))
        (found,) = connection.execute(self.sql(_ANY_WITH_VALUE), values).fetchone()
        return bool(found)

    def count_told(self, connection: sqlite3.Connection, column: str) -> int:
        """How many rows have anything in `column`."""
        (number,) = connection.execute(self.sql(_COUNT_TOLD), (f'$."{column}"',)).fetchone()
        return int(number)

    def _decode(self, connection: sqlite3.Connection, entry_id: str, body: bytes) -> Mapping[str, Scalar]:
        with self._sound(connection):
            return decode(entry_id, body).values

    def _regrouped(self, connection: sqlite3.Connection, old: EntryTable) -> tuple[int, int, int]:
        """Members that joined and left since `old`, and groups that differ in nothing else."""
        joined = Counter(group for group, _ in self.members.joined_since(connection, old.members))
        left = Counter(group for group, _ in old.members.joined_since(connection, self.members))
        regrouped = 0
        for batch in _batches({**joined, **left}):
            query = self.sql(
                "SELECT count(DISTINCT id) FROM rows_{n} AS new JOIN rows_{old} AS old USING (id)"
                " WHERE new.digest = old.digest AND id IN (SELECT value FROM json_each(?))",
                old=old,
            )
            regrouped += connection.execute(query, (json.dumps(batch),)).fetchone()[0]
        return joined.total(), left.total(), regrouped

    def _positions(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
        return dict(self._found(connection, "id, position", ids))

    def _found(self, connection: sqlite3.Connection, columns: str, ids: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        """Some columns of the index of ids, of those of `ids` that are there; neighbours in it are found together."""
        query = self.sql(f"SELECT {columns} FROM rows_{{n}} WHERE id IN (SELECT value FROM json_each(?))")  # noqa: S608
        for batch in _batches(sorted(ids)):
            yield from connection.execute(query, (json.dumps(batch),)).fetchall()

    def _update(self, connection: sqlite3.Connection, rows: list[tuple[int, StoredRow]]) -> None:
        connection.executemany(
            self.sql("UPDATE rows_{n} SET id = ?, digest = ?, search = ?, flags = ?, body = ? WHERE position = ?"),
            [(*row, position) for position, row in rows],
        )


def _is_sound(entry_id: object, body: object, digest: object) -> bool:
    """Whether a row is as it was put in."""
    return isinstance(entry_id, str) and isinstance(body, bytes) and digest_of(entry_id.encode(), body) == digest


@contextmanager
def _small_sorter(connection: sqlite3.Connection) -> Iterator[None]:
    (cache,) = connection.execute("PRAGMA cache_size").fetchone()
    # SQLite's sorter takes as much memory as the cache may, twice over while it grows; with little it is no slower.
    connection.execute(f"PRAGMA cache_size = -{_SORTING_KIB}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = {cache}")


def _batches(those: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(those)
    while batch := list(islice(rest, _BATCH)):
        yield batch
