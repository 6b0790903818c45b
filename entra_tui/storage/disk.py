"""What a disk lets the program do, and why not."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from entra_tui.storage.errors import DiskFullError, FolderError, NoLocksError, ReadOnlyDiskError

if TYPE_CHECKING:
    from pathlib import Path

ANOTHER_FOLDER: Final = "choose another folder with --data-dir"
MAKE_FOLDER: Final = "make this folder, or choose another with --data-dir"
LOCAL_DISK: Final = "choose a folder on a local disk with --data-dir DIR"

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})
_PROBE_BYTES: Final = 64 * 1024


def refusal(path: Path, error: OSError, advice: str) -> FolderError:
    """What the system's refusal to write a file means, with the way out.

    Args:
        path: What could not be written.
        error: What the system said.
        advice: What to do where it is neither the room, nor a read-only disk, nor locks.
    """
    said = f"{path} cannot be written ({error.strerror})"
    if error.errno in _NO_ROOM:
        return DiskFullError(f"{said}; make room, or {ANOTHER_FOLDER}.")
    if error.errno == errno.EROFS:
        return ReadOnlyDiskError(f"{said}; make the disk writable, or {ANOTHER_FOLDER}.")
    return FolderError(f"{said}; {advice}.")


def no_locks(path: Path, reason: str) -> NoLocksError:
    """What to do where files cannot be locked, as in home folders on some network disks."""
    return NoLocksError(f"{path} cannot be locked ({reason}), as on some network disks; {LOCAL_DISK}.")


def lacks_locks(error: OSError) -> bool:
    """Whether the system said that it does not lock files there."""
    return error.errno in _NO_LOCKS


def is_read_only(path: Path) -> bool:
    """Whether an existing file or folder is on a disk that lets nothing be written."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (AttributeError, OSError):
        # Windows has no such call.
        return False


def writing_fault(folder: Path, size: int = 0) -> OSError | None:
    """Why no file can be written in a folder, found by writing one; None where it can.

    Args:
        folder: The folder.
        size: How large a file is about to grow, in bytes, for limits on that.
    """
    import tempfile  # noqa: PLC0415 - needed when something is wrong

    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.seek(size)
            probe.write(bytes(_PROBE_BYTES))
    except OSError as error:
        return error
    return None


def locking_fault(folder: Path) -> OSError | None:
    """Why the system locks no byte of a file in a folder, as SQLite must; None where it does."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where every disk locks
    except ModuleNotFoundError:
        return None
    import tempfile  # noqa: PLC0415 - see above

    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            fcntl.lockf(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error if lacks_locks(error) else None
    return None
