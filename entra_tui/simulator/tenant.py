"""One tenant: its name, its registrations and its directory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from entra_tui.model.environment import CHINA, GRAPH_APP_ID
from entra_tui.simulator.directory import UserDirectory
from entra_tui.simulator.graph_permissions import graph_permissions
from entra_tui.simulator.groups import GroupDirectory
from entra_tui.simulator.identifiers import Identifiers
from entra_tui.simulator.people import Population
from entra_tui.simulator.registrations import (
    GRAPH_TOOLS_APP_ID,
    LONG_AGO,
    Application,
    AppRoleAssignment,
    ClientSecret,
    Registrations,
    ServicePrincipal,
)
from entra_tui.simulator.required_access import required_access
from entra_tui.simulator.roles import RoleDirectory

if TYPE_CHECKING:
    from datetime import datetime

    from entra_tui.simulator.specification import ApplicationSpec, TenantSpec, UsersSpec


class Tenant:
    """One tenant as it stands.

    Attributes:
        spec: Its names, domains and cloud.
        registrations: Its apps, service principals and grants.
        users: Its users.
        groups: Its groups.
        roles: Its directory roles.
        premium: Whether it has Microsoft Entra ID P1 or P2.
    """

    def __init__(self, spec: TenantSpec, people: UsersSpec, *, count: int | None = None) -> None:
        self.spec = spec
        self.premium = people.premium
        self.users = UserDirectory(
            Population(
                people.count if count is None else count,
                seed=people.seed,
                domain=spec.domain,
                initial_domain=spec.initial_domain,
                company=spec.name,
                guest_percent=people.guest_percent,
                awkward=people.awkward,
            )
        )
        self.groups = GroupDirectory(people.groups, self.users, seed=people.seed, domain=spec.domain)
        self.roles = RoleDirectory(self.users, seed=people.seed)
        self.registrations = Registrations()
        self._identifiers = Identifiers(people.seed ^ int(spec.tenant_id[:8], 16))
        self._add_principal(GRAPH_APP_ID, "Microsoft Graph")
        if spec.environment.name != CHINA.name:
            tools = self._add_principal(GRAPH_TOOLS_APP_ID, "Microsoft Graph Command Line Tools")
            tools.public_client = True
            tools.scopes = {name for name, known in graph_permissions().items() if known.scope_id}

    def __repr__(self) -> str:
        return f"Tenant({self.spec.name!r}, {len(self.users)} users)"

    def _add_principal(self, app_id: str, name: str, *, enabled: bool = True) -> ServicePrincipal:
        principal = ServicePrincipal(self._identifiers.guid(), app_id, name, enabled=enabled, created=LONG_AGO)
        self.registrations.principals[principal.object_id] = principal
        return principal

    def register(self, spec: ApplicationSpec, now: datetime) -> None:
        """Put an app in place as a scenario describes it, as if it had always been there."""
        application = Application(
            object_id=self._identifiers.guid(),
            app_id=spec.client_id,
            display_name=spec.name,
            created=LONG_AGO,
            public_client=spec.public_client,
            required=required_access(spec.requested, spec.requested_delegated),
            secrets=[
                ClientSecret(
                    secret.key_id,
                    secret.description,
                    secret.value,
                    now + timedelta(days=secret.start_days),
                    now + timedelta(days=secret.end_days),
                )
                for secret in spec.secrets
            ],
        )
        self.registrations.applications[application.object_id] = application
        if not spec.service_principal:
            return
        principal = self._add_principal(spec.client_id, spec.name, enabled=spec.enabled)
        for permission in spec.granted:
            grant = AppRoleAssignment(
                id=self._identifiers.opaque(32),
                principal_id=principal.object_id,
                resource_id=self.registrations.graph.object_id,
                app_role_id=str(graph_permissions()[permission].app_role_id),
                created=LONG_AGO,
            )
            self.registrations.assignments[grant.id] = grant
