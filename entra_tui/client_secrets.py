"""Client secrets while the program runs: remembered, looked up, stored, and forgotten with what needed them."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from entra_tui.model.connector import SecretStore
from entra_tui.model.secret import Secret
from entra_tui.model.secret_key import SecretKey
from entra_tui.storage.errors import NoKeyringError, StorageError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from entra_tui.graph.errors import Refused
    from entra_tui.graph.secret_verdicts import SecretVerdicts
    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment
    from entra_tui.storage.folders import Folders
    from entra_tui.storage.secrets import SecretVault
    from entra_tui.storage.settings_file import SettingsFile

SECRET_VARIABLE: Final = "ENTRA_TUI_CLIENT_SECRET"
PASSPHRASE_VARIABLE: Final = "ENTRA_TUI_PASSPHRASE"

_STORE_NAMES: Final = {
    SecretStore.KEYRING: "the system keyring",
    SecretStore.FILE: "the encrypted secrets file",
}


@dataclass(frozen=True, slots=True)
class SecretSharing:
    """What becomes of a connector's stored secret when the connector goes.

    Attributes:
        connector: The connector's name.
        store: Where it is kept.
        others: The names of further connectors that use the same one.
    """

    connector: str
    store: SecretStore
    others: tuple[str, ...]

    @property
    def takes(self) -> str:
        """What goes with the connector."""
        return "its lookup lists" if self.sentence else "its secret and its lookup lists"

    @property
    def scope(self) -> str:
        """The connector and what goes with it, for a question."""
        return f"'{self.connector}'{' and' if self.sentence else ','} {self.takes}"

    @property
    def sentence(self) -> str:
        """That the secret stays; empty where it does not, or none is kept."""
        if self.store is SecretStore.NONE or not self.others:
            return ""
        names = ", ".join(f"'{name}'" for name in self.others)
        return f"Its secret stays in {_STORE_NAMES[self.store]} for {names}."


@dataclass(frozen=True, slots=True)
class Removal:
    """A connector that was removed with its lists, and what became of its secrets.

    Attributes:
        sharing: Whether its stored secret was needed by others.
        forgotten: Whether a stored secret was removed.
        left: For each store that could not be looked into, what that means and what to do.
    """

    sharing: SecretSharing
    forgotten: bool
    left: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What was removed, and that the secret stays where another connector needs it."""
        secret = ", its secret" if self.forgotten and not self.sharing.others else ""
        removed = f"Removed the connector '{self.sharing.connector}'{secret} and its lookup lists."
        return f"{removed} {self.sharing.sentence}".rstrip()


class ClientSecrets:
    """The client secrets of all connectors.

    Args:
        settings: `config.toml`.
        folders: Where the encrypted file is.
        verdicts: What Entra said of secrets so far.
        ask_passphrase: Asks for the passphrase of the encrypted file.
        with_keyring: Whether the system keyring may be used; not in a demo.
    """

    def __init__(
        self,
        settings: SettingsFile,
        folders: Folders,
        *,
        verdicts: Callable[[], SecretVerdicts],
        ask_passphrase: Callable[[], Secret | None],
        with_keyring: bool,
    ) -> None:
        self._settings = settings
        self._folders = folders
        self._verdicts = verdicts
        self._ask_passphrase = ask_passphrase
        self._with_keyring = with_keyring
        self._passphrase: Secret | None = None
        self._session: dict[SecretKey, Secret] = {}

    @cached_property
    def _vault(self) -> SecretVault:
        from entra_tui.storage.secrets import SecretVault  # noqa: PLC0415 - the first screen does without

        return SecretVault(self._folders, passphrase=self._give_passphrase)

    async def stores(self) -> tuple[SecretStore, ...]:
        """Where a secret can be kept on this machine, the default first; asking a keyring may take seconds."""
        if self._with_keyring and await asyncio.to_thread(self._vault.keyring_available):
            return (SecretStore.KEYRING, SecretStore.FILE, SecretStore.NONE)
        return (SecretStore.NONE, SecretStore.FILE)

    @property
    def has_file(self) -> bool:
        """Whether the encrypted file exists, so that its passphrase is asked for rather than chosen."""
        return self._vault.file_exists()

    def unlock(self, passphrase: Secret) -> None:
        """Use `passphrase` for the encrypted file from now on."""
        self._passphrase = passphrase

    # ------------------------------------------------------------ to use one

    def remember(self, connector: Connector, secret: Secret) -> None:
        """Keep a secret for as long as the program runs; one that was refused before gets another chance.

        Where the connector's environment is not known, there is no host to remember it for.
        """
        key = self._key_or_none(connector)
        if key is None:
            return
        self._verdicts().withdraw(key, secret)
        self._session[key] = secret

    def require_host(self, connector: Connector, environment: Environment, secret: Secret) -> None:
        """Make sure that a secret is not sent to another login host than the one it was looked up or entered for.

        `config.toml` may have been changed in between.

        Raises:
            StorageError: The environment signs in elsewhere by now.
        """
        key = SecretKey.of(environment, connector.tenant_id, connector.client_id)
        meant = [known for known, one in self._session.items() if known.app == key.app and one == secret]
        if meant and key not in meant:
            raise StorageError(
                f"'{connector.name}' signs in at {environment.login_host} by now, and its client secret was for "
                f"{meant[0].authority.partition('//')[2]}; look at its environment in config.toml, and begin again."
            )

    def refusal(self, connector: Connector, secret: Secret) -> Refused | None:
        """With what Entra refused this secret last; None where it did not, or took it since.

        Raises:
            StorageError: The connector's environment is not known.
        """
        return self._verdicts().refusal(self._key(connector), secret)

    def latest_refusal(self, connector: Connector) -> tuple[Secret, Refused] | None:
        """The secret of this connector that Entra refused last, and with what; None where none stands refused.

        Raises:
            StorageError: The connector's environment is not known.
        """
        return self._verdicts().latest_refusal(self._key(connector))

    async def find(self, connector: Connector) -> Secret | None:
        """A secret that Entra did not refuse: from this session, from where it is kept, or from the variable.

        Raises:
            StorageError: The keyring or the encrypted file does not give it, or the environment is not known.
        """
        key = self._key(connector)
        async for secret in self._known(key, connector.secret_store):
            if self._verdicts().refusal(key, secret) is None:
                if connector.secret_store is not SecretStore.NONE:
                    self._session[key] = secret
                return secret
        self._session.pop(key, None)
        return None

    async def _known(self, key: SecretKey, store: SecretStore) -> AsyncIterator[Secret]:
        remembered = self._session.get(key)
        if remembered is not None:
            yield remembered
        stored = secret_from_variable() if store is SecretStore.NONE else await self._read(key, store)
        if stored is not None:
            yield stored

    async def _read(self, key: SecretKey, store: SecretStore) -> Secret | None:
        return await asyncio.to_thread(self._vault.read, store, key)

    # ------------------------------------------------------------ to keep one, and to forget it

    async def store(self, connector: Connector, secret: Secret) -> None:
        """Keep a secret where the connector says.

        Raises:
            StorageError: It cannot be stored, or the environment is not known.
        """
        await asyncio.to_thread(self._vault.store, connector.secret_store, self._key(connector), secret)

    async def carry_over(self, old: Connector, new: Connector) -> None:
        """Keep the secret of the same app and host where the connector says from now on.

        Raises:
            StorageError: It cannot be read or stored, or the environment is not known.
        """
        key = self._key(new)
        if old.secret_store is new.secret_store or self._key_or_none(old) != key:
            return
        secret = self._session.get(key) or await self._read(key, old.secret_store)
        if secret is not None:
            self._session[key] = secret
            await self.store(new, secret)

    def sharing(self, connector: Connector, others: Iterable[Connector]) -> SecretSharing:
        """Whether any of `others` uses the same stored secret."""
        names = (other.name for other in others if self._needs(other, connector, connector.secret_store))
        return SecretSharing(connector.name, connector.secret_store, tuple(names))

    def _needs(self, other: Connector, connector: Connector, store: SecretStore) -> bool:
        if _app(other) != _app(connector) or other.secret_store is not store:
            return False
        theirs = self._key_or_none(other)
        return theirs is None or theirs == self._key_or_none(connector)

    def is_kept_elsewhere(self, old: Connector, new: Connector) -> bool:
        """Whether the secret of `new` has another place than that of `old`: another store, app or login host."""
        return old.secret_store is not new.secret_store or self._key_or_none(old) != self._key_or_none(new)

    def forget(self, connector: Connector, others: Iterable[Connector]) -> tuple[bool, tuple[str, ...]]:
        """Remove the secrets of a connector's app that none of `others` needs, in every store. May take seconds.

        Returns:
            Whether there was one, and for each store that could not be looked into what that means and what to do.

        Raises:
            StorageError: The store where this connector's secret is kept does not let it be removed.
        """
        app = _app(connector)
        sharing = [other for other in others if _app(other) == app]
        forgotten, left = False, []
        for store in _STORE_NAMES:
            keep = self._names_needed(sharing, store)
            own = store is connector.secret_store
            if keep is None or not (own or self._may_hold_any(store)):
                continue
            try:
                forgotten = self._vault.forget(store, app, keep=keep) or forgotten
            except StorageError as error:
                # A keyring that is not there is never unlocked: the connector must not hang on it.
                if own and not isinstance(error, NoKeyringError):
                    raise
                left.append(
                    f"A secret of it may be left in {_STORE_NAMES[store]}, which could not be looked into: "
                    f"{error.sentence} {_by_hand(store, app)}"
                )
        keys = {self._key_or_none(other) for other in sharing}
        for key in [key for key in self._session if key.app == app and key not in keys]:
            del self._session[key]
        return forgotten, tuple(left)

    def forget_unsaved(self, connector: Connector, saved: Iterable[Connector]) -> None:
        """Remove what was stored for a connector that was not saved after all, unless one of `saved` needs it.

        Raises:
            StorageError: The store does not let it be removed, or the environment is not known.
        """
        app = _app(connector)
        keep = self._names_needed((other for other in saved if _app(other) == app), connector.secret_store)
        if keep is not None and str(self._key(connector)) not in keep:
            self._vault.forget(connector.secret_store, app, keep=keep)

    def _may_hold_any(self, store: SecretStore) -> bool:
        if store is SecretStore.FILE:
            return self._vault.file_exists()
        return self._with_keyring and self._vault.keyring_available()

    def _names_needed(self, connectors: Iterable[Connector], store: SecretStore) -> frozenset[str] | None:
        """The names of secrets that connectors of one app need in a store; None where that cannot be told of all."""
        names: set[str] = set()
        for connector in connectors:
            if connector.secret_store is not store:
                continue
            key = self._key_or_none(connector)
            if key is None:
                return None
            names |= {str(key), key.app} if key.built_in else {str(key)}
        return frozenset(names)

    # ------------------------------------------------------------ inside

    def _key(self, connector: Connector) -> SecretKey:
        environment = self._settings.environment(connector.environment)
        return SecretKey.of(environment, connector.tenant_id, connector.client_id)

    def _key_or_none(self, connector: Connector) -> SecretKey | None:
        try:
            return self._key(connector)
        except UnknownNameError:
            return None

    def _give_passphrase(self) -> Secret | None:
        if self._passphrase is None:
            from_variable = os.environ.get(PASSPHRASE_VARIABLE)
            self._passphrase = Secret(from_variable) if from_variable else self._ask_passphrase()
        return self._passphrase


def secret_from_variable() -> Secret | None:
    """The client secret of `ENTRA_TUI_CLIENT_SECRET`; None where it is unset or empty."""
    text = os.environ.get(SECRET_VARIABLE, "")
    return Secret(text) if text else None


def _app(connector: Connector) -> str:
    return f"{connector.tenant_id.lower()}/{connector.client_id.lower()}"


def _by_hand(store: SecretStore, app: str) -> str:
    if store is SecretStore.KEYRING:
        return f"Where there is one, delete its entries 'entra-tui' for {app}."
    return "Move that file away when no connector needs it any more."
