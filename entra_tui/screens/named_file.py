"""A file that a person names, to have something written to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from entra_tui.storage.errors import FolderError


@dataclass(frozen=True, slots=True)
class NamedFile:
    """Where to write.

    Attributes:
        path: Absolute; `~` is the person's home.
        is_there: Whether there is such a file already.
    """

    path: Path
    is_there: bool


def named_file(text: str) -> NamedFile:
    """The file that a person has named.

    Raises:
        FolderError: None was named, or none could have that name.
    """
    if not text.strip():
        raise FolderError("Name the file to write to.")
    try:
        path = Path(text.strip()).expanduser().absolute()
        return NamedFile(path, is_there=_is_file(path))
    except (OSError, ValueError, RuntimeError) as error:
        # A name too long, a control character, no leave to look, no such person's home.
        raise FolderError("There can be no such file; name another one.") from error


def _is_file(path: Path) -> bool:
    # Path.is_file says no to a name that cannot be, too.
    try:
        return S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False
