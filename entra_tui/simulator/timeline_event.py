"""What may happen in a practice tenant by itself; `timeline` lets it happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entra_tui.simulator.traffic import Traffic


class Action(Enum):
    """What is done."""

    GRANT_CONSENT = "grant-consent"
    REVOKE_CONSENT = "revoke-consent"
    DISABLE_APPLICATION = "disable-application"
    ENABLE_APPLICATION = "enable-application"
    DELETE_APPLICATION = "delete-application"
    REMOVE_SECRETS = "remove-secrets"
    CREATE_USERS = "create-users"
    CHANGE_USERS = "change-users"
    DELETE_USERS = "delete-users"
    APPROVE_DEVICE_SIGN_IN = "approve-device-sign-in"
    DECLINE_DEVICE_SIGN_IN = "decline-device-sign-in"
    ROTATE_SIGNING_KEYS = "rotate-signing-keys"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens.

    Attributes:
        action: What is done.
        seconds: How long after its cause.
        after: The kind of request that causes it; None when the practice tenant's start does.
        nth: Which request of that kind, from 1.
        permission: Name of the permission, for consent.
        count: How many users, for changes to users.
        role: Directory role of the person who signs in with a device code.
    """

    action: Action
    seconds: float = 0.0
    after: Traffic | None = None
    nth: int = 1
    permission: str = ""
    count: int = 0
    role: str = ""
