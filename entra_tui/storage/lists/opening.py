"""Opening the lists' database: brought up to this release, or as it is where nothing can be written."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.storage.disk import ANOTHER_FOLDER, MAKE_FOLDER, locking_fault, refusal
from entra_tui.storage.errors import FolderError
from entra_tui.storage.lists.schema import NEWEST, bring_up, is_newest
from entra_tui.storage.lists.shape import has_newest_shape, recognized_version
from entra_tui.storage.lists.sqlite_errors import damaged, is_about_disk, is_busy
from entra_tui.storage.private_file import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FIRST_SECONDS: Final = 1.0
"""How long the first question waits before the disk is asked whether it locks files at all."""

# A merge jumps about in the indexes; a reader walks, and the system's own cache serves it.
_WRITER_CACHE_KIB: Final = 12 * 1024
_READER_CACHE_KIB: Final = 2 * 1024
# What is copied back while pages are still awaited need not be copied in the end, when the run waits for that.
_LOG_BYTES: Final = 32 * 1024 * 1024
_PAGE_BYTES: Final = 16 * 1024
"""Of a new file: rows come by the thousand, and such a page takes a quarter of the calls of SQLite's own."""

Stamp = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class AsItIs:
    """A database that was opened without writing a byte.

    Attributes:
        connection: Reads it.
        stamp: How its files were, where another copy's change would not be noticed by SQLite; None where it would.
    """

    connection: sqlite3.Connection
    stamp: Stamp | None = None


def open_database(path: Path, busy_seconds: float, *, reads_only: bool = False) -> sqlite3.Connection:
    """A connection to the database at the version of this release.

    Args:
        path: The file; made, readable by its owner alone, where it is missing.
        busy_seconds: How long to wait for another copy.
        reads_only: Whether the connection refuses to write.

    Raises:
        sqlite3.Error: The file, the disk or a lock does not allow it.
        StorageError: The file cannot be made, or is of no known version.
    """
    _make(path)
    connection = sqlite3.connect(
        path, timeout=min(busy_seconds, _FIRST_SECONDS), isolation_level=None, check_same_thread=False
    )
    try:
        _wait(connection, path, busy_seconds)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Where it is on, dropping a million rows writes each page once more, as zeros.
        connection.execute("PRAGMA secure_delete = FAST")
        if not (is_newest(connection, path) and has_newest_shape(connection)):
            _bring_up(connection, path)
        # Once the size of a page is settled, which the cache is counted in.
        connection.execute(f"PRAGMA cache_size = -{_READER_CACHE_KIB if reads_only else _WRITER_CACHE_KIB}")
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_BYTES // page_bytes}")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        if reads_only:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def open_as_it_is(path: Path) -> AsItIs:
    """The database for reading, where nothing can be written; an empty one where there is none.

    Raises:
        sqlite3.Error: It cannot be read either.
        StorageError: It is of no known version, needs an upgrade, or its log cannot be read.
    """
    if _size(path) == 0:
        return AsItIs(_empty())
    try:
        return AsItIs(_open_for_reading(path, "mode=ro"))
    except sqlite3.OperationalError as error:
        if not is_about_disk(error):
            raise
        for log in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-journal")):
            if _size(log):
                raise FolderError(
                    f"{log} holds changes that are read only where {path.parent} can be written; make it writable, or"
                    f" copy both files to a folder that is, and name that with --data-dir."
                ) from error
        stamp = stamp_of(path)
        return AsItIs(_open_for_reading(path, "immutable=1"), stamp)


def stamp_of(path: Path) -> Stamp:
    """What tells whether the files of a database changed."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size, _size(path.with_name(f"{path.name}-wal")))


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """A transaction, taken back when the block raises."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        # After a commit nothing is open; after an error SQLite may have rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _make(path: Path) -> None:
    """Make the file where it is missing. One that is there is not opened: closing it would end SQLite's locks on it."""
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(path.parent, error, MAKE_FOLDER) from error
    try:
        # SQLite gives its log files the mode of the database.
        os.close(os.open(path.resolve(), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        if path.exists():
            return
        raise refusal(path, error, f"change its permissions, or {ANOTHER_FOLDER}") from error


def _wait(connection: sqlite3.Connection, path: Path, seconds: float) -> None:
    """See whether the file can be locked at all, and from then on wait for others."""
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        if not is_busy(error) or seconds <= _FIRST_SECONDS or locking_fault(path.parent) is not None:
            raise
    connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _bring_up(connection: sqlite3.Connection, path: Path) -> None:
    _known_version(connection, path)  # before a byte is changed
    # The change to WAL does not wait for others by itself.
    with locked(path):
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection, "BEGIN IMMEDIATE"):
            # A tool that copies tables loses the number.
            connection.execute(f"PRAGMA user_version = {_known_version(connection, path)}")
            bring_up(connection)


def _known_version(connection: sqlite3.Connection, path: Path) -> int:
    version = recognized_version(connection)
    if version is None:
        raise damaged(path, "its tables are not those of entra-tui")
    return version


def _open_for_reading(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute(f"PRAGMA cache_size = -{_READER_CACHE_KIB}")
        _require_newest(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_newest(connection: sqlite3.Connection, path: Path) -> None:
    is_current = is_newest(connection, path) and has_newest_shape(connection)
    if not is_current and _known_version(connection, path) != NEWEST:
        raise FolderError(
            f"{path} was made by an older release and must be upgraded, which needs a disk that can be written;"
            " make it writable, then start again."
        )


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    bring_up(connection)
    return connection


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
