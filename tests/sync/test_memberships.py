from __future__ import annotations

import pytest

from entra_tui.sync.memberships import Memberships

GUID = "87d349ed-0000-4000-8000-000000000001"
GONE = {"@removed": {"reason": "deleted"}}


def told(*members: object) -> object:
    memberships = Memberships()
    memberships.take("g", {"members@delta": list(members)})
    assert len(memberships) == len(memberships.changes["g"])
    return memberships.changes["g"]


@pytest.mark.parametrize("identifier", [GUID, GUID.replace("-", ""), "user:00001", "é", "{1}"])
def test_the_last_word_about_a_member_counts(identifier: str) -> None:
    joined = {"id": identifier}
    assert told(joined) == {identifier: True}
    assert told(joined, joined | GONE) == {identifier: False}
    assert told(joined | GONE, joined) == {identifier: True}


def test_a_guid_in_capitals_is_the_same_member() -> None:
    assert told({"id": GUID.upper()} | GONE, {"id": GUID}) == {GUID: True}


@pytest.mark.parametrize("member", [{}, {"id": ""}, {"id": 7}, {"id": None}, "text", None])
def test_who_has_no_usable_id_is_passed_over(member: object) -> None:
    assert told(member, {"id": GUID}) == {GUID: True}


def test_half_a_surrogate_pair_does_not_reach_the_database() -> None:
    assert told({"id": "\ud83d"}) == {"\ufffd": True}


def test_of_a_group_that_is_gone_nothing_is_told() -> None:
    memberships = Memberships()
    memberships.take("g", {"members@delta": [{"id": GUID}]})
    memberships.discard("g")
    assert (len(memberships), memberships.changes) == (0, {})
