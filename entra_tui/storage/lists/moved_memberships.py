"""The step to version 3 of the lists' database: memberships as rows, GUIDs in lower case, search text folded.

Up to version 2 the members of a group were one text with blanks between, in the column `members` of its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from entra_tui.model.permission import Feature
from entra_tui.model.text import search_key
from entra_tui.storage.lists.joined_tables import old_digest_of
from entra_tui.storage.lists.membership_table import MEMBER_COUNT, MembershipTable, pack_member, spelled
from entra_tui.storage.lists.stored_row import decode, encode
from entra_tui.storage.lists.stored_values import StrangeValueError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_HEX: Final = "[0-9A-Fa-f]"
_GUID: Final = "-".join(_HEX * length for length in (8, 4, 4, 4, 12))
_WITH_MEMBERS: Final = f"('{Feature.GROUPS.value}', '{Feature.DIRECTORY_ROLES.value}')"
_BATCH: Final = 1000


class _Parted(NamedTuple):
    """A row's JSON without its members, and the members."""

    body: bytes
    members: frozenset[str]


def move_memberships(connection: sqlite3.Connection) -> None:
    """Move the rows and the history of every list up. What cannot be understood stays, for its reader to tell."""
    connection.create_function("search_key", 1, _search_key, deterministic=True)
    _drop_stages(connection)
    for (number,) in connection.execute("SELECT number FROM entry_tables").fetchall():
        MembershipTable(number).create(connection)
        _lower_ids(connection, number)
        connection.execute(
            f"UPDATE rows_{number} SET search = search_key(CAST(search AS BLOB))"  # noqa: S608
            " WHERE typeof(search) = 'text' AND search <> search_key(CAST(search AS BLOB))"
        )
    for (number,) in connection.execute(
        f"SELECT table_number FROM lists WHERE feature IN {_WITH_MEMBERS} AND table_number IS NOT NULL"  # noqa: S608
    ).fetchall():
        _move_rows(connection, number)
    connection.execute(
        "UPDATE run_changes SET entry = lower(entry) WHERE typeof(entry) = 'text' AND entry GLOB ?", (_GUID,)
    )
    _move_history(connection)


def _search_key(stored: bytes) -> str | None:
    try:
        return search_key(stored.decode())
    except UnicodeDecodeError:
        return None


def _drop_stages(connection: sqlite3.Connection) -> None:
    """An interrupted read of groups begins anew in any case."""
    numbers = connection.execute(
        "SELECT stages.table_number FROM stages JOIN lists ON lists.id = stages.list"  # noqa: S608
        f" WHERE feature IN {_WITH_MEMBERS}"
    ).fetchall()
    connection.executemany("DELETE FROM stages WHERE table_number = ?", numbers)
    owned = {
        number
        for (number,) in connection.execute("SELECT table_number FROM lists UNION SELECT table_number FROM stages")
    }
    for (number,) in numbers:
        if isinstance(number, int) and number not in owned:
            connection.execute(f"DROP TABLE IF EXISTS ids_{number}")
            connection.execute(f"DROP TABLE IF EXISTS rows_{number}")
            connection.execute("DELETE FROM entry_tables WHERE number = ?", (number,))


def _lower_ids(connection: sqlite3.Connection, number: int) -> None:
    odd = connection.execute(
        f"SELECT id, position FROM ids_{number} WHERE typeof(id) = 'text' AND id <> lower(id) AND id GLOB ?",  # noqa: S608
        (_GUID,),
    ).fetchall()
    for entry_id, position in odd:
        # The same object under two spellings is one row: the one that is written as Graph writes it stays.
        moved = connection.execute(
            f"UPDATE OR IGNORE ids_{number} SET id = ? WHERE id = ?",  # noqa: S608
            (entry_id.lower(), entry_id),
        ).rowcount
        if moved:
            connection.execute(f"UPDATE rows_{number} SET id = ? WHERE position = ?", (entry_id.lower(), position))  # noqa: S608
        else:
            connection.execute(f"DELETE FROM ids_{number} WHERE id = ?", (entry_id,))  # noqa: S608
            connection.execute(f"DELETE FROM rows_{number} WHERE position = ?", (position,))  # noqa: S608
    if odd:
        connection.execute(
            f"UPDATE lists SET entries = (SELECT count(*) FROM ids_{number}) WHERE table_number = ?",  # noqa: S608
            (number,),
        )


def _move_rows(connection: sqlite3.Connection, number: int) -> None:
    last = 0
    while True:
        rows = connection.execute(
            f"SELECT rows_{number}.position, CAST(ids_{number}.id AS BLOB), digest, CAST(body AS BLOB)"  # noqa: S608
            f" FROM rows_{number} LEFT JOIN ids_{number} ON ids_{number}.id = rows_{number}.id"
            f" AND ids_{number}.position = rows_{number}.position"
            f" AND typeof(ids_{number}.id) = 'text' AND typeof(body) = 'text'"
            f" WHERE rows_{number}.position > ? ORDER BY rows_{number}.position LIMIT ?",
            (last, _BATCH),
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        for position, entry_id, digest, body in rows:
            # What is damaged must not come out of this with a digest that fits.
            parted = _parted(body) if old_digest_of(body) == digest else None
            if parted is None or parted.body == body:
                continue
            connection.executemany(
                f"INSERT OR IGNORE INTO members_{number} VALUES (?, ?)",  # noqa: S608
                ((position, pack_member(member)) for member in sorted(parted.members)),
            )
            connection.execute(
                f"UPDATE rows_{number} SET body = ? WHERE position = ?",  # noqa: S608
                (parted.body.decode(), position),
            )
            connection.execute(
                f"UPDATE ids_{number} SET digest = ? WHERE id = CAST(? AS TEXT)",  # noqa: S608
                (old_digest_of(parted.body), entry_id),
            )


def _move_history(connection: sqlite3.Connection) -> None:
    keys = connection.execute(
        "SELECT run, number FROM run_changes JOIN runs ON runs.id = run JOIN lists ON lists.id = list"  # noqa: S608
        f" WHERE feature IN {_WITH_MEMBERS} ORDER BY run, number"
    ).fetchall()
    for run, number in keys:
        # One at a time: such a row may hold a hundred thousand members twice.
        row = connection.execute(
            "SELECT CAST(entry AS BLOB), CAST(before AS BLOB), CAST(after AS BLOB) FROM run_changes"
            " WHERE run = ? AND number = ? AND 'blob' NOT IN (typeof(before), typeof(after))",
            (run, number),
        ).fetchone()
        if row is None:
            continue
        entry, before, after = row
        then = None if before is None else _parted(before)
        now = None if after is None else _parted(after)
        if (before is not None and then is None) or (after is not None and now is None):
            continue
        connection.execute(
            "UPDATE run_changes SET before = ?, after = ? WHERE run = ? AND number = ?",
            (then and then.body.decode(), now and now.body.decode(), run, number),
        )
        if then is not None and now is not None:
            (used,) = connection.execute("SELECT count(*) FROM run_members WHERE run = ?", (run,)).fetchone()
            connection.executemany(
                "INSERT INTO run_members VALUES (?, ?, CAST(? AS TEXT), ?, ?)",
                (
                    (run, used + place, entry, joined, pack_member(member))
                    for place, (joined, member) in enumerate(_moves(then.members, now.members), 1)
                ),
            )


def _moves(had: frozenset[str], has: frozenset[str]) -> Iterator[tuple[bool, str]]:
    yield from ((True, member) for member in sorted(has - had))
    yield from ((False, member) for member in sorted(had - has))


def _parted(body: bytes) -> _Parted | None:
    """A row without its members, and these; None for one that this program never wrote."""
    try:
        values = dict(decode("", body).values)
        members = values.pop("members", "")
        if not isinstance(members, str):
            return None
        members.encode()
        listed = members.split()
        distinct = frozenset(map(spelled, listed))
        if values.get(MEMBER_COUNT) == len(listed):
            values[MEMBER_COUNT] = len(distinct)
        return _Parted(encode(values), distinct)
    except (StrangeValueError, UnicodeEncodeError, RecursionError):
        return None
