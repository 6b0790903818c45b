"""What an administrator does in the portal, as operations on the practice tenant.

Operations are about the scenario's own tenant. The login service knows a change after the scenario's propagation
delay. Graph shows it at once or, where the scenario asks for eventual consistency, after its delay; until then
operations find what was there before, as another administrator would.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from entra_tui.model.secret import Secret
from entra_tui.simulator.graph_permissions import role_id_of
from entra_tui.simulator.groups import Member, MemberKind
from entra_tui.simulator.registrations import Application, AppRoleAssignment, ClientSecret, ServicePrincipal
from entra_tui.simulator.required_access import asked_for, required_access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from entra_tui.model.clock import Clock
    from entra_tui.simulator.device_sign_in import DeviceSignIns
    from entra_tui.simulator.identifiers import Identifiers
    from entra_tui.simulator.settling import Settling
    from entra_tui.simulator.tenant import Tenant

DEFAULT_SECRET_LIFE: Final = timedelta(days=730)


class Administration:
    """An administrator's operations; `PracticeCloud` is one."""

    tenant: Tenant
    clock: Clock
    identifiers: Identifiers
    device_sign_ins: DeviceSignIns
    key_generation: int
    propagation: timedelta
    settling: Settling

    def change(self, change: Callable[[], object]) -> None:
        """Make a change that Graph shows after its delay.

        Raises:
            LookupError: As the change does, if it is made at once.
        """
        self.settling.make(change, self.clock.now())

    def register_application(
        self,
        name: str,
        *,
        permissions: Iterable[str] = (),
        app_id: str | None = None,
        service_principal: bool = True,
        audience: str = "AzureADMyOrg",
    ) -> Application:
        """Register an app that asks for application permissions of Graph, with its service principal.

        Raises:
            LookupError: A permission that Graph does not have.
        """
        application = Application(
            object_id=self.identifiers.guid(),
            app_id=app_id or self.identifiers.guid(),
            display_name=name,
            created=self.clock.now(),
            audience=audience,
            required=required_access(permissions),
            spread_at=self.clock.now() + self.propagation,
        )
        applications = self.tenant.registrations.applications
        self.change(lambda: applications.update({application.object_id: application}))
        if service_principal:
            self.create_service_principal(application.app_id, name)
        return application

    def create_service_principal(self, app_id: str, name: str) -> ServicePrincipal:
        """Give an app its presence in the tenant."""
        principal = ServicePrincipal(self.identifiers.guid(), app_id, name, enabled=True, created=self.clock.now())
        principals = self.tenant.registrations.principals
        self.change(lambda: principals.update({principal.object_id: principal}))
        return principal

    def add_secret(
        self, app_id: str, description: str | None = None, *, start: datetime | None = None, end: datetime | None = None
    ) -> ClientSecret:
        """Add a client secret to an app; it works once it has spread.

        Raises:
            LookupError: No such app.
        """
        begins = start or self.clock.now()
        secret = ClientSecret(
            key_id=self.identifiers.guid(),
            description=description,
            value=Secret(self.identifiers.secret()),
            start=begins,
            end=end or begins + DEFAULT_SECRET_LIFE,
            spread_at=self.clock.now() + self.propagation,
        )
        application = self._application(app_id)
        self.change(lambda: application.secrets.append(secret))
        return secret

    def remove_secrets(self, app_id: str, key_id: str | None = None) -> None:
        """Remove one client secret of an app, or all.

        Raises:
            LookupError: No such app or secret.
        """
        application = self._application(app_id)
        unwanted = {secret.key_id for secret in application.secrets if key_id in {None, secret.key_id}}
        if not unwanted:
            raise LookupError(f"The app {app_id} has no secret {key_id or 'at all'}.")
        self.change(lambda: application.remove_secrets(unwanted))

    def grant_consent(self, app_id: str, *permissions: str) -> None:
        """Grant application permissions of Graph; with none named, all that the app asks for.

        Raises:
            LookupError: No such app, service principal or permission.
        """
        registrations = self.tenant.registrations
        principal = self._principal(app_id)
        wanted = [role_id_of(name) for name in permissions] or asked_for(self._application(app_id))
        held = {grant.app_role_id for grant in registrations.assignments.values() if _holds(grant, principal)}
        for app_role_id in wanted:
            if app_role_id not in held:
                self.assign_app_role(principal, app_role_id)

    def assign_app_role(self, principal: ServicePrincipal, app_role_id: str) -> AppRoleAssignment:
        """Grant one application permission of Graph to a service principal."""
        grant = AppRoleAssignment(
            id=self.identifiers.opaque(32),
            principal_id=principal.object_id,
            resource_id=self.tenant.registrations.graph.object_id,
            app_role_id=app_role_id,
            created=self.clock.now(),
            spread_at=self.clock.now() + self.propagation,
        )
        grants = self.tenant.registrations.assignments
        self.change(lambda: grants.update({grant.id: grant}))
        return grant

    def revoke_consent(self, app_id: str, *permissions: str) -> None:
        """Take application permissions of Graph away; with none named, all.

        Raises:
            LookupError: No such app or permission.
        """
        principal = self._principal(app_id)
        unwanted = {role_id_of(name) for name in permissions}
        grants = self.tenant.registrations.assignments
        for grant in [grant for grant in grants.values() if _holds(grant, principal)]:
            if not unwanted or grant.app_role_id in unwanted:
                self.withdraw_app_role(grant.id)

    def withdraw_app_role(self, grant_id: str) -> None:
        """Take one grant away."""
        grants = self.tenant.registrations.assignments
        self.change(lambda: grants.pop(grant_id, None))

    def disable_application(self, app_id: str) -> None:
        """Switch sign-in off for an app.

        Raises:
            LookupError: No such app.
        """
        principal = self._principal(app_id)
        self.change(lambda: principal.write(enabled=False, further={}))

    def enable_application(self, app_id: str) -> None:
        """Switch sign-in on for an app.

        Raises:
            LookupError: No such app.
        """
        principal = self._principal(app_id)
        self.change(lambda: principal.write(enabled=True, further={}))

    def delete_application(self, app_id: str) -> None:
        """Delete an app registration with its service principal and grants.

        Raises:
            LookupError: No such app.
        """
        registrations = self.tenant.registrations
        application = self._application(app_id)
        self.change(lambda: registrations.applications.pop(application.object_id, None))
        principal = registrations.principal(app_id)
        if principal is not None:
            self.revoke_consent(app_id)
            self.change(lambda: registrations.principals.pop(principal.object_id, None))

    def create_user(self, **properties: object) -> str:
        """Add a user; `displayName` and the like are given by name, the rest is made up. Returns the id."""
        number = self.identifiers.number() % 1_000_000
        local = f"newcomer.{number:06}"
        user: dict[str, object] = {
            "id": self.identifiers.guid(),
            "userPrincipalName": f"{local}@{self.tenant.spec.domain}",
            "displayName": f"Newcomer {number:06}",
            "mail": f"{local}@{self.tenant.spec.domain}",
            "givenName": "Newcomer",
            "surname": f"{number:06}",
            "accountEnabled": True,
            "userType": "Member",
            "createdDateTime": self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "businessPhones": [],
            "companyName": self.tenant.spec.name,
        }
        user |= properties
        self.change(lambda: self.tenant.users.create(user))
        return str(user["id"])

    def update_user(self, user_id: str, **properties: object) -> None:
        """Change properties of a user.

        Raises:
            LookupError: No such user.
        """
        self.change(lambda: self.tenant.users.update(user_id, properties))

    def delete_user(self, user_id: str) -> None:
        """Delete a user, who can be restored.

        Raises:
            LookupError: No such user.
        """
        self.change(lambda: self.tenant.users.delete(user_id))

    def restore_user(self, user_id: str) -> None:
        """Bring a deleted user back.

        Raises:
            LookupError: No such deleted user.
        """
        self.change(lambda: self.tenant.users.restore(user_id))

    def purge_user(self, user_id: str) -> None:
        """Delete a deleted user for good.

        Raises:
            LookupError: No such deleted user.
        """
        self.change(lambda: self._purge(user_id))

    def _purge(self, user_id: str) -> None:
        self.tenant.users.purge(user_id)
        groups = self.tenant.groups
        member = Member(user_id, MemberKind.USER)
        for group in groups.all():
            if groups.is_live(group.id) and groups.holds(group, user_id):
                groups.remove_member(group.id, member)

    def create_users(self, count: int) -> list[str]:
        """Add `count` users; returns their ids."""
        return [self.create_user() for _ in range(count)]

    def change_users(self, count: int) -> list[str]:
        """Give `count` users, spread over the directory, a new job title; returns their ids."""
        chosen = self._spread(count)
        for user_id in chosen:
            self.update_user(user_id, jobTitle=f"Program Manager {self.identifiers.number() % 1_000}")
        return chosen

    def delete_users(self, count: int) -> list[str]:
        """Delete `count` users, spread over the directory; returns their ids."""
        chosen = self._spread(count)
        for user_id in chosen:
            self.delete_user(user_id)
        return chosen

    def approve_device_sign_in(self, role: str = "", user_code: str | None = None) -> None:
        """Sign in with a device code, as somebody with a directory role; with no code named, the latest.

        Raises:
            LookupError: No such code, or nobody with that role.
        """
        person = self.tenant.roles.somebody_with(role)
        self.device_sign_ins.approve(user_code, person)

    def decline_device_sign_in(self, user_code: str | None = None) -> None:
        """Refuse a sign-in with a device code; with no code named, the latest.

        Raises:
            LookupError: No such code.
        """
        self.device_sign_ins.decline(user_code)

    def rotate_signing_keys(self) -> None:
        """Sign tokens with the next key from now on; the one before stays published."""
        self.key_generation += 1

    def _spread(self, count: int) -> list[str]:
        users = self.tenant.users
        step = max(1, users.end // max(1, count))
        found: list[str] = []
        for start in range(step):
            for position in range(start, users.end, step):
                if len(found) == count:
                    return found
                if users.user_at(position) is not None:
                    found.append(users.id_at(position))
        return found

    def _application(self, app_id: str) -> Application:
        found = self.tenant.registrations.application(app_id)
        if found is None:
            raise LookupError(f"No app with the client ID {app_id} is registered here.")
        return found

    def _principal(self, app_id: str) -> ServicePrincipal:
        found = self.tenant.registrations.principal(app_id)
        if found is None:
            raise LookupError(f"The app {app_id} has no service principal here.")
        return found


def _holds(grant: AppRoleAssignment, principal: ServicePrincipal) -> bool:
    return grant.principal_id == principal.object_id
