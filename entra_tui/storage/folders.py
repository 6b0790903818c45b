"""Where configuration, data and state are kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.storage.disk import MAKE_FOLDER, is_read_only, refusal
from entra_tui.storage.errors import FolderError

if TYPE_CHECKING:
    from pathlib import Path

LISTS_FILE: Final = "lists.db"
"""The lookup lists, in the folder of the data."""

_APP: Final = "entra-tui"
_PRIVATE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Folders:
    """The three folders of the program; they may be one and the same.

    Attributes:
        config: Holds `config.toml`.
        data: Holds the lookup lists and, where it is used, the encrypted secrets file.
        state: Holds the unfinished onboarding and the log.
    """

    config: Path
    data: Path
    state: Path

    @classmethod
    def locate(cls, home: Path | None = None) -> Folders:
        """The folders that this system keeps for the program, or `home` for all three. Makes nothing."""
        if home is not None:
            whole = home.expanduser().absolute()
            return cls(whole, whole, whole)
        from platformdirs import user_config_path, user_data_path, user_state_path  # noqa: PLC0415 - unneeded where a folder is named

        return cls(
            user_config_path(_APP, appauthor=False),
            user_data_path(_APP, appauthor=False),
            user_state_path(_APP, appauthor=False),
        )

    def ensure(self) -> None:
        """Make the folders where they are missing, open to their owner alone (0700).

        A folder that was there before is closed to others when it is the program's own or empty; one that holds
        other things too, such as a home folder given as `--data-dir`, keeps its mode: each file in it is 0600.
        Folders that exist on a read-only disk are left as they are: what is in them can be read.

        Raises:
            FolderError: A folder cannot be made or written.
        """
        for folder in dict.fromkeys((self.config, self.data, self.state)):
            _ensure(folder)


def _ensure(folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=_PRIVATE, exist_ok=True)
        if is_read_only(folder):
            return
        if folder.stat().st_mode & 0o077 and (folder.name == _APP or not any(folder.iterdir())):
            folder.chmod(_PRIVATE)
    except OSError as error:
        raise refusal(folder, error, MAKE_FOLDER) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise FolderError(
            f"The folder {folder} cannot be written; change its permissions, or choose another with --data-dir."
        )
