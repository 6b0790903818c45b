"""Client secrets in a file, each encrypted under a key that a passphrase gives.

The file is JSON: a header with the version and the parameters of scrypt (RFC 7914), a check value that tells a wrong
passphrase from a damaged file, and for each key a nonce and a ciphertext (AES-256-GCM, NIST SP 800-38D). Header and
key are authenticated with each ciphertext: none can be altered, or moved to another key, unnoticed. An entry is
removed without the passphrase.
"""

from __future__ import annotations

import binascii
import hmac
import json
import secrets
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from entra_tui.model.secret import Secret
from entra_tui.storage.errors import DamagedError, NewerVersionError, PassphraseError
from entra_tui.storage.private_file import locked, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

VERSION: Final = 1
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_MOST_MEMORY: Final = 256 * 1024 * 1024
_MOST_PASSES: Final = 16


@dataclass(frozen=True, slots=True)
class _Header:
    """How the key is derived.

    n, r, p: 32 MiB and three passes, the OWASP equivalent of 128 MiB and one, so that a small jump host copes.
    """

    salt: str
    n: int = 2**15
    r: int = 8
    p: int = 3
    kdf: str = "scrypt"
    cipher: str = "AES-256-GCM"
    version: int = VERSION

    def authenticated(self, key: str) -> bytes:
        """What is authenticated with the ciphertext under `key`."""
        return json.dumps([asdict(self), key], sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class _Content:
    header: _Header
    check: str
    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class _Keys:
    cipher: AESGCM
    check: str

    @classmethod
    def derive(cls, passphrase: Secret, header: _Header) -> _Keys:
        text = unicodedata.normalize("NFC", passphrase.reveal()).encode()
        kdf = Scrypt(salt=b64decode(header.salt), length=2 * _KEY_BYTES, n=header.n, r=header.r, p=header.p)
        derived = kdf.derive(text)
        return cls(AESGCM(derived[:_KEY_BYTES]), _text(derived[_KEY_BYTES:]))


class EncryptedFile:
    """The encrypted secrets file.

    Args:
        path: Where it is or will be.
        passphrase: Asked when a secret is stored or read; gives None where nobody can be asked.
    """

    def __init__(self, path: Path, passphrase: Callable[[], Secret | None]) -> None:
        self.path = path
        self._passphrase = passphrase

    def exists(self) -> bool:
        """Whether there is such a file, so that its passphrase is already chosen."""
        return self.path.exists()

    def store(self, key: str, secret: Secret) -> None:
        """Encrypt a secret under a key, in place of what was there. The first one fixes the file's passphrase.

        Raises:
            PassphraseError: There is none, or it is not the one of the file.
            DamagedError, NewerVersionError: The file cannot be understood; it is left as it is.
            FolderError, LockedError: It cannot be written.
        """
        passphrase = self._ask()
        with locked(self.path):
            content = self._load()
            if content is None:
                header = _Header(_text(secrets.token_bytes(_SALT_BYTES)))
                keys = _Keys.derive(passphrase, header)
                content = _Content(header, keys.check)
            else:
                keys = self._unlock(content, passphrase)
            nonce = secrets.token_bytes(_NONCE_BYTES)
            sealed = keys.cipher.encrypt(nonce, secret.reveal().encode(), content.header.authenticated(key))
            entry = {"nonce": _text(nonce), "ciphertext": _text(sealed)}
            self._save(_Content(content.header, content.check, {**content.entries, key: entry}))

    def read(self, key: str) -> Secret | None:
        """The secret under a key; None, without asking for the passphrase, where there is none.

        Raises:
            PassphraseError: There is none, or it is not the one of the file.
            DamagedError: The file was altered or cannot be understood.
            NewerVersionError: A newer release wrote it.
            FolderError: It cannot be read.
        """
        content = self._load()
        if content is None or key not in content.entries:
            return None
        keys = self._unlock(content, self._ask())
        entry = content.entries[key]
        try:
            opened = keys.cipher.decrypt(
                _bytes(entry["nonce"]), _bytes(entry["ciphertext"]), content.header.authenticated(key)
            )
            return Secret(opened.decode())
        except (InvalidTag, KeyError, ValueError) as error:
            raise self._damaged("an entry was altered") from error

    def names(self, app: str) -> tuple[str, ...]:
        """The keys of an app's secrets: `app` itself, and those that end with it. The passphrase is not needed.

        Raises:
            DamagedError, NewerVersionError: The file cannot be understood.
            FolderError: It cannot be read.
        """
        content = self._load()
        entries = () if content is None else content.entries
        return tuple(key for key in entries if key == app or key.endswith(f"/{app}"))

    def forget(self, key: str) -> bool:
        """Remove the secret under a key. The passphrase is not needed.

        Returns:
            Whether there was one.

        Raises:
            DamagedError, NewerVersionError: The file cannot be understood; it is left as it is.
            FolderError, LockedError: It cannot be written.
        """
        if not self.exists():
            return False
        with locked(self.path):
            content = self._load()
            if content is None or key not in content.entries:
                return False
            kept = {other: entry for other, entry in content.entries.items() if other != key}
            self._save(_Content(content.header, content.check, kept))
            return True

    def _ask(self) -> Secret:
        passphrase = self._passphrase()
        if not passphrase:
            raise PassphraseError(
                "The secrets file needs its passphrase; set ENTRA_TUI_PASSPHRASE, or run this in a terminal."
            )
        return passphrase

    def _unlock(self, content: _Content, passphrase: Secret) -> _Keys:
        keys = _Keys.derive(passphrase, content.header)
        if not hmac.compare_digest(keys.check, content.check):
            raise PassphraseError(f"This is not the passphrase of {self.path}; try again.")
        return keys

    def _save(self, content: _Content) -> None:
        document = {**asdict(content.header), "check": content.check, "secrets": content.entries}
        write_private(self.path, json.dumps(document, indent=2).encode())

    def _load(self) -> _Content | None:
        stored = read_private(self.path)
        if stored is None:
            return None
        try:
            document = json.loads(stored)
        except (ValueError, RecursionError) as error:
            raise self._damaged("it is not JSON") from error
        if not isinstance(document, dict):
            raise self._damaged("it is not a JSON object")
        version = document.get("version")
        if isinstance(version, int) and version > VERSION:
            raise NewerVersionError(
                f"{self.path} has version {version}, this release knows {VERSION}; upgrade entra-tui, or move it away."
            )
        entries = document.pop("secrets", None)
        check = document.pop("check", None)
        try:
            header = _Header(**document)
            _bytes(header.salt)
        except (TypeError, ValueError) as error:
            raise self._damaged("its header was altered") from error
        if not _sound(header) or not _is_entries(entries) or not isinstance(check, str) or not check.isascii():
            raise self._damaged("its content was altered")
        return _Content(header, check, entries)

    def _damaged(self, reason: str) -> DamagedError:
        return DamagedError(
            f"The secrets file {self.path} is damaged: {reason}; move it away and enter the client secrets again."
        )


def _sound(header: _Header) -> bool:
    """Whether the parameters are of this version and cannot be meant to exhaust the machine."""
    numbers: tuple[object, ...] = (header.n, header.r, header.p)
    if (header.kdf, header.cipher, header.version) != ("scrypt", "AES-256-GCM", VERSION):
        return False
    if not all(type(number) is int and number > 0 for number in numbers):
        return False
    power_of_two = header.n > 1 and header.n & (header.n - 1) == 0
    return power_of_two and 128 * header.n * header.r <= _MOST_MEMORY and header.p <= _MOST_PASSES


def _is_entries(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(entry, dict) and all(isinstance(text, str) for text in entry.values()) for entry in value.values()
    )


def _text(content: bytes) -> str:
    return b64encode(content).decode()


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not Base64") from error
