"""Who is in which group or role of one entry table: a row for each membership."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from struct import unpack
from typing import TYPE_CHECKING, Final

from entra_tui.storage.lists.stored_values import StrangeValueError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

MEMBER_COUNT: Final = "memberCount"
"""The column that tells how many members an entry has; absent where that is not known."""

MemberChanges = Mapping[str, Mapping[str, bool]]
"""By group: member ids that joined (True) or left (False)."""

StoredMember = bytes | str
"""A member's id as it is stored: a GUID's 16 bytes, or the text of another id."""

_BATCH: Final = 900
_GUIDS: Final = re.compile(r"(?:[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})+")
_GUID_LENGTH: Final = 36
_GUID_BYTES: Final = 16
_INSERT: Final = "INSERT OR IGNORE INTO members_{n} VALUES (?, ?)"
# All GUIDs of a group in one statement: one for each takes twice the time, and lets Python's threads change hands.
_INSERT_GUIDS: Final = """
    WITH RECURSIVE starts (start) AS (
        SELECT 1 WHERE length(?2) > 0 UNION ALL SELECT start + 16 FROM starts WHERE start + 16 < length(?2)
    )
    INSERT OR IGNORE INTO members_{n} SELECT ?1, substr(?2, start, 16) FROM starts
"""
_CREATE: Final = """CREATE TABLE members_{n} (
    position INTEGER NOT NULL,  -- of the group in rows_{n}
    member NOT NULL,  -- 16 bytes of a GUID, or the text of another id
    PRIMARY KEY (position, member)
) WITHOUT ROWID"""
_KNOWN: Final = """(
    SELECT CASE WHEN json_valid(body) THEN json_extract(body, '$.memberCount') IS NOT NULL ELSE FALSE END
    FROM rows_{t} WHERE position = {p}
)"""
# Members of the groups that both tables hold, where both know who is in them.
_DIFFERENCES: Final = """
    SELECT rows_{n}.id, m.member FROM rows_{n} JOIN rows_{old} USING (id)
    JOIN members_{n} AS m ON m.position = rows_{n}.position
    WHERE NOT EXISTS (
        SELECT 1 FROM members_{old} AS o WHERE o.position = rows_{old}.position AND o.member = m.member
    ) AND {known_here} AND {known_there}
"""


@dataclass(frozen=True, slots=True)
class MembershipEffect:
    """What told changes do to the members of one group.

    Attributes:
        told: Who joined (True) and who left (False).
        joined: Those who are not members yet.
        left: Those who are members now.
        count: How many members there are afterwards.
    """

    told: Mapping[StoredMember, bool]
    joined: Sequence[StoredMember]
    left: Sequence[StoredMember]
    count: int


class MembershipTable:
    """The memberships of a number. Every method works within its caller's transaction."""

    def __init__(self, number: int) -> None:
        self._number = number

    def create(self, connection: sqlite3.Connection) -> None:
        """Make the table."""
        connection.execute(self._sql(_CREATE))

    def drop(self, connection: sqlite3.Connection) -> None:
        """Remove it."""
        connection.execute(self._sql("DROP TABLE IF EXISTS members_{n}"))

    def effect(
        self, connection: sqlite3.Connection, position: int, told: Mapping[StoredMember, bool]
    ) -> MembershipEffect:
        """What `told` would do to the group at `position`."""
        present: set[StoredMember] = set()
        for batch in _batches(told):
            marks = ",".join("?" * len(batch))
            query = f"SELECT member FROM members_{{n}} WHERE position = ? AND member IN ({marks})"  # noqa: S608
            present.update(member for (member,) in connection.execute(self._sql(query), (position, *batch)))
        joined = [member for member, is_member in told.items() if is_member and member not in present]
        left = [member for member, is_member in told.items() if not is_member and member in present]
        return MembershipEffect(told, joined, left, self.count(connection, position) + len(joined) - len(left))

    def change(self, connection: sqlite3.Connection, position: int, told: Mapping[StoredMember, bool]) -> None:
        """Let members join (True) and leave (False) the group at `position`."""
        joined = [member for member, is_member in told.items() if is_member]
        # In the order in which SQLite keeps them: texts before bytes.
        texts = sorted([member for member in joined if isinstance(member, str)])
        guids = sorted([member for member in joined if isinstance(member, bytes)])
        connection.executemany(self._sql(_INSERT), [(position, member) for member in texts])
        connection.execute(self._sql(_INSERT_GUIDS), (position, b"".join(guids)))
        connection.executemany(
            self._sql("DELETE FROM members_{n} WHERE position = ? AND member = ?"),
            [(position, member) for member, is_member in told.items() if not is_member],
        )

    def clear(self, connection: sqlite3.Connection, positions: Iterable[int]) -> None:
        """Remove all members of the groups at `positions`."""
        connection.executemany(
            self._sql("DELETE FROM members_{n} WHERE position = ?"), ((position,) for position in positions)
        )

    def copy(self, connection: sqlite3.Connection, position: int, old: MembershipTable, old_position: int) -> None:
        """Let those who are in the group at `old_position` of `old` join the one at `position`."""
        connection.execute(
            self._sql(
                "INSERT OR IGNORE INTO members_{n} SELECT ?, member FROM members_{old} WHERE position = ?".replace(
                    "{old}", str(old._number)
                )
            ),
            (position, old_position),
        )

    def count(self, connection: sqlite3.Connection, position: int) -> int:
        """How many members the group at `position` has."""
        query = self._sql("SELECT count(*) FROM members_{n} WHERE position = ?")
        (number,) = connection.execute(query, (position,)).fetchone()
        return int(number)

    def counts(self, connection: sqlite3.Connection) -> dict[int, int]:
        """How many members each group has, by its position; those without any are left out."""
        return dict(connection.execute(self._sql("SELECT position, count(*) FROM members_{n} GROUP BY position")))

    def read(self, connection: sqlite3.Connection, position: int, *, offset: int = 0, limit: int = -1) -> list[str]:
        """Ids of the members of the group at `position`, in order; all for a limit of -1.

        Raises:
            StrangeValueError: A member is not what was put in.
        """
        query = self._sql("SELECT member FROM members_{n} WHERE position = ? ORDER BY member LIMIT ? OFFSET ?")
        return [unpack_member(member) for (member,) in connection.execute(query, (position, limit, offset))]

    def joined_since(self, connection: sqlite3.Connection, old: MembershipTable) -> Iterator[tuple[str, str | bytes]]:
        """Group and stored member of each membership that `old` lacks, of groups whose members both know."""
        if connection.execute(self._sql("SELECT 1 FROM members_{n} LIMIT 1")).fetchone() is None:
            # A list of users has none, and the question below walks all of its rows.
            return iter(())
        query = (
            _DIFFERENCES.replace("{known_here}", _KNOWN.replace("{t}", "{n}").replace("{p}", "rows_{n}.position"))
            .replace("{known_there}", _KNOWN.replace("{t}", "{old}").replace("{p}", "rows_{old}.position"))
            .replace("{old}", str(old._number))
        )
        return iter(connection.execute(self._sql(query)))

    def _sql(self, template: str) -> str:
        return template.replace("{n}", str(self._number))


def effect_on_new_group(told: Mapping[StoredMember, bool]) -> MembershipEffect:
    """What `told` does to a new group: its members are counted, none of them as one that joined."""
    return MembershipEffect(told, (), (), sum(told.values()))


def stored_changes(told: Mapping[str, bool]) -> dict[StoredMember, bool]:
    """Who joined and left, by stored form; of a member in two spellings the last word counts."""
    return dict(zip(_packed([*told]), told.values(), strict=True))


def _packed(members: Sequence[str]) -> Sequence[StoredMember]:
    """The `pack_member` of each, sooner than one by one where all are GUIDs, as nearly always."""
    together = "".join(members)
    if {*map(len, members)} == {_GUID_LENGTH} and _GUIDS.fullmatch(together):
        return unpack(f"{_GUID_BYTES}s" * len(members), bytes.fromhex(together.replace("-", "")))
    return [*map(pack_member, members)]


def pack_member(member: str) -> StoredMember:
    """The stored form of a member's id: a GUID's 16 bytes, whatever its case; any other text as it is."""
    is_guid = len(member) == _GUID_LENGTH and _GUIDS.fullmatch(member)
    return bytes.fromhex(member.replace("-", "")) if is_guid else member


def unpack_member(stored: object) -> str:
    """A member's id from its stored form; a GUID in lower case.

    Raises:
        StrangeValueError: It is none.
    """
    if isinstance(stored, str):
        return stored
    if not isinstance(stored, bytes) or len(stored) != _GUID_BYTES:
        raise StrangeValueError("a member is neither a GUID nor text")
    digits = stored.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def spelled(member: str) -> str:
    """A member's id as it comes out again: a GUID in lower case."""
    return unpack_member(pack_member(member))


def _batches(members: Iterable[StoredMember]) -> Iterator[list[StoredMember]]:
    rest = iter(members)
    while batch := list(islice(rest, _BATCH)):
        yield batch
