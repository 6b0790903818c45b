"""The unfinished onboarding, kept so that closing the terminal loses nothing but the secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from entra_tui.model.secret import Secret
from entra_tui.storage.errors import DamagedError, FolderError, NewerVersionError, SecretRefusedError
from entra_tui.storage.private_file import read_private, write_private

if TYPE_CHECKING:
    from entra_tui.storage.folders import Folders

FILE_NAME: Final = "onboarding.json"
VERSION: Final = 1


class DraftFile:
    """One draft in the state folder: a mapping of JSON values.

    Attributes:
        path: Where the file is.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self.path = folders.state / FILE_NAME

    def read(self) -> Mapping[str, object] | None:
        """The draft; None where there is none.

        Raises:
            DamagedError: It cannot be understood; it was put aside as `onboarding.json.damaged`, and the next read
                gives None, so a caller shows the sentence and starts anew.
            NewerVersionError: A newer release wrote it; it is left where it is.
            FolderError: It cannot be read.
        """
        content = read_private(self.path)
        if content is None:
            return None
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self._put_aside() from error
        version = document.get("version") if isinstance(document, dict) else None
        if isinstance(version, int) and version > VERSION:
            raise NewerVersionError(
                f"{self.path} has version {version}, this release knows {VERSION}; upgrade entra-tui, or move it away."
            )
        draft = document.get("draft") if version == VERSION else None
        if not isinstance(draft, dict):
            raise self._put_aside()
        return draft

    def write(self, draft: Mapping[str, object]) -> None:
        """Keep a draft in place of the one before.

        Args:
            draft: JSON values only: texts, numbers, booleans, None, and lists and mappings of them.

        Raises:
            SecretRefusedError: There is a `Secret` somewhere in it; nothing is written.
            FolderError: It cannot be written.
        """
        if _holds_secret(draft):
            raise SecretRefusedError("The client secret is never kept in a draft; enter it again when you go on.")
        self._folders.ensure()
        write_private(self.path, json.dumps({"version": VERSION, "draft": draft}, indent=2).encode())

    def clear(self) -> None:
        """Remove the draft, if there is one.

        Raises:
            FolderError: It cannot be removed.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise FolderError(f"{self.path} cannot be removed ({error.strerror}); remove it yourself.") from error

    def _put_aside(self) -> DamagedError:
        aside = self.path.with_name(f"{self.path.name}.damaged")
        try:
            self.path.replace(aside)
        except OSError as error:
            raise FolderError(f"{self.path} is damaged and cannot be moved ({error.strerror}); remove it.") from error
        return DamagedError(f"The unfinished set-up could not be read and was kept as {aside}; begin again at step 1.")


def _holds_secret(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_secret(key) or _holds_secret(item) for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return any(_holds_secret(item) for item in value)
    return isinstance(value, Secret)
