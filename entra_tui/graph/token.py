"""An access token for Microsoft Graph, and what it says about itself."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from entra_tui.model.secret import Secret
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_RENEW_BEFORE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Token:
    """An app-only access token.

    The claims are read to explain things to a person, never to decide about security: Microsoft asks clients not
    to rely on the content of a token that is meant for another API, so each may be missing.

    Attributes:
        text: What goes into the `Authorization` header.
        expires_at: When it ends.
        roles: Application permissions that it carries.
        tenant_id: Claim `tid`, or empty.
        client_id: Claim `appid` (or `azp`), or empty.
        object_id: Claim `oid`, the service principal's object id, or empty.
        readable: False when the claims could not be read at all.
    """

    text: Secret
    expires_at: datetime
    roles: frozenset[str]
    tenant_id: str
    client_id: str
    object_id: str
    readable: bool

    def is_fresh(self, now: datetime) -> bool:
        """Whether it lasts for five minutes more, as MSAL counts it."""
        return now + _RENEW_BEFORE < self.expires_at


def read_token(text: str, expires_at: datetime) -> Token:
    """A `Token` from the text of a JWT; claims that are missing or odd are left empty."""
    claims = _claims(text)
    roles = (claims or {}).get("roles")
    return Token(
        text=Secret(text),
        expires_at=expires_at,
        roles=frozenset(harmless(role, limit=200) for role in roles if isinstance(role, str))
        if isinstance(roles, list)
        else frozenset(),
        tenant_id=_text(claims, "tid"),
        client_id=_text(claims, "appid") or _text(claims, "azp"),
        object_id=_text(claims, "oid"),
        readable=claims is not None,
    )


def _claims(text: str) -> Mapping[str, object] | None:
    parts = text.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _text(claims: Mapping[str, object] | None, name: str) -> str:
    value = (claims or {}).get(name)
    return harmless(value, limit=100) if isinstance(value, str) else ""
