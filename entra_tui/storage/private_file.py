"""Files that only their owner may read, replaced whole or not at all, by one running copy at a time."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from entra_tui.model.text import harmless
from entra_tui.storage.disk import ANOTHER_FOLDER, lacks_locks, no_locks, refusal
from entra_tui.storage.errors import FolderError, LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_SECONDS: Final = 10.0
"""How long to wait for another running copy that is writing the same file."""

_POLL_SECONDS: Final = 0.05
_HOLDER_AT: Final = 1
"""Where the holder's name begins in a lock file: Windows locks the first byte, and then lets nobody read it."""
_HOLDER_BYTES: Final = 300


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
    import tempfile  # noqa: PLC0415 - loaded when something is written

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
        raise refusal(path, error, "change the permissions of its folder") from error


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
def locked(path: Path, *, seconds: float = LOCK_SECONDS, doing: str = "") -> Iterator[None]:
    """Hold the inter-process lock of a file; it is let go when the process ends, however that happens.

    Args:
        path: The file that is about to be read and rewritten; the lock lies beside it as `<name>.lock`, and says which
            process of which host holds it.
        seconds: How long to wait for another holder.
        doing: What the lock is for, in a sentence on its holder; `using <path>` where nothing is given.

    Raises:
        LockedError: Another running copy held it all that time.
        DiskFullError, ReadOnlyDiskError, NoLocksError: As they say.
        FolderError: The lock cannot be made.
    """
    lock = path.with_name(f"{path.name}.lock")
    descriptor = _take(lock, seconds)
    if descriptor is None:
        raise LockedError(_held(lock, doing or f"using {path}"))
    try:
        yield
    finally:
        _let_go(descriptor)


def _take(lock: Path, seconds: float) -> int | None:
    """Lock a file; gives its descriptor, or None where another process held it all the time."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            descriptor = _try(lock)
        except OSError as error:
            if lacks_locks(error):
                raise no_locks(lock, str(error.strerror)) from error
            raise refusal(lock, error, f"change the permissions of its folder, or {ANOTHER_FOLDER}") from error
        if descriptor is not None:
            return descriptor
        if time.monotonic() >= deadline:
            return None
        time.sleep(_POLL_SECONDS)


def _try(lock: Path) -> int | None:
    from filelock import lock_descriptor  # noqa: PLC0415 - see above

    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        keep = False
        try:
            if not lock_descriptor(descriptor, blocking=False):
                return None
            # A file that was deleted meanwhile, perhaps on our own advice, keeps nobody out.
            keep = lock.exists() and os.path.samestat(os.fstat(descriptor), lock.stat())
            if keep:
                _sign(descriptor)
                return descriptor
        finally:
            if not keep:
                os.close(descriptor)


def _sign(descriptor: int) -> None:
    """Write down who holds a lock; where there is no room for that, it holds all the same."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, _HOLDER_AT, os.SEEK_SET)
        os.write(descriptor, f"{os.getpid()} {_host()}\n".encode())


def _host() -> str:
    import platform  # noqa: PLC0415 - see above

    return platform.node()


def _let_go(descriptor: int) -> None:
    from filelock import unlock_descriptor  # noqa: PLC0415 - see above

    with suppress(OSError):
        os.ftruncate(descriptor, 0)
    try:
        unlock_descriptor(descriptor)
    finally:
        os.close(descriptor)


def _held(lock: Path, doing: str) -> str:
    """That a lock is held, by whom as far as that is known, and what to do."""
    try:
        with lock.open("rb") as file:
            file.seek(_HOLDER_AT)
            words = harmless(file.read(_HOLDER_BYTES).decode("utf-8", "replace").strip("\0 \n")).split()
    except OSError:
        words = []
    match words:
        case [number, host, *_] if number.isdecimal() and host != _host():
            return (
                f"Another running copy on {host} (process {number}) is {doing}; wait for it to finish, or delete {lock}"
                f" if {host} no longer runs entra-tui."
            )
        case [number, *_] if number.isdecimal():
            holder = f"process {number}, lock {lock}"
        case _:
            holder = f"lock {lock}"
    return f"Another running copy ({holder}) is {doing}; wait for it to finish, or close it."
