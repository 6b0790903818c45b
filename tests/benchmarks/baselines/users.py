"""A tenant's users as a bare script reads and keeps them: typed objects, plain rows, an index at the end."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CREATE = """
    CREATE TABLE {table} (
        id TEXT NOT NULL, userPrincipalName TEXT, displayName TEXT, mail TEXT, givenName TEXT, surname TEXT,
        jobTitle TEXT, department TEXT, companyName TEXT, employeeId TEXT, accountEnabled INTEGER, userType TEXT,
        createdDateTime TEXT
    )
"""
INSERT = "INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INDEX = "CREATE UNIQUE INDEX {table}_by_id ON {table} (id)"


class User(msgspec.Struct, rename="camel", gc=False):
    """One user, in the order of the table's columns."""

    id: str
    user_principal_name: str | None = None
    display_name: str | None = None
    mail: str | None = None
    given_name: str | None = None
    surname: str | None = None
    job_title: str | None = None
    department: str | None = None
    company_name: str | None = None
    employee_id: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None
    created_date_time: str | None = None


class UserPage(msgspec.Struct, gc=False):
    """One page of them."""

    value: list[User]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    delta_link: str | None = msgspec.field(name="@odata.deltaLink", default=None)


SELECT = ",".join(msgspec.structs.fields(User)[place].encode_name for place in range(13))
decode_page = msgspec.json.Decoder(UserPage).decode


def first_url(graph: str) -> str:
    """The address of the first page."""
    return f"{graph}/v1.0/users?$select={SELECT}&$top=999"


def from_now_on_url(graph: str) -> str:
    """Where a delta link for what changes from now on is given."""
    return f"{graph}/v1.0/users/delta?$deltatoken=latest&$select={SELECT}"


@contextmanager
def database(path: str) -> Iterator[sqlite3.Connection]:
    """A database of lists that is closed in the end; what is done with it is one transaction."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with connection:
            connection.execute("BEGIN")
            yield connection
    finally:
        connection.close()


def keep(connection: sqlite3.Connection, pages: Iterable[UserPage], delta_link: str | None) -> None:
    """Put all users into a new table, and the link to what changes later beside it."""
    put(connection, pages, "users")
    connection.execute("CREATE TABLE links (delta_link TEXT)")
    connection.execute("INSERT INTO links VALUES (?)", (delta_link,))


def put(connection: sqlite3.Connection, pages: Iterable[UserPage], table: str) -> None:
    """Put all users into a new table of that name."""
    connection.execute(CREATE.format(table=table))
    for page in pages:
        connection.executemany(INSERT.format(table=table), map(msgspec.structs.astuple, page.value))
    connection.execute(INDEX.format(table=table))
