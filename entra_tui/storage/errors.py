"""What can go wrong with stored things, each as one sentence that says what to do."""

from __future__ import annotations


class StorageError(Exception):
    """Something stored cannot be read or written.

    Attributes:
        sentence: What is wrong and what to do, in one sentence, fit for a terminal.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class FolderError(StorageError):
    """A folder or file cannot be made, read or written."""


class DiskFullError(FolderError):
    """There is no room left."""


class ReadOnlyDiskError(FolderError):
    """The disk lets nothing be written."""


class NoLocksError(FolderError):
    """The disk, a network disk mostly, does not lock files."""


class LockedError(StorageError):
    """Another running copy holds what is needed."""


class DamagedError(StorageError):
    """A stored file does not hold what it should."""


class DamagedListError(DamagedError):
    """Stored rows of one list are not what was written; a full read replaces them."""


class NewerVersionError(StorageError):
    """A stored file was written by a newer release."""


class NameTakenError(StorageError):
    """There is a connector of this name already."""


class UnknownNameError(StorageError):
    """There is no connector, environment or list of this name."""


class KeyringError(StorageError):
    """The system keyring refused, or did not answer."""


class NoKeyringError(KeyringError):
    """This system has no keyring, or none that keeps secrets safe."""


class PassphraseError(StorageError):
    """The passphrase of the secrets file is missing or wrong."""


class SecretRefusedError(StorageError):
    """A secret was about to be stored where none may be."""


class StageLostError(StorageError):
    """What was staged is gone, since another copy started over."""


class ListRemovedError(StageLostError):
    """A list was removed while it was being synchronized.

    Args:
        list_name: Which list.
    """

    def __init__(self, list_name: str) -> None:
        super().__init__(
            f"'{list_name}' was removed during this synchronization; "
            "synchronize its connector again if you still need the list."
        )


class ConnectorRemovedError(StorageError):
    """A connector was removed before its lists were read.

    Args:
        connector: Its name.
    """

    def __init__(self, connector: str) -> None:
        super().__init__(
            f"'{connector}' was removed, or changed to another tenant, before its lists were read; "
            "check the saved connectors, and create it again if you still need it."
        )


class ConnectorSavedError(StorageError):
    """A list may not be removed alone, since its connector is saved."""
