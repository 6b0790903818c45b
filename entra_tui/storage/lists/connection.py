"""Connections to the lists' database, and what SQLite says, in a person's words."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from entra_tui.storage.errors import DamagedError, DiskFullError, FolderError, LockedError
from entra_tui.storage.lists.schema import bring_up, is_newest
from entra_tui.storage.private_file import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS: Final = 30.0
"""How long a writer waits for another copy's transaction; a swap of a million rows takes some seconds."""

# Staging jumps about in the id index; a reader walks, and the system's own cache serves it.
_WRITER_CACHE_KIB: Final = 16 * 1024
_READER_CACHE_KIB: Final = 2 * 1024
# Staging touches much of the id index with each page: a long log lets one copy back serve many pages, and the list of a
# hundred thousand people is done before the first.
_LOG_PAGES: Final = 24_000
_LOG_BYTES: Final = 96 * 1024 * 1024


class Connections:
    """One connection that writes and one that reads, each used by one thread at a time.

    Both open when first used. A reader in a transaction sees the database as it was at its first question, whatever is
    written meanwhile (WAL).

    Args:
        path: The database file; made, readable by its owner alone, where it is missing.
        busy_seconds: How long to wait for another copy.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._writing = threading.Lock()
        self._reading = threading.Lock()

    def close(self) -> None:
        """Close both; they open again when used."""
        with self._writing, self._reading:
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes; taken back when the block raises.

        Raises:
            LockedError: Another copy wrote all the while.
            DiskFullError, DamagedError, FolderError: As they say.
        """
        with self._writing, _explained(self.path):
            if self._writer is None:
                self._writer = self._open()
            with _transaction(self._writer, "BEGIN IMMEDIATE"):
                yield self._writer

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A transaction that only reads.

        Raises:
            DamagedError, FolderError: As they say.
        """
        with self._reading, _explained(self.path):
            if self._reader is None:
                self._reader = self._open(reads_only=True)
            with _transaction(self._reader, "BEGIN"):
                yield self._reader

    @contextmanager
    def read_at_length(self) -> Iterator[sqlite3.Connection]:
        """As `read`, on a connection of its own, for what takes longer than a screen may wait."""
        with _explained(self.path):
            connection = self._open(reads_only=True)
            try:
                with _transaction(connection, "BEGIN"):
                    yield connection
            finally:
                connection.close()

    def _open(self, *, reads_only: bool = False) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its log files the mode of the database.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise FolderError(
                f"{self.path} cannot be written ({error.strerror}); change its permissions, or choose another folder."
            ) from error
        connection = sqlite3.connect(
            self.path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            # Where it is on, dropping a million rows writes each page once more, as zeros.
            connection.execute("PRAGMA secure_delete = FAST")
            connection.execute(f"PRAGMA cache_size = -{_READER_CACHE_KIB if reads_only else _WRITER_CACHE_KIB}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
            if not is_newest(connection, self.path):
                # The change to WAL does not wait for others by itself.
                with locked(self.path):
                    connection.execute("PRAGMA journal_mode = WAL")
                    with _transaction(connection, "BEGIN IMMEDIATE"):
                        bring_up(connection)
            if reads_only:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        # After a commit nothing is open; after an error SQLite may have rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite reports about the file into one sentence; errors in our own SQL stay what they are."""
    try:
        yield
    except sqlite3.Error as error:
        # The lower byte is the primary code; older databases of the driver's own errors have none.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        match code:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise LockedError(
                    f"Another running copy is writing {path}; wait for it to finish, or close it."
                ) from error
            case sqlite3.SQLITE_FULL:
                raise DiskFullError(
                    f"There is no room left for {path}; make room and start again: the lists are as they were."
                ) from error
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                raise DamagedError(
                    f"{path} is damaged ({error}); move it away and synchronize again: the directory has all of it."
                ) from error
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
                raise FolderError(
                    f"{path} cannot be read or written ({error}); check its permissions and its disk."
                ) from error
            case _:
                raise
