"""Which permissions open which requests, by Microsoft's permissions data for Graph (devx-content, 2026-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.simulator.graph_api.errors import denied

if TYPE_CHECKING:
    from entra_tui.simulator.graph_api.call import Caller, Operation

_DIRECTORY: Final = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})
_USER_FULL: Final = frozenset({"User.Read.All", "User.ReadWrite.All"}) | _DIRECTORY

USERS_READ: Final = (_USER_FULL | {"User.ReadBasic.All"},)
USERS_WRITE: Final = (frozenset({"User.ReadWrite.All", "Directory.ReadWrite.All"}),)
USERS_DELTA: Final = (_USER_FULL,)
GROUPS_READ: Final = (
    _DIRECTORY
    | {
        "Group.ReadBasic.All",
        "GroupMember.Read.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
    },
)
GROUPS_WRITE: Final = (frozenset({"Group.ReadWrite.All", "Directory.ReadWrite.All"}),)
MEMBERS_READ: Final = (
    _DIRECTORY
    | {
        "GroupMember.ReadBasic.All",
        "GroupMember.Read.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
    },
)
MEMBERSHIPS_READ: Final = (
    _DIRECTORY | {"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "GroupMember.ReadWrite.All"},
)
ORGANIZATION_READ: Final = (_USER_FULL | {"Organization.Read.All"},)
ORGANIZATION_READ_PERSON: Final = (_USER_FULL | {"Organization.Read.All", "User.Read"},)
APPLICATIONS_READ: Final = (
    _DIRECTORY | {"Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"},
)
APPLICATIONS_WRITE: Final = (frozenset({"Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"}),)
APPLICATIONS_WRITE_PERSON: Final = (frozenset({"Application.ReadWrite.All"}),)
GRANTS_WRITE: Final = (
    frozenset({"AppRoleAssignment.ReadWrite.All"}),
    _DIRECTORY | {"Application.Read.All", "Application.ReadWrite.All"},
)
ROLES_READ: Final = (_DIRECTORY | {"RoleManagement.Read.Directory"},)
ME_READ: Final = (_USER_FULL | {"User.Read", "User.ReadBasic.All"},)
NOBODY: Final = (frozenset[str](),)
ANYBODY: Final[tuple[frozenset[str], ...]] = ()


def check(operation: Operation, caller: Caller, *, is_app: bool) -> None:
    """Let a caller pass whose token opens a request.

    Raises:
        GraphRefusal: 403.
    """
    needed = operation.application if is_app else operation.delegated
    if not all(one_of & caller.permissions for one_of in needed):
        raise denied()
