"""The lists' database: its tables, and its way up from release to release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.storage.errors import NewerVersionError
from entra_tui.storage.lists.joined_tables import join_tables
from entra_tui.storage.lists.moved_memberships import move_memberships

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

_FIRST_COLUMNS: Final = (
    "id,userPrincipalName,displayName,mail,givenName,surname,jobTitle,department,companyName,employeeId,"
    "accountEnabled,userType,createdDateTime"
)
_FIRST: Final = (
    # Numbers of entry tables; AUTOINCREMENT, since a number that came back could be taken for the table before.
    "CREATE TABLE entry_tables (number INTEGER PRIMARY KEY AUTOINCREMENT)",
    """CREATE TABLE lists (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,  -- the name, case-folded
        name TEXT NOT NULL,
        connector TEXT NOT NULL,
        feature TEXT NOT NULL,
        table_number INTEGER REFERENCES entry_tables,  -- NULL before the first synchronization
        entries INTEGER NOT NULL DEFAULT 0,
        synchronized_at TEXT,
        delta_link TEXT
    )""",
    """CREATE TABLE stages (
        list INTEGER PRIMARY KEY REFERENCES lists ON DELETE CASCADE,
        table_number INTEGER NOT NULL REFERENCES entry_tables,
        entries INTEGER NOT NULL DEFAULT 0,
        started_at TEXT NOT NULL,
        next_link TEXT,
        delta_link TEXT,
        pages INTEGER NOT NULL DEFAULT 0,
        expected INTEGER
    )""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        list INTEGER NOT NULL REFERENCES lists ON DELETE CASCADE,
        mode TEXT NOT NULL,
        outcome TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT NOT NULL,
        requests INTEGER NOT NULL,
        added INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        unchanged INTEGER NOT NULL,
        reason TEXT NOT NULL
    )""",
    "CREATE INDEX runs_of_list ON runs (list)",
    """CREATE TABLE run_changes (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        kind TEXT NOT NULL,
        entry TEXT NOT NULL,
        before TEXT,
        after TEXT,
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID""",
)

_COLUMNS: Final = (
    "ALTER TABLE lists ADD COLUMN columns TEXT",  # of its rows and its delta link, with commas; NULL where unknown
    "ALTER TABLE stages ADD COLUMN columns TEXT",
    # The first version read these, and no others.
    f"UPDATE lists SET columns = '{_FIRST_COLUMNS}' WHERE feature = 'users'",  # noqa: S608 - a constant
    "UPDATE stages SET columns = (SELECT columns FROM lists WHERE lists.id = stages.list)",
)

_SOURCES: Final = (
    "ALTER TABLE lists ADD COLUMN tenant_id TEXT",  # of its rows and its delta link; NULL where unknown
    "ALTER TABLE lists ADD COLUMN login_host TEXT",
    "ALTER TABLE lists ADD COLUMN full_read_at TEXT",  # NULL where unknown
    "ALTER TABLE lists ADD COLUMN surplus INTEGER",  # what the tenant's count lay above the rows; NULL where unknown
    "ALTER TABLE stages ADD COLUMN tenant_id TEXT",
    "ALTER TABLE stages ADD COLUMN login_host TEXT",
    "ALTER TABLE runs ADD COLUMN joined INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN left_members INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN warnings TEXT NOT NULL DEFAULT ''",  # a line each
    """CREATE TABLE run_members (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        entry TEXT NOT NULL,  -- the group's id
        joined INTEGER NOT NULL,  -- 1, or 0 for one that left
        member NOT NULL,  -- as in members_N
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID""",
    """UPDATE lists SET full_read_at = (
        SELECT max(ended_at) FROM runs WHERE list = lists.id AND mode = 'full' AND outcome = 'succeeded'
    )""",
    move_memberships,
)

_JOINED: Final = (
    "ALTER TABLE stages ADD COLUMN rows INTEGER NOT NULL DEFAULT 0",  # those that came twice counted twice
    "UPDATE stages SET rows = entries",
    join_tables,
)

_STEPS: Final[tuple[tuple[str | Callable[[sqlite3.Connection], None], ...], ...]] = (
    _FIRST,
    _COLUMNS,
    _SOURCES,
    _JOINED,
)
"""Each brings the database up by one version."""

NEWEST: Final = len(_STEPS)


def is_newest(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the database is at the version of this release.

    Raises:
        NewerVersionError: A newer release made it.
    """
    version = _version(connection)
    if version > NEWEST:
        raise NewerVersionError(
            f"{path} has version {version}, this release knows {NEWEST}; upgrade entra-tui, or move it away."
        )
    return version == NEWEST


def bring_up(connection: sqlite3.Connection, *, to: int = NEWEST) -> None:
    """Bring the database to the version of this release, or another, within the caller's transaction."""
    for step in _STEPS[_version(connection) : to]:
        for part in step:
            if isinstance(part, str):
                connection.execute(part)
            else:
                part(connection)
    connection.execute(f"PRAGMA user_version = {to}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
