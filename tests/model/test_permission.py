from __future__ import annotations

import pytest

from entra_tui.model.permission import (
    GUIDE_SET,
    Feature,
    GrantState,
    compare_grants,
    needed_permissions,
)
from tests.facts import load_facts

_GUIDE = ["User.Read.All", "Group.Read.All", "Directory.Read.All"]


def _states(roles: set[str], **wanted: bool) -> dict[str, GrantState]:
    needed = needed_permissions({Feature.USERS}, least_privilege=wanted.get("least", False))
    return {grant.permission: grant.state for grant in compare_grants(needed, roles)}


def test_the_guide_asks_for_three_whatever_is_turned_on() -> None:
    assert [permission.value for permission in needed_permissions({Feature.USERS})] == _GUIDE
    assert needed_permissions(set(Feature)) == GUIDE_SET


@pytest.mark.parametrize(
    ("features", "names"),
    [
        (set(), ["User.Read.All"]),
        ({Feature.USERS}, ["User.Read.All"]),
        ({Feature.GROUPS}, ["User.Read.All", "GroupMember.Read.All"]),
        (set(Feature), ["User.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory"]),
    ],
)
def test_least_privilege_asks_for_what_the_features_need(features: set[Feature], names: list[str]) -> None:
    assert [permission.value for permission in needed_permissions(features, least_privilege=True)] == names


def test_all_granted() -> None:
    assert set(_states(set(_GUIDE)).values()) == {GrantState.GRANTED}


def test_nothing_granted() -> None:
    assert set(_states(set()).values()) == {GrantState.MISSING}


def test_a_wider_permission_covers_and_is_no_surplus() -> None:
    grants = compare_grants(GUIDE_SET, {"User.ReadWrite.All", "Group.Read.All", "Directory.Read.All"})
    assert [(grant.permission, grant.state, grant.covered_by) for grant in grants] == [
        ("User.Read.All", GrantState.COVERED, "User.ReadWrite.All"),
        ("Group.Read.All", GrantState.GRANTED, None),
        ("Directory.Read.All", GrantState.GRANTED, None),
    ]


def test_surplus_stands_last_in_order_of_name() -> None:
    grants = compare_grants(GUIDE_SET, {*_GUIDE, "Mail.Read", "AuditLog.Read.All"})
    assert [grant.permission for grant in grants] == [*_GUIDE, "AuditLog.Read.All", "Mail.Read"]
    assert [grant.state for grant in grants[3:]] == [GrantState.SURPLUS] * 2


def test_a_permission_that_covers_one_and_is_needed_itself_is_granted() -> None:
    states = _states({"Directory.Read.All"}, least=True)
    assert states == {"User.Read.All": GrantState.COVERED}


def test_directory_read_all_does_not_stand_in_for_the_guides_other_two() -> None:
    states = _states({"Directory.Read.All"})
    assert states["User.Read.All"] is GrantState.MISSING
    assert states["Directory.Read.All"] is GrantState.GRANTED


def test_ids_are_microsofts_own() -> None:
    facts = load_facts("permissions.toml")["permission"]
    known = {entry["value"]: (entry["application_id"], entry["delegated_id"]) for entry in facts}
    for permission in (*GUIDE_SET, *needed_permissions(set(Feature), least_privilege=True)):
        assert (permission.app_role_id, permission.scope_id) == known[permission.value], permission.value
