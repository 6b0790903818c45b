"""A saved connector: everything but its secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.model.permission import Feature

if TYPE_CHECKING:
    from datetime import date

CONNECTOR_TYPE: Final = "Microsoft Entra ID"
DEFAULT_NAME: Final = "Microsoft Entra ID ASCERA Connector"
APP_NAME: Final = "ASCERA Entra ID Connector"
SECRET_DESCRIPTION: Final = "ASCERA Connector Secret"


class SecretStore(Enum):
    """Where a connector's client secret is kept."""

    KEYRING = "keyring"
    FILE = "file"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Connector:
    """What ASCERA's connector form holds, less the secret.

    Attributes:
        name: Unique among the connectors, compared without regard to case.
        tenant_id: Directory (tenant) ID, a lower-case GUID.
        client_id: Application (client) ID, a lower-case GUID.
        environment: Name of the environment.
        secret_store: Where the client secret is.
        secret_expires: Day on which the secret ends, where it is known.
        features: What is read; users always are.
        least_privilege: True when only the permissions that the features need are asked for.
    """

    name: str
    tenant_id: str
    client_id: str
    environment: str
    secret_store: SecretStore = SecretStore.NONE
    secret_expires: date | None = None
    features: frozenset[Feature] = frozenset({Feature.USERS})
    least_privilege: bool = False

    @property
    def users_list(self) -> str:
        """Name of the lookup list that ASCERA creates with the connector."""
        return list_name(Feature.USERS, self.name)


def list_name(feature: Feature, connector: str) -> str:
    """Name of the lookup list that a feature of a connector fills, such as `Users - Contoso`."""
    return f"{feature.label} - {connector}"
