"""Files that only their owner may read, replaced whole or not at all, by one running copy at a time."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from entra_tui.storage.errors import FolderError, LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_SECONDS: Final = 10.0
"""How long to wait for another running copy that is writing the same file."""


def read_private(path: Path) -> bytes | None:
    """The content of a file; None where there is none.

    Raises:
        FolderError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FolderError(f"{path} cannot be read ({error.strerror}); change its permissions.") from error


def write_private(path: Path, content: bytes) -> None:
    """Replace a file's content at once (mode 0600): a reader, or a power cut, sees the old or the new, never a part.

    A symbolic link stays one; the file it leads to is replaced.

    Raises:
        FolderError: It cannot be written; the old content stands.
    """
    target = path.resolve()
    aside: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        aside = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        if aside is not None:
            aside.unlink(missing_ok=True)
        raise FolderError(
            f"{path} cannot be written ({error.strerror}); make room or change the permissions of its folder."
        ) from error


def _sync_folder(folder: Path) -> None:
    # Windows can neither open a folder nor needs to for a rename to last.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the inter-process lock of a file; it is let go when the process ends, however that happens.

    Args:
        path: The file that is about to be read and rewritten; the lock lies beside it as `<name>.lock`.
        seconds: How long to wait for another holder.

    Raises:
        LockedError: Another running copy held it all that time.
        FolderError: The lock cannot be made.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - loaded when something is written

    lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=seconds, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(f"Another running copy is using {path}; wait for it to finish, or close it.") from error
    except OSError as error:
        raise FolderError(
            f"{path.parent} cannot be written ({error.strerror}); change its permissions, or choose another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()
