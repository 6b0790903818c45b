"""Refresh tokens of people who signed in (Entra's page on refresh tokens).

A token holds for ninety days. Every use gives a new one; the one before stays good until its own end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from entra_tui.simulator.identifiers import Identifiers
    from entra_tui.simulator.login.scopes import DelegatedScopes

LIFE: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class PersonalGrant:
    """What a person let an app do.

    Attributes:
        client_id: The app.
        user_id: The person.
        scopes: What the app asked for.
        issued: When the token was given.
    """

    client_id: str
    user_id: str
    scopes: DelegatedScopes
    issued: datetime


class RefreshTokens:
    """Every refresh token that was given."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._given: dict[str, PersonalGrant] = {}

    def give(self, grant: PersonalGrant) -> str:
        """A new token for a grant."""
        token = f"1.{self._identifiers.opaque(120)}"
        self._given[token] = grant
        return token

    def find(self, token: str) -> PersonalGrant | None:
        """What a token stands for, expired or not; None for a made-up one."""
        return self._given.get(token)
