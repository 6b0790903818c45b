"""Directory roles: which are activated in a tenant, who holds them, and what they may grant.

Template ids and powers follow Microsoft's permissions reference for Entra roles and the page on granting consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.simulator.identifiers import Identifiers, mixed

if TYPE_CHECKING:
    from entra_tui.simulator.directory import UserDirectory


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """One directory role.

    Attributes:
        name: Its display name.
        template_id: `roleTemplateId`, the same in every tenant.
        description: What it is for.
        manages_applications: Whether it may register apps and manage their secrets.
        grants_application_permissions: Whether it may grant application permissions of Microsoft Graph.
    """

    name: str
    template_id: str
    description: str
    manages_applications: bool
    grants_application_permissions: bool


ROLE_TEMPLATES: Final = (
    RoleTemplate(
        "Global Administrator",
        "62e90394-69f5-4237-9190-012177145e10",
        "Can manage all aspects of Microsoft Entra ID and Microsoft services that use its identities.",
        manages_applications=True,
        grants_application_permissions=True,
    ),
    RoleTemplate(
        "Privileged Role Administrator",
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Can manage role assignments and grant consent for any permission.",
        manages_applications=False,
        grants_application_permissions=True,
    ),
    RoleTemplate(
        "Application Administrator",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Can create and manage app registrations and enterprise applications.",
        manages_applications=True,
        grants_application_permissions=False,
    ),
    RoleTemplate(
        "Cloud Application Administrator",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Can create and manage app registrations and enterprise applications, application proxy excepted.",
        manages_applications=True,
        grants_application_permissions=False,
    ),
    RoleTemplate(
        "Global Reader",
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "Can read everything that a Global Administrator can.",
        manages_applications=False,
        grants_application_permissions=False,
    ),
)


@dataclass(frozen=True, slots=True)
class DirectoryRole:
    """One activated role of one tenant, with the ids of its holders."""

    id: str
    template: RoleTemplate
    holders: tuple[str, ...]


class RoleDirectory:
    """The activated roles of one tenant; the first people of the directory hold one each."""

    def __init__(self, users: UserDirectory, *, seed: int) -> None:
        identifiers = Identifiers(mixed(seed) ^ 0x726F6C6573)
        people = users.population.count
        self._nobody = users.id_at(min(len(ROLE_TEMPLATES), people - 1)) if people else None
        self.active = tuple(
            DirectoryRole(identifiers.guid(), template, (users.id_at(number),) if number < people else ())
            for number, template in enumerate(ROLE_TEMPLATES)
        )

    def somebody_with(self, role: str) -> str:
        """Id of a user who holds a role by its name; with an empty name, of one who holds none.

        Raises:
            LookupError: Nobody does.
        """
        if not role:
            holders: tuple[str, ...] = (self._nobody,) if self._nobody else ()
        else:
            holders = next((active.holders for active in self.active if active.template.name == role), ())
        if not holders:
            raise LookupError(f"Nobody here holds the directory role {role or 'at all'}.")
        return holders[0]

    def of(self, user_id: str) -> tuple[DirectoryRole, ...]:
        """The roles that a user holds."""
        return tuple(role for role in self.active if user_id in role.holders)
