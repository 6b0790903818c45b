"""Entries and reports that the tests of the lists share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from entra_tui.model.entry import Entry
from entra_tui.model.permission import Feature
from entra_tui.storage.lists import RunMode, RunReport

CONNECTOR: Final = "Contoso"
NAME: Final = "Users - Contoso"
USERS: Final = Feature.USERS
STARTED: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ENDED: Final = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)
FULL: Final = RunReport(RunMode.FULL, STARTED, ENDED, 3)
DELTA: Final = RunReport(RunMode.DELTA, STARTED, ENDED, 1)

PARTED_TABLES: Final = (
    "CREATE TABLE ids_{n} (id TEXT PRIMARY KEY, position INTEGER NOT NULL, digest INTEGER NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE rows_{n} (position INTEGER PRIMARY KEY, id TEXT NOT NULL, search TEXT NOT NULL,"
        " flags INTEGER NOT NULL, body TEXT NOT NULL)"
    ),
)
"""The entry tables of versions 1 to 3, with a number for `{n}`."""


def user(number: int, **values: str | bool | None) -> Entry:
    """A user whose display name sorts by its number."""
    return Entry(
        f"id-{number}",
        {"displayName": f"User {number:04}", "userPrincipalName": f"u{number}@contoso.example", **values},
    )
