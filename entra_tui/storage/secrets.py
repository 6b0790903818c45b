"""Where client secrets are kept, as each connector's `secret_store` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.connector import SecretStore
from entra_tui.storage.keyring_store import KeyringStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.model.connector import Connector
    from entra_tui.model.secret import Secret
    from entra_tui.storage.encrypted_file import EncryptedFile
    from entra_tui.storage.folders import Folders

FILE_NAME: Final = "secrets.json"


class SecretVault:
    """Stores, reads and forgets client secrets; never in plain text.

    A secret belongs to an app registration: it is kept under `<tenant id>/<client id>`, so it survives a connector's
    new name, and two connectors to one app registration share it.

    Args:
        folders: The encrypted file is in `folders.data`.
        passphrase: Gives the passphrase of the encrypted file, or None where nobody can be asked; called only when the
            file is used, and not kept.
        keyring: The system keyring.
    """

    def __init__(
        self,
        folders: Folders,
        *,
        passphrase: Callable[[], Secret | None],
        keyring: KeyringStore | None = None,
    ) -> None:
        self._folders = folders
        self._passphrase = passphrase
        self._keyring = keyring or KeyringStore()

    def keyring_available(self) -> bool:
        """Whether the system has a keyring that is safe and answers; takes a few seconds where it hangs."""
        return self._keyring.available()

    def file_exists(self) -> bool:
        """Whether the encrypted file is there, so that its passphrase is asked for rather than chosen."""
        return (self._folders.data / FILE_NAME).exists()

    def store(self, connector: Connector, secret: Secret) -> None:
        """Keep a secret where the connector's `secret_store` says; with NONE nothing is kept.

        Raises:
            KeyringError: The keyring refused or did not answer.
            PassphraseError: The passphrase is missing or wrong.
            StorageError: The encrypted file cannot be understood or written.
        """
        match connector.secret_store:
            case SecretStore.KEYRING:
                self._keyring.store(_key(connector), secret)
            case SecretStore.FILE:
                self._folders.ensure()
                self._file().store(_key(connector), secret)
            case SecretStore.NONE:
                return

    def read(self, connector: Connector) -> Secret | None:
        """The connector's secret; None where none is kept.

        Raises:
            KeyringError: The keyring refused or did not answer.
            PassphraseError: The passphrase is missing or wrong.
            StorageError: The encrypted file cannot be understood or read.
        """
        match connector.secret_store:
            case SecretStore.KEYRING:
                return self._keyring.read(_key(connector))
            case SecretStore.FILE:
                return self._file().read(_key(connector))
            case SecretStore.NONE:
                return None

    def forget(self, connector: Connector) -> None:
        """Remove the connector's secret; nothing happens where there is none. No passphrase is needed.

        Raises:
            KeyringError: The keyring refused or did not answer.
            StorageError: The encrypted file cannot be understood or written.
        """
        match connector.secret_store:
            case SecretStore.KEYRING:
                self._keyring.forget(_key(connector))
            case SecretStore.FILE:
                self._file().forget(_key(connector))
            case SecretStore.NONE:
                return

    def _file(self) -> EncryptedFile:
        from entra_tui.storage.encrypted_file import EncryptedFile  # noqa: PLC0415 - cryptography loads when it is used

        return EncryptedFile(self._folders.data / FILE_NAME, self._passphrase)


def _key(connector: Connector) -> str:
    return f"{connector.tenant_id}/{connector.client_id}"
