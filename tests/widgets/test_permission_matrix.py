"""The permissions matrix as it reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entra_tui.model.permission import Feature, Requested, compare_grants, needed_permissions
from entra_tui.widgets.permission_matrix import PermissionMatrix

_ROOM = 52
"""Columns of a step's body at 80x24, beside the scroll bar."""


def lines(matrix: PermissionMatrix) -> list[str]:
    return str(matrix.content).splitlines()


def test_the_guides_three_say_what_each_is_for() -> None:
    matrix = PermissionMatrix()
    matrix.show_needed(needed_permissions({Feature.USERS}), {Feature.USERS, Feature.GROUPS})
    assert lines(matrix) == [
        "· User.Read.All       Users        unknown",
        "· Group.Read.All      Groups       unknown",
        "· Directory.Read.All  Roles (off)  unknown",
    ]


def test_each_state_reads_in_words() -> None:
    needed = needed_permissions(Feature, least_privilege=True)
    grants = [
        replace(grant, requested=Requested.DELEGATED) if grant.feature is Feature.USERS else grant
        for grant in compare_grants(needed, {"GroupMember.Read.All", "RoleManagement.ReadWrite.Directory", "Mail.Read"})
    ]
    matrix = PermissionMatrix()
    matrix.show(grants, set(Feature))
    assert lines(matrix) == [
        "✗ User.Read.All                  Users   missing",
        "  requested as Delegated by mistake",
        "✓ GroupMember.Read.All           Groups  granted",
        "✓ RoleManagement.Read.Directory  Roles   covered",
        "  by RoleManagement.ReadWrite.Directory",
        "• Mail.Read                      granted, not needed",
    ]


@pytest.mark.parametrize("least_privilege", [False, True])
@pytest.mark.parametrize("roles", [(), ("User.Read.All", "Group.Read.All", "Directory.Read.All")])
def test_every_row_fits_the_smallest_usual_terminal(least_privilege: bool, roles: tuple[str, ...]) -> None:
    matrix = PermissionMatrix()
    matrix.show(compare_grants(needed_permissions(Feature, least_privilege=least_privilege), roles), set(Feature))
    assert max(map(len, lines(matrix))) <= _ROOM
