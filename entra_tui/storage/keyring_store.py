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
from entra_tui.storage.errors import KeyringError, NoKeyringError

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

    def store(self, name: str, secret: Secret) -> None:
        """Keep a secret under a name, in place of what was there.

        Raises:
            KeyringError: There is no keyring, it refused, or it did not answer in time.
        """

        def keep() -> None:
            backend = _safe_backend()
            app = _app_of(name)
            if app != name:
                # Before the secret, so that none is kept that could not be found again.
                _register(backend, app, {*_registered(backend, app), name})
            backend.set_password(SERVICE, name, secret.reveal())

        _within(self._call_seconds, keep)

    def read(self, name: str) -> Secret | None:
        """The secret under a name; None where there is none.

        Raises:
            KeyringError: There is no keyring, it refused, or it did not answer in time.
        """
        text = _within(self._call_seconds, lambda: _safe_backend().get_password(SERVICE, name))
        return Secret(text) if text else None

    def names(self, app: str) -> tuple[str, ...]:
        """Under which names secrets of an app may be kept; a keyring cannot be asked what it holds.

        Raises:
            KeyringError: There is no keyring, it refused, or it did not answer in time.
        """
        return _within(self._call_seconds, lambda: (app, *_registered(_safe_backend(), app)))

    def forget(self, name: str) -> bool:
        """Remove the secret under a name.

        Returns:
            Whether there was one.

        Raises:
            KeyringError: There is no keyring, it refused, or it did not answer in time.
        """

        def remove() -> bool:
            backend = _safe_backend()
            there = backend.get_password(SERVICE, name) is not None
            if there:
                backend.delete_password(SERVICE, name)
            app = _app_of(name)
            registered = _registered(backend, app)
            if name in registered:
                _register(backend, app, {*registered} - {name})
            return there

        return _within(self._call_seconds, remove)


def _app_of(name: str) -> str:
    """`<tenant id>/<client id>` of a name that ends so."""
    return "/".join(name.split("/")[-2:])


def _register_of(app: str) -> str:
    return f"{app} login hosts"


def _registered(backend: KeyringBackend, app: str) -> list[str]:
    """The names under which secrets of an app were kept."""
    return (backend.get_password(SERVICE, _register_of(app)) or "").split()


def _register(backend: KeyringBackend, app: str, names: set[str]) -> None:
    if names:
        backend.set_password(SERVICE, _register_of(app), " ".join(sorted(names)))
    else:
        backend.delete_password(SERVICE, _register_of(app))


def _backend() -> KeyringBackend:
    import keyring  # noqa: PLC0415 - looking for backends takes time and may reach the session bus

    return keyring.get_keyring()


def _safe_backend() -> KeyringBackend:
    backend = _backend()
    if not _is_safe(backend):
        raise NoKeyringError(
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
