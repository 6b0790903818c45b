"""The rows of one list, or of one stage: three tables under one number.

`ids_N` finds a row by the directory object's id and tells by a digest whether it changed; comparing two lists walks
these narrow tables side by side. `rows_N` holds the rows as JSON in order of arrival, with the text that is sorted by
and searched in; the index over that text is made when a stage becomes the list. `members_N` holds who is in each group.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import blake2b
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import orjson

from entra_tui.model.entry import Changes, ColumnLoss, Entry, Scalar
from entra_tui.model.text import harmless, search_key
from entra_tui.storage.errors import DamagedListError
from entra_tui.storage.lists.membership_table import MEMBER_COUNT, MembershipTable
from entra_tui.storage.lists.stored_values import StrangeValueError, is_not_utf8

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator, Sequence

    from entra_tui.storage.lists.membership_table import MemberChanges

DISABLED: Final = 1
GUEST: Final = 2

_BATCH: Final = 1000
_SORTING_KIB: Final = 2 * 1024
_CREATE: Final = (
    "CREATE TABLE ids_{n} (id TEXT PRIMARY KEY, position INTEGER NOT NULL, digest INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE rows_{n} (
        position INTEGER PRIMARY KEY, id TEXT NOT NULL, search TEXT NOT NULL, flags INTEGER NOT NULL, body TEXT NOT NULL
    )""",
)
_INDEX: Final = "CREATE INDEX IF NOT EXISTS order_{n} ON rows_{n} (search, flags)"
_COMPARE: Final = """
    SELECT (SELECT count(*) FROM ids_{n}), (SELECT count(*) FROM ids_{old}),
        count(*), coalesce(sum(new.digest = old.digest), 0)
    FROM ids_{n} AS new CROSS JOIN ids_{old} AS old ON old.id = new.id
"""
_CHANGED_BODIES: Final = """
    SELECT CAST(was.body AS BLOB), now.body FROM ids_{n} AS new CROSS JOIN ids_{old} AS old ON old.id = new.id
    JOIN rows_{old} AS was ON was.position = old.position JOIN rows_{n} AS now ON now.position = new.position
    WHERE new.digest <> old.digest
"""
_READ: Final = """
    SELECT id, CAST(body AS BLOB),
        (SELECT digest FROM ids_{n} WHERE ids_{n}.id = rows_{n}.id AND ids_{n}.position = rows_{n}.position)
    FROM rows_{n}
"""
_BODIES: Final = """
    SELECT ids_{n}.id, ids_{n}.position, digest, CAST(body AS BLOB)
    FROM ids_{n} LEFT JOIN rows_{n} ON rows_{n}.position = ids_{n}.position AND rows_{n}.id = ids_{n}.id
    WHERE ids_{n}.id IN (SELECT value FROM json_each(?))
"""
_OWNER: Final = """
    SELECT name, connector FROM lists
    WHERE table_number = ?1 OR id = (SELECT list FROM stages WHERE stages.table_number = ?1)
"""
_escape = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


class ChangeKind(Enum):
    """What happened to a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Edit:
    """What a merge did to one row; a side is None where the row is missing.

    Attributes:
        id: The entry's id.
        before: JSON of its values before.
        after: JSON of its values after.
        joined: Members that it gained.
        left: Members that it lost.
    """

    id: str
    before: str | None
    after: str | None
    joined: Sequence[str] = ()
    left: Sequence[str] = ()

    @property
    def kind(self) -> ChangeKind:
        """What happened."""
        if self.before is None:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.after is None else ChangeKind.CHANGED


def _emptied(before: bytes, after: str, columns: Collection[str]) -> list[str]:
    """Which of `columns` have a value in the JSON `before`, and none in `after`; of a damaged row nothing is known."""
    try:
        had = orjson.loads(before)
    except orjson.JSONDecodeError:
        return []
    now = orjson.loads(after)
    return [column for column in had if column not in now and column in columns]


def decode(entry_id: str, body: bytes) -> Entry:
    """An entry from its stored form.

    Raises:
        StrangeValueError: It is no object of JSON.
    """
    try:
        values = orjson.loads(body)
        # The quick one makes floats of the largest integers, and does not know half a surrogate pair.
        if type(values) is dict and float not in map(type, values.values()):
            return Entry(entry_id, values)
    except orjson.JSONDecodeError:
        pass
    try:
        values = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise StrangeValueError("an entry is not JSON") from error
    if not isinstance(values, dict):
        raise StrangeValueError("an entry is not an object of JSON")
    return Entry(entry_id, values)


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
        for statement in _CREATE:
            connection.execute(table.sql(statement))
        table.members.create(connection)
        return table

    def sql(self, template: str, *, old: EntryTable | None = None) -> str:
        """SQL with this table's number in place of `{n}`, and that of `old` in place of `{old}`."""
        filled = template.replace("{n}", str(self.number))
        return filled if old is None else filled.replace("{old}", str(old.number))

    def index(self, connection: sqlite3.Connection) -> None:
        """Make the index that a list is sorted by and searched with, unless it is there."""
        (cache,) = connection.execute("PRAGMA cache_size").fetchone()
        # SQLite's sorter takes as much memory as the cache may, twice over while it grows; with little it is no slower.
        connection.execute(f"PRAGMA cache_size = -{_SORTING_KIB}")
        try:
            connection.execute(self.sql(_INDEX))
        finally:
            connection.execute(f"PRAGMA cache_size = {cache}")

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
        try:
            for entry_id, body, digest in connection.execute(self.sql(f"{_READ} {clause}"), values):
                if _digest(body) != digest:
                    raise self.damaged(connection)
                yield decode(entry_id, body)
        except StrangeValueError as error:
            raise self.damaged(connection) from error
        except sqlite3.OperationalError as error:
            if is_not_utf8(error):
                raise self.damaged(connection) from error
            raise

    def damaged(self, connection: sqlite3.Connection) -> DamagedListError:
        """What to do where rows are not what was put in: a full read makes all of them anew."""
        name, connector = connection.execute(_OWNER, (self.number,)).fetchone() or ("", "CONNECTOR")
        return DamagedListError(
            f"Stored entries of '{harmless(name, limit=160)}' are damaged; "
            f"read the list anew with `entra-tui sync {shlex.quote(harmless(connector, limit=160))} --full`."
        )

    def drop(self, connection: sqlite3.Connection) -> None:
        """Remove the tables. The number must not be referred to any more."""
        self.members.drop(connection)
        connection.execute(self.sql("DROP TABLE ids_{n}"))
        connection.execute(self.sql("DROP TABLE rows_{n}"))
        connection.execute("DELETE FROM entry_tables WHERE number = ?", (self.number,))

    def put(self, connection: sqlite3.Connection, rows: StoredRows) -> int:
        """Put whole entries in; one whose id is there takes its place.

        Returns:
            How many ids are new.
        """
        known = self._positions(connection, rows)
        fresh: list[_Row] = []
        changed: list[tuple[int, _Row]] = []
        for entry_id, row in rows.items():
            if entry_id in known:
                changed.append((known[entry_id], row))
            else:
                fresh.append(row)
        self._insert(connection, fresh)
        self._update(connection, changed)
        return len(fresh)

    def merge(self, connection: sqlite3.Connection, upserts: Iterable[Entry], removed: Iterable[str]) -> Iterator[Edit]:
        """Apply a delta: a property that is absent stays, None clears it, and an id in `removed` goes.

        Yields:
            What happened, row by row; a row that stays as it was is not told.
        """
        gone = set(removed)
        partial: dict[str, dict[str, Scalar]] = {}
        for entry in upserts:
            if entry.id not in gone:
                partial.setdefault(entry.id, {}).update(entry.values)
        for batch in _batches(partial):
            present = self._bodies(connection, batch)
            fresh: list[_Row] = []
            changed: list[tuple[int, _Row]] = []
            for entry_id in batch:
                position, before = present.get(entry_id, (0, None))
                row = _Row.of(entry_id, {**(json.loads(before) if before else {}), **partial[entry_id]})
                if before is None:
                    fresh.append(row)
                elif before != row.body:
                    changed.append((position, row))
                else:
                    continue
                yield Edit(entry_id, before, row.body)
            self._insert(connection, fresh)
            self._update(connection, changed)
        for batch in _batches(gone):
            present = self._bodies(connection, batch)
            connection.executemany(
                self.sql("DELETE FROM rows_{n} WHERE position = ?"), [(position,) for position, _ in present.values()]
            )
            connection.executemany(self.sql("DELETE FROM ids_{n} WHERE id = ?"), [(entry_id,) for entry_id in present])
            self.members.clear(connection, [position for position, _ in present.values()])
            for entry_id, (_, before) in present.items():
                yield Edit(entry_id, before, None)

    def merge_members(
        self, connection: sqlite3.Connection, upserts: Iterable[Entry], removed: Iterable[str], members: MemberChanges
    ) -> Iterator[Edit]:
        """As `merge`, with who joined and left; the column `memberCount` is set where it is known.

        A group that is there keeps its members but for what is told, and an unknown number stays unknown. Of a new
        group all that is told are its members; without an entry in `members` their number is unknown.
        """
        gone, rows = set(removed), tuple(upserts)
        present = self._bodies(connection, members)
        listed = (present.keys() | {entry.id for entry in rows}) - gone
        told = {group: changes for group, changes in members.items() if group in listed}
        joined: dict[str, Sequence[str]] = {}
        left: dict[str, Sequence[str]] = {}
        counts: dict[str, int] = {}
        for group, changes in told.items():
            if group not in present:
                counts[group] = sum(changes.values())
            elif MEMBER_COUNT in json.loads(present[group][1]):
                effect = self.members.effect(connection, present[group][0], changes)
                counts[group], joined[group], left[group] = effect.count, effect.joined, effect.left
        counted = [*rows, *(Entry(group, {MEMBER_COUNT: count}) for group, count in counts.items())]
        for edit in self.merge(connection, counted, gone):
            yield replace(edit, joined=joined.pop(edit.id, ()), left=left.pop(edit.id, ()))
        for group, came in joined.items():
            # As many joined as left: the row itself is as it was.
            if came or left[group]:
                yield Edit(group, present[group][1], present[group][1], came, left[group])
        self.put_members(connection, {group: told[group] for group in counts})

    def put_members(self, connection: sqlite3.Connection, members: MemberChanges) -> None:
        """Let members join and leave groups that are there; `memberCount` is not touched."""
        for batch in _batches(members):
            for group, position in sorted(self._positions(connection, batch).items(), key=itemgetter(1)):
                self.members.change(connection, position, members[group])

    def members_of(
        self, connection: sqlite3.Connection, entry_id: str, *, offset: int = 0, limit: int = -1
    ) -> list[str]:
        """Ids of the members of a group, in order; all for a limit of -1."""
        position = self._positions(connection, [entry_id]).get(entry_id)
        return [] if position is None else self.members.read(connection, position, offset=offset, limit=limit)

    def count_members(self, connection: sqlite3.Connection, unknown: Collection[str]) -> None:
        """Set the column `memberCount` of every row but those of `unknown`."""
        counts = self.members.counts(connection)
        last = 0
        while True:
            query = self.sql("SELECT position, id, body FROM rows_{n} WHERE position > ? ORDER BY position LIMIT ?")
            rows = connection.execute(query, (last, _BATCH)).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            self._update(
                connection,
                [
                    (position, _Row.of(entry_id, json.loads(body) | {MEMBER_COUNT: counts.get(position, 0)}))
                    for position, entry_id, body in rows
                    if entry_id not in unknown
                ],
            )

    def copy_rows(self, connection: sqlite3.Connection, old: EntryTable, ids: Collection[str]) -> int:
        """Take rows of `old` over as they are; gives how many came. Members do not come along."""
        came = 0
        for batch in _batches(ids):
            bodies = old._bodies(connection, batch)
            came += self.put(connection, stored((entry_id, json.loads(body)) for entry_id, (_, body) in bodies.items()))
        return came

    def known(self, connection: sqlite3.Connection, ids: Iterable[str]) -> set[str]:
        """Which of `ids` are there."""
        return {entry_id for batch in _batches(ids) for entry_id in self._positions(connection, batch)}

    def compare(self, connection: sqlite3.Connection, old: EntryTable | None) -> Changes:
        """What would happen if this took the place of `old`; None stands for an empty list."""
        if old is None:
            (total,) = connection.execute(self.sql("SELECT count(*) FROM ids_{n}")).fetchone()
            return Changes(added=total)
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
        emptied: Counter[str] = Counter()
        for before, after in connection.execute(self.sql(_CHANGED_BODIES, old=old)):
            emptied.update(_emptied(before, after, columns))
        return [ColumnLoss(column, rows, not self._has(connection, column)) for column, rows in emptied.items()]

    def entries(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Entry]:
        """Those of `ids` that are there, by id.

        Raises:
            DamagedListError: A row is not what was put in.
        """
        return {
            entry_id: decode(entry_id, body.encode())
            for batch in _batches(ids)
            for entry_id, (_, body) in self._bodies(connection, batch).items()
        }

    def count_with(self, connection: sqlite3.Connection, column: str) -> int:
        """How many rows have a value in `column`."""
        query = self.sql("SELECT count(*) FROM rows_{n} WHERE json_valid(body) AND json_extract(body, ?) IS NOT NULL")
        (number,) = connection.execute(query, (f'$."{column}"',)).fetchone()
        return int(number)

    def _has(self, connection: sqlite3.Connection, column: str) -> bool:
        query = self.sql("SELECT 1 FROM rows_{n} WHERE json_extract(body, ?) IS NOT NULL LIMIT 1")
        return connection.execute(query, (f'$."{column}"',)).fetchone() is not None

    def _regrouped(self, connection: sqlite3.Connection, old: EntryTable) -> tuple[int, int, int]:
        """Members that joined and left since `old`, and groups that differ in nothing else."""
        joined = Counter(group for group, _ in self.members.joined_since(connection, old.members))
        left = Counter(group for group, _ in old.members.joined_since(connection, self.members))
        regrouped = 0
        for batch in _batches({**joined, **left}):
            query = self.sql(
                "SELECT count(*) FROM ids_{n} AS new JOIN ids_{old} AS old USING (id)"
                " WHERE new.digest = old.digest AND id IN (SELECT value FROM json_each(?))",
                old=old,
            )
            regrouped += connection.execute(query, (json.dumps(batch),)).fetchone()[0]
        return joined.total(), left.total(), regrouped

    def _positions(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, int]:
        return dict(
            connection.execute(
                self.sql("SELECT id, position FROM ids_{n} WHERE id IN (SELECT value FROM json_each(?))"),
                (json.dumps(list(ids)),),
            )
        )

    def _bodies(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, tuple[int, str]]:
        found = connection.execute(
            self.sql(_BODIES),
            (json.dumps(list(ids)),),
        )
        bodies: dict[str, tuple[int, str]] = {}
        for entry_id, position, digest, body in found:
            # A delta knows only what changed: over a row that is damaged it would write the rest of it for good.
            if body is None or _digest(body) != digest:
                raise self.damaged(connection)
            bodies[entry_id] = (position, body.decode())
        return bodies

    def _insert(self, connection: sqlite3.Connection, rows: list[_Row]) -> None:
        (last,) = connection.execute(self.sql("SELECT coalesce(max(position), 0) FROM rows_{n}")).fetchone()
        placed = list(enumerate(rows, last + 1))
        connection.executemany(
            self.sql("INSERT INTO rows_{n} VALUES (?, ?, ?, ?, ?)"),
            [(position, row.id, row.search, row.flags, row.body) for position, row in placed],
        )
        # In order of id, the B-tree is walked once instead of jumped about in.
        connection.executemany(
            self.sql("INSERT INTO ids_{n} VALUES (?, ?, ?)"),
            sorted((row.id, position, row.digest) for position, row in placed),
        )

    def _update(self, connection: sqlite3.Connection, rows: list[tuple[int, _Row]]) -> None:
        connection.executemany(
            self.sql("UPDATE rows_{n} SET search = ?, flags = ?, body = ? WHERE position = ?"),
            [(row.search, row.flags, row.body, position) for position, row in rows],
        )
        connection.executemany(
            self.sql("UPDATE ids_{n} SET digest = ? WHERE id = ?"), [(row.digest, row.id) for _, row in rows]
        )


class _Row:
    """An entry in its stored form; a plain class, since a million are made."""

    __slots__ = ("body", "digest", "flags", "id", "search")

    def __init__(self, entry_id: str, search: str, flags: int, body: str, digest: int) -> None:
        self.id = entry_id
        self.search = search
        self.flags = flags
        self.body = body
        self.digest = digest

    @classmethod
    def of(cls, entry_id: str, values: Mapping[str, Scalar]) -> _Row:
        """None and an absent property are one thing in a list."""
        held = values
        if None in values.values():
            held = {key: value for key, value in values.items() if value is not None}
        get = held.get
        search = search_key(f"{get('displayName', '')}\n{get('userPrincipalName', '')}\n{get('mail', '')}")
        flags = (get("accountEnabled") is False) * DISABLED | (get("userType") == "Guest") * GUEST
        body = _encode(held)
        return cls(entry_id, search, flags, body.decode(), _digest(body))


StoredRows = Mapping[str, _Row]
"""Whole entries in their stored form, by id."""


def stored(entries: Iterable[tuple[str, Mapping[str, Scalar]]]) -> StoredRows:
    """Ids with their values in stored form, which takes longer to make than to write; of one id the last wins."""
    return {entry_id: _Row.of(entry_id, values) for entry_id, values in entries}


def _digest(body: bytes) -> int:
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def _encode(values: Mapping[str, Scalar]) -> bytes:
    """JSON in one form only, so that what is equal has equal bytes."""
    try:
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        # ASCII escapes keep what SQLite cannot store, such as half a surrogate pair, as it came.
        return _escape(values).encode()


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while batch := list(islice(rest, _BATCH)):
        yield batch
