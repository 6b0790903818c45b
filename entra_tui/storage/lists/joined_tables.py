"""The step to version 4 of the lists' database: a row's id, digest and values in one table.

Up to version 3 a table `ids_N` held id, position and digest beside the rows of `rows_N`; the digest was of the values
alone, where it is of the id and the values now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.storage.lists.entry_table import EntryTable
from entra_tui.storage.lists.stored_row import decode, digest_of, encode
from entra_tui.storage.lists.stored_values import StrangeValueError

if TYPE_CHECKING:
    import sqlite3

_JOIN = """
    INSERT INTO rows_{n} (position, id, digest, search, flags, body)
    SELECT parted.position, parted.id, renewed_digest(CAST(parted.id AS BLOB), CAST(body AS BLOB), ids.digest),
        search, flags, CASE typeof(body) WHEN 'text' THEN CAST(renewed_body(CAST(body AS BLOB)) AS TEXT) ELSE body END
    FROM parted_{n} AS parted LEFT JOIN ids_{n} AS ids ON ids.id = parted.id AND ids.position = parted.position
    ORDER BY parted.position
"""


def join_tables(connection: sqlite3.Connection) -> None:
    """Join the two tables of every number. What was damaged stays so, for its reader to tell."""
    connection.create_function("renewed_digest", 3, _renewed_digest, deterministic=True)
    connection.create_function("renewed_body", 1, _renewed_body, deterministic=True)
    of_lists = {number for (number,) in connection.execute("SELECT table_number FROM lists")}
    for (number,) in connection.execute("SELECT number FROM entry_tables").fetchall():
        table = EntryTable(number)
        connection.execute(table.sql("DROP INDEX IF EXISTS order_{n}"))
        connection.execute(table.sql("ALTER TABLE rows_{n} RENAME TO parted_{n}"))
        table.create_rows(connection)
        connection.execute(table.sql(_JOIN))
        connection.execute(table.sql("DROP TABLE parted_{n}"))
        connection.execute(table.sql("DROP TABLE ids_{n}"))
        if number in of_lists:
            table.index_ids(connection)
            table.index_order(connection)


def old_digest_of(body: bytes) -> int:
    """The digest of a row's values up to version 3."""
    # It brings OpenSSL along, which takes longer than opening a database that is of this version.
    from hashlib import blake2b  # noqa: PLC0415

    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def _renewed_digest(entry_id: bytes, body: bytes, digest: object) -> int:
    fits = old_digest_of(body) == digest
    # One bit off, it fits no more than the old one did.
    return digest_of(entry_id, _renewed_body(body)) ^ (not fits)


def _renewed_body(body: bytes) -> bytes:
    """The values as they are encoded now: large numbers are written a little differently."""
    if b"e+" not in body:
        return body
    try:
        return encode(decode("", body).values)
    except StrangeValueError:
        return body
