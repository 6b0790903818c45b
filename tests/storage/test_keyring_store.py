from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from entra_tui.model.secret import Secret
from entra_tui.storage.errors import KeyringError
from entra_tui.storage.keyring_store import SERVICE, KeyringStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps in memory what it is given."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class BrokenKeyring(MemoryKeyring):
    """One that fails in its own way, as those behind a session bus do."""

    def get_password(self, service: str, username: str) -> str | None:
        raise LookupError("no\x1b[31m bus")


class HangingKeyring(MemoryKeyring):
    """One that waits for somebody who never comes."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.release.wait()
        return None


class PlaintextKeyring(MemoryKeyring):
    """Named like the one that writes secrets in clear."""


@pytest.fixture(autouse=True)
def _system_keyring_untouched() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def use(backend: KeyringBackend) -> KeyringStore:
    keyring.set_keyring(backend)
    return KeyringStore(probe_seconds=5, call_seconds=5)


def test_a_secret_is_kept_read_and_forgotten() -> None:
    backend = MemoryKeyring()
    store = use(backend)
    assert store.available()
    assert store.read("tenant/client") is None
    store.store("tenant/client", Secret("planted"))
    assert backend.kept == {(SERVICE, "tenant/client"): "planted"}
    assert store.read("tenant/client") == Secret("planted")
    store.forget("tenant/client")
    store.forget("tenant/client")
    assert backend.kept == {}


def chain_of(*members: KeyringBackend) -> KeyringBackend:
    class Chain(chainer.ChainerBackend):
        backends: ClassVar = list(members)

    return Chain()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "kind", [fail.Keyring, null.Keyring, PlaintextKeyring, chain_of, lambda: chain_of(PlaintextKeyring())]
)
def test_what_keeps_nothing_or_plain_text_is_no_keyring(kind: Callable[[], KeyringBackend]) -> None:
    store = use(kind())
    assert not store.available()
    with pytest.raises(KeyringError, match="no keyring"):
        store.store("key", Secret("planted"))


def test_a_chain_of_safe_ones_is_a_keyring() -> None:
    assert use(chain_of(MemoryKeyring())).available()


def test_a_backend_that_raises_is_told_in_one_harmless_sentence() -> None:
    store = use(BrokenKeyring())
    assert not store.available()
    with pytest.raises(KeyringError) as caught:
        store.read("key")
    assert "refused (no\N{REPLACEMENT CHARACTER}[31m bus)" in caught.value.sentence


def test_a_backend_that_hangs_is_given_up() -> None:
    backend = HangingKeyring()
    keyring.set_keyring(backend)
    store = KeyringStore(probe_seconds=0.01, call_seconds=0.01)
    assert not store.available()
    with pytest.raises(KeyringError, match="did not answer"):
        store.read("key")
    backend.release.set()


def test_it_finds_again_for_which_hosts_an_apps_secrets_were_kept() -> None:
    backend = MemoryKeyring()
    store = use(backend)
    assert store.names("tenant/client") == ("tenant/client",)
    for host in ("https://one.example", "https://two.example", "https://one.example"):
        store.store(f"{host}/tenant/client", Secret("planted"))
    store.store("https://one.example/tenant/other", Secret("another"))
    names = ("tenant/client", "https://one.example/tenant/client", "https://two.example/tenant/client")
    assert store.names("tenant/client") == names
    assert not store.forget("tenant/client")
    assert store.forget(names[1])
    assert store.names("tenant/client") == ("tenant/client", names[2])
    assert store.forget(names[2])
    store.forget("https://one.example/tenant/other")
    assert backend.kept == {}
