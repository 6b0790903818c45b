"""What changed since `full_read_httpx` or the last time, into its database: `... delta TENANT DATABASE`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from tests.benchmarks.baselines.httpx_pages import pages, signed_in
from tests.benchmarks.baselines.tenant import tenant_from_arguments
from tests.benchmarks.baselines.users import INSERT, SELECT, database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_COLUMNS = SELECT.split(",")
_NOBODY = (None,) * len(_COLUMNS)
_UPSERT = (
    INSERT.format(table="users")
    + " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[1:])
)
_HELD = "SELECT * FROM users WHERE id IN (SELECT value FROM json_each(?))"


class ChangedUser(msgspec.Struct, rename="camel", gc=False):
    """What is told of one user; what is not told stays as it was."""

    id: str
    user_principal_name: str | UnsetType | None = UNSET
    display_name: str | UnsetType | None = UNSET
    mail: str | UnsetType | None = UNSET
    given_name: str | UnsetType | None = UNSET
    surname: str | UnsetType | None = UNSET
    job_title: str | UnsetType | None = UNSET
    department: str | UnsetType | None = UNSET
    company_name: str | UnsetType | None = UNSET
    employee_id: str | UnsetType | None = UNSET
    account_enabled: bool | UnsetType | None = UNSET
    user_type: str | UnsetType | None = UNSET
    created_date_time: str | UnsetType | None = UNSET
    removed: msgspec.Raw | UnsetType = msgspec.field(name="@removed", default=UNSET)


class ChangePage(msgspec.Struct, gc=False):
    """One page of them."""

    value: list[ChangedUser]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    delta_link: str | None = msgspec.field(name="@odata.deltaLink", default=None)


def merge(connection: sqlite3.Connection, changes: Sequence[ChangedUser]) -> None:
    """Bring the table up to date."""
    gone = [(change.id,) for change in changes if change.removed is not UNSET]
    told = [change for change in changes if change.removed is UNSET]
    held = {row[0]: row for row in connection.execute(_HELD, (json.dumps([change.id for change in told]),))}
    rows = []
    for change in told:
        before, after = held.get(change.id, _NOBODY), msgspec.structs.astuple(change)
        rows.append([old if new is UNSET else new for old, new in zip(before, after, strict=False)])
    connection.executemany(_UPSERT, rows)
    connection.executemany("DELETE FROM users WHERE id = ?", gone)


def main() -> None:
    """Read and merge it."""
    tenant = tenant_from_arguments()
    decode = msgspec.json.Decoder(ChangePage).decode
    with signed_in(tenant) as http, database(sys.argv[2]) as connection:
        (link,) = connection.execute("SELECT delta_link FROM links").fetchone()
        for page in pages(http, link, decode):
            merge(connection, page.value)
            link = page.delta_link
        connection.execute("UPDATE links SET delta_link = ?", (link,))


if __name__ == "__main__":
    main()
