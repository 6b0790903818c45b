"""What a support report says, as plain values. Everything in it is scrubbed already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from entra_tui.checks.context import Inputs
    from entra_tui.graph.trace import Exchange
    from entra_tui.model.finding import CheckResult

VERSION: Final = 1
"""Counts up when a reader of today could no longer understand the file."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What an access token said about itself; the token is not kept.

    Attributes:
        readable: Whether it was a JWT.
        roles: Application permissions that it carried.
        tenant_id: Claim `tid`, or empty.
    """

    readable: bool
    roles: tuple[str, ...]
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the verification ladder.

    Attributes:
        made: When it began, UTC.
        inputs: What was checked; its secret is a stand-in of the same kind.
        versions: Of the program and what it stands on, by name.
        terminal: What is known of the terminal, by name.
        proxies: The proxy that leads to an origin, by origin; those without one are left out.
        clock_offset: Seconds by which Microsoft's clock was ahead; None where no answer told the time.
        token: What the token said; None where none was issued.
        results: What each check said.
        exchanges: The requests, oldest first.
        persons: How many persons were replaced by pseudonyms.
        anonymous: Whether tenant, domain and app were replaced too.
    """

    made: datetime
    inputs: Inputs
    versions: Mapping[str, str]
    terminal: Mapping[str, str]
    proxies: Mapping[str, str]
    clock_offset: float | None
    token: IssuedToken | None
    results: tuple[CheckResult, ...]
    exchanges: tuple[Exchange, ...]
    persons: int
    anonymous: bool
