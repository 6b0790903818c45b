from __future__ import annotations

import pytest

from entra_tui.sync.memberships import Memberships

GUID = "87d349ed-0000-4000-8000-000000000001"


def told(*members: object, before: str = "") -> object:
    memberships = Memberships()
    memberships.take("g", {"members@delta": list(members)})
    return memberships.columns("g", before)["members"]


@pytest.mark.parametrize("identifier", [GUID, GUID.upper(), GUID.replace("-", ""), "user:00001", "é", "{1}"])
def test_an_id_of_any_form_comes_out_as_it_went_in(identifier: str) -> None:
    joined = {"id": identifier}
    assert told(joined) == identifier
    assert told(joined, joined | {"@removed": {"reason": "deleted"}}) == ""
    assert told(joined | {"@removed": {"reason": "deleted"}}, before=f"{identifier} other") == "other"


@pytest.mark.parametrize("member", [{}, {"id": ""}, {"id": 7}, {"id": "two words"}, {"id": None}, "text", None])
def test_who_has_no_usable_id_is_passed_over(member: object) -> None:
    assert told(member, {"id": GUID}) == GUID


def test_half_a_surrogate_pair_does_not_reach_the_database() -> None:
    assert told({"id": "\ud83d"}) == "\ufffd"
