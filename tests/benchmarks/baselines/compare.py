"""All users once more, compared with those of `full_read_httpx` and put in their place: `... TENANT DATABASE`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.benchmarks.baselines.httpx_pages import pages, signed_in
from tests.benchmarks.baselines.tenant import tenant_from_arguments
from tests.benchmarks.baselines.users import SELECT, database, decode_page, first_url, from_now_on_url, put

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = SELECT.split(",")
_NOW = ", ".join(f"now.{column}" for column in _COLUMNS)
_BEFORE = ", ".join(f"users.{column}" for column in _COLUMNS)
_COMPARE = f"SELECT count(*), coalesce(sum(({_NOW}) IS NOT ({_BEFORE})), 0) FROM now JOIN users ON users.id = now.id"


def differences(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """How many users are new, changed, and gone."""
    both, changed = connection.execute(_COMPARE).fetchone()
    now, before = connection.execute("SELECT (SELECT count(*) FROM now), (SELECT count(*) FROM users)").fetchone()
    return now - both, changed, before - both


def main() -> None:
    """Read, compare, replace."""
    tenant = tenant_from_arguments()
    with signed_in(tenant) as http, database(sys.argv[2]) as connection:
        (from_now_on,) = pages(http, from_now_on_url(tenant.graph), decode_page)
        put(connection, pages(http, first_url(tenant.graph), decode_page), "now")
        added, changed, removed = differences(connection)
        connection.execute("DROP TABLE users")
        connection.execute("ALTER TABLE now RENAME TO users")
        connection.execute("UPDATE links SET delta_link = ?", (from_now_on.delta_link,))
    sys.stdout.write(f"{added} added, {changed} changed, {removed} removed\n")


if __name__ == "__main__":
    main()
