"""Opaque page and delta tokens: where a reader stands, sealed so that a made-up one is seen."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any, Final

_SEAL: Final = 6


def seal(state: dict[str, Any]) -> str:
    """A token for a reader's state."""
    raw = json.dumps(state, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_digest(raw) + raw).rstrip(b"=").decode()


def bare(token: str | None) -> str:
    """A token without what follows a full stop, which tells repeated links apart and means nothing."""
    return (token or "").partition(".")[0]


def unseal(token: str) -> dict[str, Any] | None:
    """The state that a token was made for; None for a made-up one."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return None
    if len(raw) <= _SEAL or _digest(raw[_SEAL:]) != raw[:_SEAL]:
        return None
    state: dict[str, Any] = json.loads(raw[_SEAL:])
    return state


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=_SEAL, key=b"practice tenant").digest()
