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
from contextlib import contextmanager
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
from entra_tui.storage.lists.membership_table import MEMBER_COUNT, MembershipEffect, MembershipTable, spelled
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
    SELECT CAST(was.body AS BLOB), CAST(now.body AS BLOB)
    FROM ids_{n} AS new CROSS JOIN ids_{old} AS old ON old.id = new.id
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
_EMPTY: Final[Mapping[str, Scalar]] = {MEMBER_COUNT: 0}
"""What stands for no value in a column, where that is not the empty text."""
_WITH_VALUE: Final = """
    SELECT count(*) FROM rows_{n}
    WHERE CASE WHEN json_valid(body) THEN json_extract(body, ?) {condition} ELSE FALSE END
"""
_OWNER: Final = """
    SELECT name, connector FROM lists
    WHERE table_number = ?1 OR id = (SELECT list FROM stages WHERE stages.table_number = ?1)
"""
_REFERENCES: Final = "SELECT 1 FROM lists WHERE table_number = ?1 UNION SELECT 1 FROM stages WHERE table_number = ?1"
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


def has_value(values: Mapping[str, Scalar], column: str) -> bool:
    """Whether there is something to lose in a column: not an empty text, nor the number of no members."""
    value = values.get(column)
    return value is not None and value != _EMPTY.get(column, "")


def emptied(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> list[str]:
    """The columns that have something to lose in `before`, and lost it in `after`."""
    return [column for column in before if has_value(before, column) and not has_value(after, column)]


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
        with self._sound(connection):
            for entry_id, body, digest in connection.execute(self.sql(f"{_READ} {clause}"), values):
                if digest_of(body) != digest:
                    raise self.damaged(connection)
                yield decode(entry_id, body)

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
        (listed,) = connection.execute(self.sql("SELECT count(*) FROM ids_{n}")).fetchone()
        if not sum(1 for _ in self.read(connection, "")) == listed == entries:
            raise self.damaged(connection)

    def damaged(self, connection: sqlite3.Connection) -> DamagedListError:
        """What to do where rows are not what was put in: a full read makes all of them anew."""
        name, connector = connection.execute(_OWNER, (self.number,)).fetchone() or ("", "CONNECTOR")
        return DamagedListError(
            f"Stored entries of '{harmless(name, limit=160)}' are damaged; "
            f"read the list anew with `entra-tui sync {shlex.quote(harmless(connector, limit=160))} --full`."
        )

    def drop(self, connection: sqlite3.Connection) -> None:
        """Remove the tables, unless a list or a stage still refers to them."""
        if connection.execute(_REFERENCES, (self.number,)).fetchone() is not None:
            return
        self.members.drop(connection)
        connection.execute(self.sql("DROP TABLE IF EXISTS ids_{n}"))
        connection.execute(self.sql("DROP TABLE IF EXISTS rows_{n}"))
        connection.execute("DELETE FROM entry_tables WHERE number = ?", (self.number,))

    def belongs_to_stage(self, connection: sqlite3.Connection) -> bool:
        """Whether the tables are there, and one stage and no list refers to them."""
        names = json.dumps([self.sql(name) for name in ("ids_{n}", "rows_{n}", "members_{n}")])
        (tables, references) = connection.execute(
            "SELECT (SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
            " AND name IN (SELECT value FROM json_each(?1))), (SELECT count(*) FROM lists WHERE table_number = ?2)"
            " + (SELECT count(*) FROM stages WHERE table_number = ?2)",
            (names, self.number),
        ).fetchone()
        return (tables, references) == (3, 1)

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
                held = {} if before is None else self._decode(connection, entry_id, before)
                row = _Row.of(entry_id, {**held, **partial[entry_id]})
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
        effects = self.member_effects(connection, {entry.id for entry in rows}, gone, members)
        counted = [*rows, *(Entry(group, {MEMBER_COUNT: effect.count}) for group, effect in effects.items())]
        moves = {group: effect for group, effect in effects.items() if effect.joined or effect.left}
        for edit in self.merge(connection, counted, gone):
            effect = moves.pop(edit.id, None)
            yield edit if effect is None else replace(edit, joined=effect.joined, left=effect.left)
        for batch in _batches(moves):
            # As many joined as left: the row itself is as it was.
            for group, (_, body) in self._bodies(connection, batch).items():
                yield Edit(group, body, body, moves[group].joined, moves[group].left)
        self.put_members(connection, {group: members[group] for group in effects})

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
            present = self._bodies(connection, batch)
            for group in batch:
                if group in present:
                    position, body = present[group]
                    count = self._decode(connection, group, body).get(MEMBER_COUNT)
                    if count is None:
                        continue
                    if self.members.count(connection, position) != count:
                        raise self.damaged(connection)
                    with self._sound(connection):
                        effects[group] = self.members.effect(connection, position, members[group])
                elif group in upserts:
                    told = {spelled(member): is_member for member, is_member in members[group].items()}
                    effects[group] = MembershipEffect((), (), sum(told.values()))
        return effects

    def put_members(self, connection: sqlite3.Connection, members: MemberChanges) -> None:
        """Let members join and leave groups that are there; `memberCount` is not touched."""
        for batch in _batches(members):
            for group, position in sorted(self._positions(connection, batch).items(), key=itemgetter(1)):
                self.members.change(connection, position, members[group])

    def members_of(
        self, connection: sqlite3.Connection, entry_id: str, *, offset: int = 0, limit: int = -1
    ) -> list[str]:
        """Ids of the members of a group, in order; all for a limit of -1.

        Raises:
            DamagedListError: The group, or its members, are not what was put in.
        """
        for position, body in self._bodies(connection, [entry_id]).values():
            count = self._decode(connection, entry_id, body).get(MEMBER_COUNT)
            if count is not None and self.members.count(connection, position) != count:
                raise self.damaged(connection)
            with self._sound(connection):
                return self.members.read(connection, position, offset=offset, limit=limit)
        return []

    def count_members(self, connection: sqlite3.Connection, unknown: Collection[str]) -> None:
        """Set the column `memberCount` of every row but those of `unknown`."""
        counts = self.members.counts(connection)
        ids = connection.execute(self.sql("SELECT id FROM ids_{n}")).fetchall()
        for batch in _batches(entry_id for (entry_id,) in ids if entry_id not in unknown):
            self._update(
                connection,
                [
                    (position, _Row.of(entry_id, {**self._decode(connection, entry_id, body), MEMBER_COUNT: count}))
                    for entry_id, (position, body) in self._bodies(connection, batch).items()
                    for count in [counts.get(position, 0)]
                ],
            )

    def copy_rows(self, connection: sqlite3.Connection, old: EntryTable, ids: Collection[str]) -> int:
        """Take rows of `old` over as they are, with their members; gives how many came."""
        came = 0
        for batch in _batches(ids):
            kept = old.entries(connection, batch)
            came += self.put(connection, stored((entry_id, entry.values) for entry_id, entry in kept.items()))
            then, now = old._positions(connection, kept), self._positions(connection, kept)
            self.members.clear(connection, now.values())
            for entry_id, position in now.items():
                self.members.copy(connection, position, old.members, then[entry_id])
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
            ColumnLoss(column, rows, not self.count_with(connection, column))
            for column, rows in lost.items()
            if column in columns
        ]

    def entries(self, connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Entry]:
        """Those of `ids` that are there, by id.

        Raises:
            DamagedListError: A row is not what was put in.
        """
        return {
            entry_id: Entry(entry_id, self._decode(connection, entry_id, body))
            for batch in _batches(ids)
            for entry_id, (_, body) in self._bodies(connection, batch).items()
        }

    def count_with(self, connection: sqlite3.Connection, column: str) -> int:
        """How many rows have something to lose in `column`; see `has_value`."""
        return self._count_where(connection, column, "<> ?", _EMPTY.get(column, ""))

    def count_told(self, connection: sqlite3.Connection, column: str) -> int:
        """How many rows have anything in `column`."""
        return self._count_where(connection, column, "IS NOT ?", None)

    def _count_where(self, connection: sqlite3.Connection, column: str, condition: str, value: Scalar) -> int:
        query = self.sql(_WITH_VALUE.replace("{condition}", condition))
        (number,) = connection.execute(query, (f'$."{column}"', value)).fetchone()
        return int(number)

    def _decode(self, connection: sqlite3.Connection, entry_id: str, body: str) -> Mapping[str, Scalar]:
        with self._sound(connection):
            return decode(entry_id, body.encode()).values

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
            if body is None or digest_of(body) != digest:
                raise self.damaged(connection)
            try:
                bodies[entry_id] = (position, body.decode())
            except UnicodeDecodeError as error:
                raise self.damaged(connection) from error
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
        body = encode(held)
        return cls(entry_id, search, flags, body.decode(), digest_of(body))


StoredRows = Mapping[str, _Row]
"""Whole entries in their stored form, by id."""


def stored(entries: Iterable[tuple[str, Mapping[str, Scalar]]]) -> StoredRows:
    """Ids with their values in stored form, which takes longer to make than to write; of one id the last wins."""
    return {entry_id: _Row.of(entry_id, values) for entry_id, values in entries}


def digest_of(body: bytes) -> int:
    """By what a row that changed is told from one that did not."""
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def encode(values: Mapping[str, Scalar]) -> bytes:
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
