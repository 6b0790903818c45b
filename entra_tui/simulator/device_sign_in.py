"""Sign-ins with a device code that wait for somebody (RFC 8628, Entra's device authorization grant)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from entra_tui.simulator.identifiers import Identifiers
    from entra_tui.simulator.login.scopes import DelegatedScopes

LIFE: Final = timedelta(minutes=15)
INTERVAL: Final = 5
"""Seconds that a client waits between two polls."""

_CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class SignInState(Enum):
    """How a sign-in stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(slots=True)
class DeviceSignIn:
    """One sign-in.

    Attributes:
        device_code: What the client polls with.
        user_code: What the person types.
        client_id: Which app asks.
        tenant_id: Where; empty when the person decides.
        scopes: What the app asks for in the person's name.
        expires: Until when.
        state: How it stands.
        user_id: Who approved.
        polled: When the client last asked.
    """

    device_code: str
    user_code: str
    client_id: str
    tenant_id: str
    scopes: DelegatedScopes
    expires: datetime
    state: SignInState = SignInState.PENDING
    user_id: str = ""
    polled: datetime | None = None


class DeviceSignIns:
    """All sign-ins that were begun."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._begun: dict[str, DeviceSignIn] = {}

    def begin(self, client_id: str, tenant_id: str, scopes: DelegatedScopes, now: datetime) -> DeviceSignIn:
        """Begin a sign-in."""
        number = self._identifiers.number()
        user_code = ""
        for _ in range(9):
            number, place = divmod(number, len(_CODE_ALPHABET))
            user_code += _CODE_ALPHABET[place]
        sign_in = DeviceSignIn(self._identifiers.opaque(96), user_code, client_id, tenant_id, scopes, now + LIFE)
        self._begun[sign_in.device_code] = sign_in
        return sign_in

    def find(self, device_code: str) -> DeviceSignIn | None:
        """The sign-in with this device code; None when there is none."""
        return self._begun.get(device_code)

    def finish(self, device_code: str) -> None:
        """Forget a sign-in whose token was fetched: a device code works once."""
        self._begun.pop(device_code, None)

    def approve(self, user_code: str | None, user_id: str) -> None:
        """Let a person approve; with no code named, the latest sign-in.

        Raises:
            LookupError: No such sign-in.
        """
        sign_in = self._waiting(user_code)
        sign_in.state, sign_in.user_id = SignInState.APPROVED, user_id

    def decline(self, user_code: str | None) -> None:
        """Let a person decline; with no code named, the latest sign-in.

        Raises:
            LookupError: No such sign-in.
        """
        self._waiting(user_code).state = SignInState.DECLINED

    def _waiting(self, user_code: str | None) -> DeviceSignIn:
        waiting = [entry for entry in self._begun.values() if entry.state is SignInState.PENDING]
        for entry in reversed(waiting):
            if user_code in (None, entry.user_code):
                return entry
        raise LookupError("No sign-in with a device code is waiting.")
