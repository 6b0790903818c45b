"""App registrations, service principals, secrets and grants of one tenant.

Follows the Graph resources `application`, `servicePrincipal`, `passwordCredential` and `appRoleAssignment`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from entra_tui.model.environment import GRAPH_APP_ID
from entra_tui.simulator.graph_permissions import app_roles_by_id

if TYPE_CHECKING:
    from entra_tui.model.secret import Secret

LONG_AGO: Final = datetime(2019, 3, 1, 8, 0, tzinfo=UTC)
GRAPH_TOOLS_APP_ID: Final = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
"""Microsoft Graph Command Line Tools, the public client that people sign in with; absent in China."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """One client secret of an app registration.

    Attributes:
        key_id: The Secret ID.
        description: What the portal shows beside it.
        value: The Value.
        start: From when it holds.
        end: Until when it holds.
        spread_at: When the token endpoint knows it.
    """

    key_id: str
    description: str | None
    value: Secret
    start: datetime
    end: datetime
    spread_at: datetime = LONG_AGO


@dataclass(slots=True)
class Application:
    """One app registration.

    Attributes:
        object_id: Id of the `application` object.
        app_id: Application (client) ID.
        display_name: Its name; not unique.
        created: When it was registered.
        audience: `signInAudience`.
        public_client: Whether public client flows are allowed.
        required: Ids of Graph's permissions that it asks for, with `Role` or `Scope`.
        secrets: Its client secrets.
        further: Other properties that were written, as they came.
        spread_at: When the token endpoint knows it.
    """

    object_id: str
    app_id: str
    display_name: str
    created: datetime
    audience: str = "AzureADMyOrg"
    public_client: bool = False
    required: list[dict[str, object]] = field(default_factory=list)
    secrets: list[ClientSecret] = field(default_factory=list)
    further: dict[str, object] = field(default_factory=dict)
    spread_at: datetime = LONG_AGO

    def remove_secrets(self, key_ids: set[str]) -> None:
        """Remove the secrets with these ids."""
        self.secrets = [secret for secret in self.secrets if secret.key_id not in key_ids]


@dataclass(slots=True)
class ServicePrincipal:
    """One enterprise application: an app's presence in a tenant.

    Attributes:
        object_id: Id of the `servicePrincipal` object.
        app_id: Application (client) ID.
        display_name: Its name.
        enabled: Whether sign-in is enabled.
        created: When it came to be.
        public_client: Whether the app is one of Microsoft's own public clients.
        scopes: Delegated permissions of Graph that were consented for everybody.
        further: Other properties that were written, as they came.
    """

    object_id: str
    app_id: str
    display_name: str
    enabled: bool
    created: datetime
    public_client: bool = False
    scopes: set[str] = field(default_factory=set)
    further: dict[str, object] = field(default_factory=dict)

    def write(self, *, enabled: bool, further: dict[str, object]) -> None:
        """Change what a client may write."""
        self.enabled = enabled
        self.further |= further


@dataclass(frozen=True, slots=True)
class AppRoleAssignment:
    """One application permission granted to a service principal.

    Attributes:
        id: Opaque.
        principal_id: Who holds it: a service principal's object id.
        resource_id: Whose permission it is: a service principal's object id.
        app_role_id: Which permission.
        created: When it was granted.
        spread_at: When tokens carry it.
    """

    id: str
    principal_id: str
    resource_id: str
    app_role_id: str
    created: datetime
    spread_at: datetime = LONG_AGO


@dataclass(slots=True)
class Registrations:
    """All app registrations, service principals and grants of one tenant.

    Attributes:
        applications: By object id, in order of registration.
        principals: By object id, in order of creation.
        assignments: By id, in order of granting.
    """

    applications: dict[str, Application] = field(default_factory=dict)
    principals: dict[str, ServicePrincipal] = field(default_factory=dict)
    assignments: dict[str, AppRoleAssignment] = field(default_factory=dict)

    def application(self, app_id: str) -> Application | None:
        """The registration with this application (client) ID."""
        return next((found for found in self.applications.values() if found.app_id == app_id), None)

    def principal(self, app_id: str) -> ServicePrincipal | None:
        """The service principal of the app with this application (client) ID."""
        return next((found for found in self.principals.values() if found.app_id == app_id), None)

    @property
    def graph(self) -> ServicePrincipal:
        """Microsoft Graph's own service principal in this tenant."""
        found = self.principal(GRAPH_APP_ID)
        if found is None:
            raise LookupError("This tenant lost Microsoft Graph's service principal.")
        return found

    def granted(self, principal: ServicePrincipal, now: datetime) -> list[str]:
        """Names of the Graph permissions that a token issued `now` carries, in order of name."""
        graph = self.graph
        return sorted(
            app_roles_by_id()[assignment.app_role_id].value
            for assignment in self.assignments.values()
            if assignment.principal_id == principal.object_id
            and assignment.resource_id == graph.object_id
            and assignment.spread_at <= now
        )
