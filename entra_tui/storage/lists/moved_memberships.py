"""The step to version 3 of the lists' database: memberships as rows, GUIDs in lower case, search text folded.

Up to version 2 the members of a group were one text with blanks between, in the column `members` of its row.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import orjson

from entra_tui.model.text import search_key
from entra_tui.storage.lists.membership_table import MembershipTable, pack_member

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WITH_MEMBERS: Final = "('groups', 'directory_roles')"
_BATCH: Final = 1000


def move_memberships(connection: sqlite3.Connection) -> None:
    """Move the rows and the history of every list up."""
    connection.create_function("search_key", 1, search_key, deterministic=True)
    _drop_stages(connection)
    for (number,) in connection.execute("SELECT number FROM entry_tables").fetchall():
        MembershipTable(number).create(connection)
        _lower_ids(connection, number)
        connection.execute(f"UPDATE rows_{number} SET search = search_key(search) WHERE search <> search_key(search)")  # noqa: S608
    for (number,) in connection.execute(
        f"SELECT table_number FROM lists WHERE feature IN {_WITH_MEMBERS} AND table_number IS NOT NULL"  # noqa: S608
    ).fetchall():
        _move_rows(connection, number)
    _move_history(connection)


def _drop_stages(connection: sqlite3.Connection) -> None:
    """An interrupted read of groups begins anew in any case."""
    numbers = connection.execute(
        "SELECT stages.table_number FROM stages JOIN lists ON lists.id = stages.list"  # noqa: S608
        f" WHERE feature IN {_WITH_MEMBERS}"
    ).fetchall()
    connection.executemany("DELETE FROM stages WHERE table_number = ?", numbers)
    for (number,) in numbers:
        connection.execute(f"DROP TABLE ids_{number}")
        connection.execute(f"DROP TABLE rows_{number}")
    connection.executemany("DELETE FROM entry_tables WHERE number = ?", numbers)


def _lower_ids(connection: sqlite3.Connection, number: int) -> None:
    odd = [
        (position, entry_id)
        for entry_id, position in connection.execute(f"SELECT id, position FROM ids_{number} WHERE id <> lower(id)")  # noqa: S608
        if _GUID.fullmatch(entry_id)
    ]
    for position, entry_id in odd:
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
            f"SELECT position, id, body FROM rows_{number} WHERE position > ? ORDER BY position LIMIT ?",  # noqa: S608
            (last, _BATCH),
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        for position, entry_id, body in rows:
            values, members = _parted(body)
            connection.executemany(
                f"INSERT OR IGNORE INTO members_{number} VALUES (?, ?)",  # noqa: S608
                ((position, pack_member(member)) for member in sorted(members)),
            )
            digest = int.from_bytes(blake2b(values, digest_size=8).digest(), "big", signed=True)
            connection.execute(f"UPDATE rows_{number} SET body = ? WHERE position = ?", (values.decode(), position))  # noqa: S608
            connection.execute(f"UPDATE ids_{number} SET digest = ? WHERE id = ?", (digest, entry_id))  # noqa: S608


def _move_history(connection: sqlite3.Connection) -> None:
    keys = connection.execute(
        "SELECT run, number FROM run_changes JOIN runs ON runs.id = run JOIN lists ON lists.id = list"  # noqa: S608
        f" WHERE feature IN {_WITH_MEMBERS} ORDER BY run, number"
    ).fetchall()
    for run, number in keys:
        # One at a time: such a row may hold a hundred thousand members twice.
        entry, before, after = connection.execute(
            "SELECT entry, before, after FROM run_changes WHERE run = ? AND number = ?", (run, number)
        ).fetchone()
        then, had = _parted(before) if before is not None else (None, frozenset[str]())
        now, has = _parted(after) if after is not None else (None, frozenset[str]())
        connection.execute(
            "UPDATE run_changes SET before = ?, after = ? WHERE run = ? AND number = ?",
            (then and then.decode(), now and now.decode(), run, number),
        )
        if then is not None and now is not None:
            (used,) = connection.execute("SELECT count(*) FROM run_members WHERE run = ?", (run,)).fetchone()
            connection.executemany(
                "INSERT INTO run_members VALUES (?, ?, ?, ?, ?)",
                (
                    (run, used + place, entry, joined, pack_member(member))
                    for place, (joined, member) in enumerate(_moves(had, has), 1)
                ),
            )


def _moves(had: frozenset[str], has: frozenset[str]) -> Iterator[tuple[bool, str]]:
    yield from ((True, member) for member in sorted(has - had))
    yield from ((False, member) for member in sorted(had - has))


def _parted(body: str) -> tuple[bytes, frozenset[str]]:
    """A row's JSON without its members, and the members."""
    try:
        values = json.loads(body)
    except ValueError:
        # What is no JSON is for whoever reads the row to tell.
        return body.encode(), frozenset()
    members = values.pop("members", None) if isinstance(values, dict) else None
    listed = frozenset(members.split()) if isinstance(members, str) else frozenset[str]()
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS), listed
