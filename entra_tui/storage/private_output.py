"""A file of any size that only its owner may read, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from entra_tui.storage.errors import FolderError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def private_output(path: Path) -> Iterator[BinaryIO]:
    """Write to a file beside `path` (mode 0600) that takes its place in the end; after an error the old one stands.

    A device or a named pipe is written as it is.

    Raises:
        FolderError: It cannot be written.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as special:
                yield special
            return
        yield from _replace(path.resolve())
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FolderError(f"{path} cannot be written ({error.strerror}); choose another file.") from error


def _replace(target: Path) -> Iterator[BinaryIO]:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
