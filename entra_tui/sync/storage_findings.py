"""What is wrong with the stored lists, as a finding like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.finding import Finding
from entra_tui.storage.errors import (
    ConnectorRemovedError,
    DamagedError,
    DamagedListError,
    DiskFullError,
    FolderError,
    ListRemovedError,
    LockedError,
    NewerVersionError,
    NoLocksError,
    ReadOnlyDiskError,
    StageLostError,
    StorageError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final[Mapping[type[StorageError], tuple[str, str]]] = {
    DiskFullError: ("disk-full", "The disk is full"),
    ReadOnlyDiskError: ("disk-read-only", "The disk is read-only"),
    NoLocksError: ("disk-without-locks", "The disk does not lock files"),
    DamagedListError: ("list-damaged", "Stored entries of the list are damaged"),
    LockedError: ("list-in-use", "Another running copy is at work on this list"),
    StageLostError: ("list-in-use", "Another running copy is at work on this list"),
    ListRemovedError: ("list-removed", "The list was removed"),
    ConnectorRemovedError: ("connector-removed", "The connector was removed"),
    DamagedError: ("lists-damaged", "The lists' file is damaged"),
    FolderError: ("lists-not-writable", "The lists' file cannot be used"),
    NewerVersionError: ("lists-too-new", "The lists' file was made by a newer release"),
}


def storage_finding(error: StorageError) -> Finding:
    """The finding for `error`; its sentence says what to do."""
    code, title = _KINDS.get(type(error), ("lists-not-usable", "The lists cannot be used"))
    cause, _, remedy = error.sentence.partition("; ")
    return Finding(code=code, title=title, cause=cause, remedy=(remedy[:1].upper() + remedy[1:],) if remedy else ())
