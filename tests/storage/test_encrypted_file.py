from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entra_tui.model.secret import Secret
from entra_tui.storage.encrypted_file import EncryptedFile
from entra_tui.storage.errors import DamagedError, NewerVersionError, PassphraseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLANTED = "Pl4~Q-planted.secret_value-0123456789abc"
PASSPHRASE = Secret("correct horse battery staple")


def opened(path: Path, passphrase: Secret | None = PASSPHRASE) -> EncryptedFile:
    return EncryptedFile(path / "secrets.json", lambda: passphrase)


def test_secrets_come_back_and_only_their_owner_may_read_the_file(tmp_path: Path) -> None:
    file = opened(tmp_path)
    assert not file.exists()
    file.store("one", Secret(PLANTED))
    file.store("two", Secret("other"))
    file.store("two", Secret("newer"))
    assert opened(tmp_path).read("one") == Secret(PLANTED)
    assert opened(tmp_path).read("two") == Secret("newer")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_neither_secret_nor_passphrase_is_in_any_file(tmp_path: Path) -> None:
    opened(tmp_path).store("one", Secret(PLANTED))
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"ciphertext" in content
    assert PLANTED.encode() not in content
    assert PASSPHRASE.reveal().encode() not in content


def test_the_same_secret_never_looks_the_same(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.store("one", Secret(PLANTED))
    first = json.loads(file.path.read_bytes())["secrets"]["one"]
    file.store("one", Secret(PLANTED))
    second = json.loads(file.path.read_bytes())["secrets"]["one"]
    assert first["nonce"] != second["nonce"]
    assert first["ciphertext"] != second["ciphertext"]


def test_a_composed_and_a_decomposed_passphrase_are_the_same(tmp_path: Path) -> None:
    opened(tmp_path, Secret("pass\u00e9")).store("one", Secret(PLANTED))
    assert opened(tmp_path, Secret("passe\u0301")).read("one") == Secret(PLANTED)


def test_a_wrong_passphrase_is_told_and_changes_nothing(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.store("one", Secret(PLANTED))
    before = file.path.read_bytes()
    wrong = opened(tmp_path, Secret("wrong"))
    with pytest.raises(PassphraseError, match="not the passphrase"):
        wrong.read("one")
    with pytest.raises(PassphraseError, match="not the passphrase"):
        wrong.store("two", Secret("other"))
    assert file.path.read_bytes() == before


@pytest.mark.parametrize("nothing", [None, Secret("")])
def test_without_a_passphrase_the_way_to_give_one_is_told(tmp_path: Path, nothing: Secret | None) -> None:
    with pytest.raises(PassphraseError, match="ENTRA_TUI_PASSPHRASE"):
        opened(tmp_path, nothing).store("one", Secret(PLANTED))
    assert not opened(tmp_path).exists()


def test_nothing_is_asked_for_what_is_not_there_or_is_only_forgotten(tmp_path: Path) -> None:
    def never() -> Secret | None:
        raise AssertionError

    silent = EncryptedFile(tmp_path / "secrets.json", never)
    assert silent.read("one") is None
    silent.forget("one")
    opened(tmp_path).store("one", Secret(PLANTED))
    assert silent.read("two") is None
    silent.forget("one")
    assert opened(tmp_path).read("one") is None


def _swap_entries(document: dict[str, Any]) -> None:
    entries = document["secrets"]
    entries["one"], entries["two"] = entries["two"], entries["one"]


def _cheapen(document: dict[str, Any]) -> None:
    document["n"] = 2


def _exhaust(document: dict[str, Any]) -> None:
    document["n"] = 2**40


def _flip(name: str) -> Callable[[dict[str, Any]], None]:
    def flip(document: dict[str, Any]) -> None:
        text = document["secrets"]["one"][name]
        document["secrets"]["one"][name] = ("B" if text[0] == "A" else "A") + text[1:]

    return flip


def _lose(name: str) -> Callable[[dict[str, Any]], None]:
    def lose(document: dict[str, Any]) -> None:
        del document["secrets"]["one"][name]

    return lose


def _set(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.__setitem__(name, value)


@pytest.mark.parametrize(
    "tamper",
    [
        _swap_entries,
        _flip("nonce"),
        _flip("ciphertext"),
        _lose("nonce"),
        _lose("ciphertext"),
        _exhaust,
        _set("n", 3),
        _set("p", True),
        _set("kdf", "none"),
        _set("cipher", "none"),
        _set("salt", "*"),
        _set("salt", 1),
        _set("version", None),
        _set("check", None),
        _set("extra", 1),
        _set("secrets", ["one"]),
        _set("secrets", {"one": {"nonce": 1}}),
    ],
)
def test_tampering_is_noticed_and_the_file_left_alone(tmp_path: Path, tamper: Callable[[dict[str, Any]], None]) -> None:
    file = opened(tmp_path)
    file.store("one", Secret(PLANTED))
    file.store("two", Secret("other"))
    document = json.loads(file.path.read_bytes())
    tamper(document)
    file.path.write_text(json.dumps(document))
    with pytest.raises(DamagedError, match="is damaged"):
        file.read("one")
    assert json.loads(file.path.read_bytes()) == document


def test_cheaper_parameters_do_not_open_it(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.store("one", Secret(PLANTED))
    document = json.loads(file.path.read_bytes())
    _cheapen(document)
    file.path.write_text(json.dumps(document))
    with pytest.raises(PassphraseError):
        file.read("one")


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'"x"', b"{}", b"[" * 100_000])
def test_what_is_no_secrets_file_is_damaged(tmp_path: Path, content: bytes) -> None:
    file = opened(tmp_path)
    file.path.write_bytes(content)
    with pytest.raises(DamagedError, match="enter the client secrets again"):
        file.read("one")
    assert file.path.read_bytes() == content


def test_a_newer_releases_file_is_left_alone(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.path.write_text('{"version": 2, "unheard": "of"}')
    with pytest.raises(NewerVersionError, match="upgrade entra-tui"):
        file.store("one", Secret(PLANTED))
    assert file.path.read_text() == '{"version": 2, "unheard": "of"}'


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    key=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_text_survives(tmp_path: Path, text: str, key: str) -> None:
    file = opened(tmp_path)
    file.store(key, Secret(text))
    assert file.read(key) == Secret(text)
