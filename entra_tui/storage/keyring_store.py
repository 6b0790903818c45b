"""Client secrets in the system's own keyring.

The keyring library, and what it finds, is code from elsewhere that may prompt, hang or fail in its own ways: it is
loaded when first used, and each call has a time limit in a thread of its own.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, TypeVar

from entra_tui.model.secret import Secret
from entra_tui.model.text import harmless
from entra_tui.storage.errors import KeyringError

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

SERVICE: Final = "entra-tui"
"""Under which name the keyring lists what is kept."""

_PROBE_SECONDS: Final = 5.0
_CALL_SECONDS: Final = 60.0
_NOT_A_STORE: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

Result = TypeVar("Result")


class KeyringStore:
    """The system keyring, behind time limits.

    Args:
        probe_seconds: How long finding out whether there is a keyring may take.
        call_seconds: How long one call may take; a person may have to unlock the keyring meanwhile.
    """

    def __init__(self, *, probe_seconds: float = _PROBE_SECONDS, call_seconds: float = _CALL_SECONDS) -> None:
        self._probe_seconds = probe_seconds
        self._call_seconds = call_seconds

    def available(self) -> bool:
        """Whether there is a keyring that keeps secrets safe and answers.

        Backends that store nothing or plain text (or ask for their own passphrase on the terminal) do not count.
        """

        def probe() -> bool:
            backend = _backend()
            if not _is_safe(backend):
                return False
            backend.get_password(SERVICE, "is there a keyring")
            return True

        try:
            return _within(self._probe_seconds, probe)
        except KeyringError:
            return False

    def store(self, key: str, secret: Secret) -> None:
        """Keep a secret under a key, in place of what was there.

        Raises:
            KeyringError: There is no keyring, it refused, or it did not answer in time.
        """
        _within(self._call_seconds, lambda: _safe_backend().set_password(SERVICE, key, secret.reveal()))

    def read(self, key: str) -> Secret | None:
        """The secret under a key; None where there is none.

        Raises:
            KeyringError: There is no keyring, it refused, or it did not answer in time.
        """
        text = _within(self._call_seconds, lambda: _safe_backend().get_password(SERVICE, key))
        return Secret(text) if text else None

    def forget(self, key: str) -> None:
        """Remove the secret under a key; nothing happens where there is none.

        Raises:
            KeyringError: There is no keyring, it refused, or it did not answer in time.
        """

        def remove() -> None:
            backend = _safe_backend()
            if backend.get_password(SERVICE, key) is not None:
                backend.delete_password(SERVICE, key)

        _within(self._call_seconds, remove)


def _backend() -> KeyringBackend:
    import keyring  # noqa: PLC0415 - looking for backends takes time and may reach the session bus

    return keyring.get_keyring()


def _safe_backend() -> KeyringBackend:
    backend = _backend()
    if not _is_safe(backend):
        raise KeyringError(
            "This system has no keyring; use the encrypted file, or set ENTRA_TUI_CLIENT_SECRET each time."
        )
    return backend


def _is_safe(backend: KeyringBackend) -> bool:
    chained = getattr(backend, "backends", None)
    if isinstance(chained, list):
        return bool(chained) and all(_is_safe(each) for each in chained)
    kind = type(backend)
    return not kind.__module__.startswith(_NOT_A_STORE) and "plaintext" not in kind.__name__.lower()


def _within(seconds: float, call: Callable[[], Result]) -> Result:
    """The result of a call, or a KeyringError for whatever went wrong in it."""
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 - a backend may raise anything; it is handed over, not swallowed
            outcome.set_exception(error)

    # A daemon thread: a backend that hangs must not keep the program from ending.
    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        error = outcome.exception(timeout=seconds)
    except TimeoutError as late:
        raise KeyringError(
            f"The system keyring did not answer in {seconds:g} s; unlock it, or choose another place for the secret."
        ) from late
    if isinstance(error, KeyringError):
        raise error
    if error is not None:
        reason = harmless(str(error), limit=200) or type(error).__name__
        raise KeyringError(
            f"The system keyring refused ({reason}); unlock it, or choose another place for the secret."
        ) from error
    return outcome.result()
