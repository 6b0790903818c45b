"""Connections to the lists' database: one that writes, one that reads."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from entra_tui.storage.disk import refusal, writing_fault
from entra_tui.storage.errors import DiskFullError, FolderError, LockedError, ReadOnlyDiskError
from entra_tui.storage.lists.opening import AsItIs, open_as_it_is, open_database, stamp_of, transaction
from entra_tui.storage.lists.sqlite_errors import explained, is_about_disk, is_lasting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS: Final = 30.0
"""How long a writer waits for another copy's transaction; a swap of a million rows takes some seconds."""


class Connections:
    """One connection that writes and one that reads, each used by one thread at a time.

    Both open when first used. A reader in a transaction sees the database as it was at its first question, whatever is
    written meanwhile (WAL), and needs no disk that can be written.

    Args:
        path: The database file; made, readable by its owner alone, where it is missing.
        busy_seconds: How long to wait for another copy.

    Attributes:
        why_read_only: Why nothing can be written, in one sentence, as the last reader found; empty where it can.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.why_read_only = ""
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
            DiskFullError, ReadOnlyDiskError, NoLocksError, DamagedError, FolderError: As they say.
        """
        with self._writing, explained(self.path):
            if self._writer is None:
                self._writer = open_database(self.path, self._busy_seconds)
            try:
                with transaction(self._writer, "BEGIN IMMEDIATE"):
                    yield self._writer
            except sqlite3.Error as error:
                if is_lasting(error):
                    # Another connection may find the disk, or another file, in order.
                    self._writer.close()
                    self._writer = None
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A transaction that only reads.

        Raises:
            DamagedError, NoLocksError, FolderError: As they say.
            LockedError: The file was changed under a reader that could not be told.
        """
        with self._reading, explained(self.path), self._snapshot(keep=True) as connection:
            yield connection

    @contextmanager
    def read_at_length(self) -> Iterator[sqlite3.Connection]:
        """As `read`, on a connection of its own, for what takes longer than a screen may wait."""
        with explained(self.path), self._snapshot() as connection:
            yield connection

    @contextmanager
    def _snapshot(self, *, keep: bool = False) -> Iterator[sqlite3.Connection]:
        """A reading transaction, on the reader that is kept, or on a connection that is closed in the end."""
        kept = None
        if keep:
            kept, self._reader = self._reader, None
        opened, lasts = self._begin(kept)
        connection = opened.connection
        try:
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error:
            lasts = False
            raise
        finally:
            if keep and lasts:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._reader = connection
            else:
                connection.close()
        if opened.stamp is not None and opened.stamp != stamp_of(self.path):
            raise LockedError(f"Another running copy changed {self.path} while it was read; read it again.")

    def _begin(self, kept: sqlite3.Connection | None) -> tuple[AsItIs, bool]:
        """A connection in a transaction that has seen the database, and whether it can be used again."""
        try:
            connection = kept or open_database(self.path, self._busy_seconds, reads_only=True)
            opened = _begun(AsItIs(connection))
        except (FolderError, sqlite3.OperationalError) as error:
            if isinstance(error, sqlite3.Error) and not is_about_disk(error):
                raise
            why = self._why_read_only()
            if not why:
                raise
            opened, self.why_read_only = _begun(open_as_it_is(self.path)), why
            return opened, False
        # SQLite opens a file that it must not write for reading, where it finds its log.
        self.why_read_only = "" if os.access(self.path, os.W_OK) else self._why_read_only()
        return opened, True

    def _why_read_only(self) -> str:
        if not self.path.parent.is_dir():
            return ""
        fault = writing_fault(self.path.parent, self.path.stat().st_size if self.path.exists() else 0)
        if fault is None:
            return ""
        match refusal(self.path, fault, ""):
            case DiskFullError():
                why = "The disk is full"
            case ReadOnlyDiskError():
                why = "The disk is read-only"
            case _:
                why = f"The folder {self.path.parent} cannot be written ({fault.strerror})"
        return f"{why}: lists can be read, not synchronized."


def _begun(opened: AsItIs) -> AsItIs:
    try:
        opened.connection.execute("BEGIN")
        # The first question, not the beginning, decides what is seen.
        opened.connection.execute("PRAGMA schema_version").fetchone()
    except BaseException:
        opened.connection.close()
        raise
    return opened
