"""Where client secrets are kept: in the system keyring, or in the encrypted file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from entra_tui.model.connector import SecretStore
from entra_tui.storage.errors import StorageError
from entra_tui.storage.keyring_store import KeyringStore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from entra_tui.model.secret import Secret
    from entra_tui.model.secret_key import SecretKey
    from entra_tui.storage.encrypted_file import EncryptedFile
    from entra_tui.storage.folders import Folders

FILE_NAME: Final = "secrets.json"


class SecretVault:
    """Stores, reads and forgets client secrets; never in plain text.

    A secret belongs to an app registration, and to the login host that it may be sent to: it survives a connector's
    new name, two connectors to one app share it, and an environment that signs in elsewhere does not get it. The first
    releases kept it for the app alone. Such a secret is taken over where it goes to the host of a Microsoft cloud, and
    to no other: nothing tells for which host it was entered.

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

    def store(self, where: SecretStore, key: SecretKey, secret: Secret) -> None:
        """Keep a secret, in place of the one that was there; with NONE nothing is kept.

        Raises:
            KeyringError: The keyring refused or did not answer.
            PassphraseError: The passphrase is missing or wrong.
            StorageError: The encrypted file cannot be understood or written.
        """
        store = self._store(where)
        if store is None:
            return
        if where is SecretStore.FILE:
            self._folders.ensure()
        store.store(str(key), secret)
        if key.built_in:
            store.forget(key.app)

    def read(self, where: SecretStore, key: SecretKey) -> Secret | None:
        """The secret; None where none is kept for this app and this host.

        Raises:
            KeyringError: The keyring refused or did not answer.
            PassphraseError: The passphrase is missing or wrong.
            StorageError: The encrypted file cannot be understood or read.
        """
        store = self._store(where)
        if store is None:
            return None
        secret = store.read(str(key))
        if secret is None and key.built_in:
            secret = store.read(key.app)
            if secret is not None:
                try:
                    self.store(where, key, secret)
                except StorageError:
                    # It can be used from where it is, and is taken over at another time.
                    return secret
        return secret

    def forget(self, where: SecretStore, app: str, *, keep: Collection[str] = ()) -> bool:
        """Remove the secrets of an app, for whatever host they were entered. No passphrase is needed.

        Args:
            where: In which store.
            app: `SecretKey.app`.
            keep: Names that stay: `str` of a key, or `SecretKey.app`.

        Returns:
            Whether there was one.

        Raises:
            KeyringError: The keyring refused or did not answer.
            StorageError: The encrypted file cannot be understood or written.
        """
        store = self._store(where)
        if store is None:
            return False
        forgotten = [store.forget(name) for name in store.names(app) if name not in keep]
        return any(forgotten)

    def _store(self, where: SecretStore) -> KeyringStore | EncryptedFile | None:
        match where:
            case SecretStore.KEYRING:
                return self._keyring
            case SecretStore.FILE:
                # The library for cryptography loads when it is used.
                from entra_tui.storage.encrypted_file import EncryptedFile  # noqa: PLC0415

                return EncryptedFile(self._folders.data / FILE_NAME, self._passphrase)
            case SecretStore.NONE:
                return None
        assert_never(where)
