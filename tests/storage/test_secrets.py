from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.connector import SecretStore
from entra_tui.model.environment import PUBLIC, USGOV, USGOV_DOD, Environment
from entra_tui.model.secret import Secret
from entra_tui.model.secret_key import SecretKey
from entra_tui.storage.errors import DamagedError, KeyringError
from entra_tui.storage.keyring_store import KeyringStore
from entra_tui.storage.secrets import SecretVault

if TYPE_CHECKING:
    from entra_tui.storage.folders import Folders

PLANTED = Secret("Pl4~Q-planted.secret_value-0123456789abc")
TENANT, CLIENT = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
LAB = Environment("lab", "Laboratory", "https://login.lab.example", "https://g.lab.example", "", "", built_in=False)
KEY = SecretKey.of(PUBLIC, TENANT, CLIENT)
LAB_KEY = SecretKey.of(LAB, TENANT, CLIENT)
KEPT = (SecretStore.KEYRING, SecretStore.FILE)


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

    def names(self, app: str) -> tuple[str, ...]:
        return tuple(key for key in self.kept if key.endswith(app))

    def forget(self, key: str) -> bool:
        return self.kept.pop(key, None) is not None


def vault(folders: Folders, keyring: MemoryStore | None = None) -> SecretVault:
    return SecretVault(folders, passphrase=lambda: Secret("passphrase"), keyring=keyring or MemoryStore())


def keep_as_the_first_releases_did(secrets: SecretVault, where: SecretStore, secret: Secret) -> None:
    """Under tenant and app alone."""
    store = secrets._store(where)
    assert store is not None
    store.store(KEY.app, secret)


@pytest.mark.parametrize("where", KEPT)
def test_a_secret_is_for_its_app_and_its_login_host_alone(folders: Folders, where: SecretStore) -> None:
    secrets = vault(folders)
    assert secrets.read(where, KEY) is None
    secrets.store(where, KEY, PLANTED)
    assert secrets.read(where, KEY) == PLANTED
    assert secrets.read(where, SecretKey.of(PUBLIC, TENANT.upper(), CLIENT)) == PLANTED
    assert secrets.read(where, replace(KEY, client_id="33333333-3333-4333-8333-333333333333")) is None
    for elsewhere in (LAB, USGOV, replace(LAB, authority="https://login.microsoftonline.com.lab.example")):
        assert secrets.read(where, SecretKey.of(elsewhere, TENANT, CLIENT)) is None
    assert secrets.forget(where, KEY.app)
    assert secrets.read(where, KEY) is None
    assert not secrets.forget(where, KEY.app)


def test_an_environment_that_only_bears_a_built_in_name_is_another_host() -> None:
    posing = replace(PUBLIC, authority="https://login.lab.example")
    assert SecretKey.of(posing, TENANT, CLIENT) == LAB_KEY
    assert not LAB_KEY.built_in
    assert SecretKey.of(USGOV, TENANT, CLIENT) == SecretKey.of(USGOV_DOD, TENANT, CLIENT)
    plain = replace(LAB, authority="http://127.0.0.1:8443")
    assert SecretKey.of(plain, TENANT, CLIENT) != SecretKey.of(
        replace(LAB, authority="https://127.0.0.1:8443"), TENANT, CLIENT
    )


def test_a_ciphertext_that_is_moved_to_another_host_does_not_open(folders: Folders) -> None:
    secrets = vault(folders)
    secrets.store(SecretStore.FILE, KEY, PLANTED)
    file = folders.data / "secrets.json"
    document = json.loads(file.read_text())
    document["secrets"][str(LAB_KEY)] = document["secrets"][str(KEY)]
    file.write_text(json.dumps(document))
    with pytest.raises(DamagedError):
        secrets.read(SecretStore.FILE, LAB_KEY)


@pytest.mark.parametrize("where", KEPT)
def test_a_secret_of_the_first_releases_is_taken_over_for_a_microsoft_cloud_alone(
    folders: Folders, where: SecretStore
) -> None:
    secrets = vault(folders)
    keep_as_the_first_releases_did(secrets, where, PLANTED)
    assert secrets.read(where, LAB_KEY) is None
    assert secrets.read(where, KEY) == PLANTED
    store = secrets._store(where)
    assert store is not None
    assert store.read(KEY.app) is None
    assert secrets.read(where, KEY) == PLANTED
    assert secrets.read(where, LAB_KEY) is None
    assert secrets.read(where, SecretKey.of(USGOV, TENANT, CLIENT)) is None


def test_one_that_cannot_be_taken_over_now_is_used_all_the_same(folders: Folders) -> None:
    class Unwritable(MemoryStore):
        def store(self, key: str, secret: Secret) -> None:
            raise KeyringError("The keyring is read-only.")

    keyring = Unwritable()
    keyring.kept[KEY.app] = PLANTED
    assert vault(folders, keyring).read(SecretStore.KEYRING, KEY) == PLANTED
    assert keyring.kept == {KEY.app: PLANTED}


@pytest.mark.parametrize("where", KEPT)
def test_a_new_secret_takes_the_place_of_an_old_releases(folders: Folders, where: SecretStore) -> None:
    secrets = vault(folders)
    keep_as_the_first_releases_did(secrets, where, Secret("the old one"))
    secrets.store(where, KEY, PLANTED)
    store = secrets._store(where)
    assert store is not None
    assert store.read(KEY.app) is None


@pytest.mark.parametrize("where", KEPT)
def test_all_of_an_app_are_forgotten_but_what_is_needed(folders: Folders, where: SecretStore) -> None:
    secrets = vault(folders)
    other = replace(KEY, client_id="33333333-3333-4333-8333-333333333333")
    secrets.store(where, KEY, PLANTED)
    secrets.store(where, LAB_KEY, Secret("for the laboratory"))
    secrets.store(where, other, Secret("of another app"))
    keep_as_the_first_releases_did(secrets, where, Secret("of an old release"))
    assert secrets.forget(where, KEY.app, keep={str(LAB_KEY)})
    assert secrets.read(where, KEY) is None
    assert secrets.read(where, LAB_KEY) == Secret("for the laboratory")
    assert secrets.read(where, other) == Secret("of another app")


def test_each_store_is_its_own(folders: Folders) -> None:
    keyring = MemoryStore()
    secrets = vault(folders, keyring)
    assert not secrets.file_exists()
    secrets.store(SecretStore.FILE, KEY, PLANTED)
    assert secrets.file_exists()
    assert keyring.kept == {}
    secrets.store(SecretStore.KEYRING, KEY, Secret("other"))
    assert keyring.kept == {f"https://login.microsoftonline.com/{TENANT}/{CLIENT}": Secret("other")}
    assert secrets.read(SecretStore.FILE, KEY) == PLANTED


def test_none_keeps_nothing(folders: Folders) -> None:
    keyring = MemoryStore()
    secrets = vault(folders, keyring)
    secrets.store(SecretStore.NONE, KEY, PLANTED)
    assert not secrets.forget(SecretStore.NONE, KEY.app)
    assert secrets.read(SecretStore.NONE, KEY) is None
    assert keyring.kept == {}
    assert list(folders.data.iterdir()) == []


def test_a_missing_keyring_never_falls_back_by_itself(folders: Folders) -> None:
    secrets = vault(folders, MemoryStore(there=False))
    assert not secrets.keyring_available()
    with pytest.raises(KeyringError):
        secrets.store(SecretStore.KEYRING, KEY, PLANTED)
    assert not secrets.file_exists()


def test_the_secret_is_in_no_file(folders: Folders) -> None:
    vault(folders).store(SecretStore.FILE, KEY, PLANTED)
    content = b"".join(path.read_bytes() for path in folders.data.rglob("*") if path.is_file())
    assert content
    assert PLANTED.reveal().encode() not in content
