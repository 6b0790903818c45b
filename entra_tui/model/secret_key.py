"""What a client secret is kept under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from entra_tui.model.environment import BUILT_IN

if TYPE_CHECKING:
    from entra_tui.model.environment import Environment


@dataclass(frozen=True, slots=True)
class SecretKey:
    """The app that a client secret belongs to, and the one login host that it may be sent to.

    Attributes:
        authority: Origin of the login host.
        tenant_id: Directory (tenant) ID, lower case.
        client_id: Application (client) ID, lower case.
        built_in: Whether the host is that of a Microsoft cloud.
    """

    authority: str
    tenant_id: str
    client_id: str
    built_in: bool

    @classmethod
    def of(cls, environment: Environment, tenant_id: str, client_id: str) -> Self:
        """The key of an app's secret in an environment; those with one login host share it."""
        built_in = any(environment.authority == known.authority for known in BUILT_IN)
        return cls(environment.authority, tenant_id.lower(), client_id.lower(), built_in)

    @property
    def app(self) -> str:
        """The app alone, `<tenant id>/<client id>`, under which the first releases kept its secret for any host."""
        return f"{self.tenant_id}/{self.client_id}"

    def __str__(self) -> str:
        return f"{self.authority}/{self.app}"
