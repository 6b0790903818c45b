"""Microsoft Graph application permissions: what a feature needs, and what covers what.

Ids and coverage follow Microsoft's own permission data (microsoft-graph-devx-content, 2026-08).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Feature(Enum):
    """What ASCERA can read from a tenant; each fills one lookup list."""

    USERS = "users"
    GROUPS = "groups"
    DIRECTORY_ROLES = "directory-roles"

    @property
    def label(self) -> str:
        """The words a person sees."""
        return {"users": "Users", "groups": "Groups", "directory-roles": "Directory roles"}[self.value]


@dataclass(frozen=True, slots=True)
class Permission:
    """One application permission of Microsoft Graph.

    Attributes:
        value: Its name, as it stands in the `roles` claim of a token.
        app_role_id: Id of the app role on Microsoft Graph's service principal.
        scope_id: Id of the delegated permission of the same name, which gives this app nothing.
        permits: What it allows, in one sentence.
        feature: What ASCERA reads by it.
        covered_by: Wider permissions that allow everything this one does.
    """

    value: str
    app_role_id: str
    scope_id: str
    permits: str
    feature: Feature
    covered_by: frozenset[str] = frozenset()


USER_READ_ALL: Final = Permission(
    "User.Read.All",
    "df021288-bdef-4463-88db-98f22de89214",
    "a154be20-db9c-4678-8ab7-66f6cc099a59",
    "Reads the full profile of every user.",
    Feature.USERS,
    frozenset({"User.ReadWrite.All"}),
)
GROUP_READ_ALL: Final = Permission(
    "Group.Read.All",
    "5b567255-7703-4780-807c-7be8301ae99b",
    "5f8c59db-677d-491f-a6b8-5f174b11ec1d",
    "Reads all groups and who is in them.",
    Feature.GROUPS,
    frozenset({"Group.ReadWrite.All"}),
)
DIRECTORY_READ_ALL: Final = Permission(
    "Directory.Read.All",
    "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "06da0dbc-49e2-44d2-8312-53f166ab848a",
    "Reads directory data: users, groups, roles, applications.",
    Feature.DIRECTORY_ROLES,
    frozenset({"Directory.ReadWrite.All"}),
)
GROUP_MEMBER_READ_ALL: Final = Permission(
    "GroupMember.Read.All",
    "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "bc024368-1153-4739-b217-4326f2e966d0",
    "Reads the basics of all groups and who is in them.",
    Feature.GROUPS,
    frozenset({"Group.Read.All", "GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.Read.All"}),
)
ROLE_MANAGEMENT_READ_DIRECTORY: Final = Permission(
    "RoleManagement.Read.Directory",
    "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    "741c54c3-0c1e-44a1-818b-3f97ab4e8c83",
    "Reads directory roles and who holds them.",
    Feature.DIRECTORY_ROLES,
    frozenset({"RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"}),
)

GUIDE_SET: Final[tuple[Permission, ...]] = (USER_READ_ALL, GROUP_READ_ALL, DIRECTORY_READ_ALL)
"""The three permissions of ASCERA's configuration guide."""

_LEAST: Final[tuple[Permission, ...]] = (
    replace(USER_READ_ALL, covered_by=USER_READ_ALL.covered_by | {"Directory.Read.All", "Directory.ReadWrite.All"}),
    GROUP_MEMBER_READ_ALL,
    ROLE_MANAGEMENT_READ_DIRECTORY,
)


def needed_permissions(features: Iterable[Feature], *, least_privilege: bool = False) -> tuple[Permission, ...]:
    """What the connector asks for: the guide's three, or the least that the features need."""
    if not least_privilege:
        return GUIDE_SET
    wanted = set(features) | {Feature.USERS}
    return tuple(permission for permission in _LEAST if permission.feature in wanted)


class GrantState(Enum):
    """How one permission stands between what is needed and what a token carries."""

    GRANTED = "granted"
    COVERED = "covered by a wider one"
    MISSING = "missing"
    SURPLUS = "not needed"


class Requested(Enum):
    """How the app's registration asks for a permission that its tokens lack."""

    APPLICATION = "requested, not consented to"
    DELEGATED = "requested as Delegated by mistake"
    NOT = "not requested"


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of the permissions matrix.

    Attributes:
        permission: The permission's name.
        state: How it stands.
        feature: What ASCERA reads by it; None when `state` is SURPLUS.
        covered_by: The wider permission that stands in for it, when `state` is COVERED.
        requested: How the registration asks for it, when `state` is MISSING; None where that cannot be read.
    """

    permission: str
    state: GrantState
    feature: Feature | None = None
    covered_by: str | None = None
    requested: Requested | None = None


def compare_grants(needed: Iterable[Permission], roles: Iterable[str]) -> tuple[Grant, ...]:
    """The matrix of needed against granted: the needed ones first, then the surplus in order of name."""
    granted = frozenset(roles)
    rows: list[Grant] = []
    used: set[str] = set()
    for permission in needed:
        wider = sorted(permission.covered_by & granted)
        if permission.value in granted:
            rows.append(Grant(permission.value, GrantState.GRANTED, permission.feature))
            used.add(permission.value)
        elif wider:
            rows.append(Grant(permission.value, GrantState.COVERED, permission.feature, wider[0]))
            used.add(wider[0])
        else:
            rows.append(Grant(permission.value, GrantState.MISSING, permission.feature))
    rows += [Grant(role, GrantState.SURPLUS) for role in sorted(granted - used)]
    return tuple(rows)
