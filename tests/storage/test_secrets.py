from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.secret import Secret
from entra_tui.storage.errors import KeyringError
from entra_tui.storage.keyring_store import KeyringStore
from entra_tui.storage.secrets import SecretVault

if TYPE_CHECKING:
    from entra_tui.storage.folders import Folders

PLANTED = Secret("Pl4~Q-planted.secret_value-0123456789abc")


class MemoryStore(KeyringStore):
    """Stands in for the keyring; its own tests cover the real path."""

    def __init__(self, *, there: bool = True) -> None:
        super().__init__()
        self.there = there
        self.kept: dict[str, Secret] = {}

    def available(self) -> bool:
        return self.there

    def store(self, key: str, secret: Secret) -> None:
        if not self.there:
            raise KeyringError("This system has no keyring.")
        self.kept[key] = secret

    def read(self, key: str) -> Secret | None:
        return self.kept.get(key)

    def forget(self, key: str) -> None:
        self.kept.pop(key, None)


def vault(folders: Folders, keyring: MemoryStore | None = None) -> SecretVault:
    return SecretVault(folders, passphrase=lambda: Secret("passphrase"), keyring=keyring or MemoryStore())


@pytest.mark.parametrize("where", [SecretStore.KEYRING, SecretStore.FILE])
def test_a_secret_survives_the_connectors_new_name(folders: Folders, connector: Connector, where: SecretStore) -> None:
    connector = replace(connector, secret_store=where)
    secrets = vault(folders)
    assert secrets.read(connector) is None
    secrets.store(connector, PLANTED)
    assert secrets.read(replace(connector, name="Renamed")) == PLANTED
    assert secrets.read(replace(connector, client_id="33333333-3333-4333-8333-333333333333")) is None
    secrets.forget(connector)
    assert secrets.read(connector) is None


def test_each_store_is_its_own(folders: Folders, connector: Connector) -> None:
    keyring = MemoryStore()
    secrets = vault(folders, keyring)
    assert not secrets.file_exists()
    secrets.store(connector, PLANTED)
    assert secrets.file_exists()
    assert keyring.kept == {}
    secrets.store(replace(connector, secret_store=SecretStore.KEYRING), Secret("other"))
    assert keyring.kept == {f"{connector.tenant_id}/{connector.client_id}": Secret("other")}
    assert secrets.read(connector) == PLANTED


def test_none_keeps_nothing(folders: Folders, connector: Connector) -> None:
    keyring = MemoryStore()
    secrets = vault(folders, keyring)
    unkept = replace(connector, secret_store=SecretStore.NONE)
    secrets.store(unkept, PLANTED)
    secrets.forget(unkept)
    assert secrets.read(unkept) is None
    assert keyring.kept == {}
    assert list(folders.data.iterdir()) == []


def test_a_missing_keyring_never_falls_back_by_itself(folders: Folders, connector: Connector) -> None:
    secrets = vault(folders, MemoryStore(there=False))
    assert not secrets.keyring_available()
    with pytest.raises(KeyringError):
        secrets.store(replace(connector, secret_store=SecretStore.KEYRING), PLANTED)
    assert not secrets.file_exists()


def test_the_secret_is_in_no_file(folders: Folders, connector: Connector) -> None:
    vault(folders).store(connector, PLANTED)
    content = b"".join(path.read_bytes() for path in folders.data.rglob("*") if path.is_file())
    assert content
    assert PLANTED.reveal().encode() not in content
