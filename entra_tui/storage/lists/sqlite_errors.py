"""What SQLite says about the lists' file, in a person's words, each with its way out."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from entra_tui.storage.disk import LOCAL_DISK, locking_fault, no_locks, refusal, writing_fault
from entra_tui.storage.errors import DamagedError, DiskFullError, FolderError, LockedError, StorageError
from entra_tui.storage.lists.shape import is_sound
from entra_tui.storage.lists.stored_values import StrangeValueError, is_not_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCKING: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR_LOCK,
        sqlite3.SQLITE_IOERR_UNLOCK,
        sqlite3.SQLITE_IOERR_RDLOCK,
        sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK,
        sqlite3.SQLITE_IOERR_BLOCKED,
        sqlite3.SQLITE_IOERR_SHMLOCK,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_SHMMAP,
    }
)
"""Locks, and the memory that running copies share: what network disks lack."""

_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_ABOUT_DISK: Final = frozenset(
    {
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_NOLFS,
    }
)
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_LASTING: Final = _ABOUT_DISK - {sqlite3.SQLITE_FULL} | _DAMAGED
_ABOUT_CONTENT: Final = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_RANGE,
        sqlite3.SQLITE_INTERNAL,
    }
)
"""Either the file is not what it should be, or our SQL is not: the file tells."""


def code_of(error: sqlite3.Error) -> int:
    """The extended result code; SQLITE_ERROR for the driver's own errors, which have none."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)


def primary_code_of(error: sqlite3.Error) -> int:
    """The result code without its details."""
    return code_of(error) & 0xFF


def is_about_disk(error: sqlite3.Error) -> bool:
    """Whether SQLite could not open, write or lock a file, so that reading alone might still work."""
    return primary_code_of(error) in _ABOUT_DISK


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection holds a lock, or the disk has none."""
    return primary_code_of(error) in _BUSY


def is_lasting(error: sqlite3.Error) -> bool:
    """Whether a connection that met the error would meet it again."""
    return primary_code_of(error) in _LASTING


def damaged(path: Path, reason: object) -> DamagedError:
    """That the whole file is of no use any more."""
    return DamagedError(
        f"{path} is damaged ({reason}); move it away and synchronize again: the directory has all of it."
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the file, the disk, the system or another hand in the file cause into one sentence.

    Defects of our own SQL stay what they are.

    Raises:
        StorageError: The sentence.
    """
    try:
        yield
    except StrangeValueError as error:
        raise damaged(path, error) from error
    except UnicodeDecodeError as error:
        raise damaged(path, "a name in it is not UTF-8") from error
    except MemoryError as error:
        raise StorageError(
            f"There is not enough memory to use {path}; close other programs, then start again."
        ) from error
    except sqlite3.Error as error:
        sentence = explain(error, path)
        if sentence is None:
            raise
        raise sentence from error


def explain(error: sqlite3.Error, path: Path) -> StorageError | None:
    """What an error of SQLite means for the file `path`; None for a defect of the program's own."""
    primary = primary_code_of(error)
    if primary in _BUSY:
        return _explain_busy(path)
    if primary in _ABOUT_DISK:
        return _explain_disk(error, path)
    if primary == sqlite3.SQLITE_TOOBIG:
        return StorageError(f"A value is too large for {path}; find the entry in the tenant, and shorten it.")
    if is_not_utf8(error):
        # The message goes on with the text itself.
        return damaged(path, "a text in it is not UTF-8")
    if primary in _DAMAGED or (primary in _ABOUT_CONTENT and not _is_sound(path)):
        return damaged(path, error)
    return None


def _explain_busy(path: Path) -> StorageError:
    # SQLite takes a disk that has no locks for a lock that is held.
    fault = locking_fault(path.parent)
    if fault is not None:
        return no_locks(path, str(fault.strerror))
    return LockedError(f"Another running copy is writing {path}; wait for it to finish, or close it.")


def _explain_disk(error: sqlite3.Error, path: Path) -> FolderError:
    code = code_of(error)
    fault = writing_fault(path.parent, _size(path))
    if fault is not None:
        return refusal(path, fault, "check its permissions and its disk")
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(
            f"There is no room left for {path}; make room and start again: the lists are as they were."
        )
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return FolderError(f"{path} was moved or replaced while it was in use; start again.")
    if code in _LOCKING or primary_code_of(error) == sqlite3.SQLITE_PROTOCOL:
        return no_locks(path, str(error))
    if code == sqlite3.SQLITE_NOLFS:
        return FolderError(f"{path} is larger than its disk allows; {LOCAL_DISK}.")
    return FolderError(f"{path} cannot be read or written ({error}); check its permissions and its disk.")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as look:
            return is_sound(look)
    except sqlite3.OperationalError as error:
        # What cannot be looked at proves nothing.
        return is_about_disk(error) or primary_code_of(error) in _BUSY
    except (sqlite3.Error, UnicodeDecodeError):
        return False
