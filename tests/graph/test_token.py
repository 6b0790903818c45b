from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.graph.token import read_token
from entra_tui.simulator.clock import STANDARD_START
from tests.graph.microsoft import CLIENT, TENANT, jwt

_LATER = STANDARD_START + timedelta(hours=1)


def _with_claims(claims: object) -> str:
    return f"eyJh.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"


def test_claims_are_read_to_explain() -> None:
    token = read_token(jwt(tid=TENANT, appid=CLIENT, oid="o", roles=["User.Read.All", "User.Read.All"]), _LATER)
    assert token.readable
    assert (token.tenant_id, token.client_id, token.object_id) == (TENANT, CLIENT, "o")
    assert token.roles == {"User.Read.All"}


def test_a_v2_token_names_its_app_otherwise() -> None:
    assert read_token(jwt(azp=CLIENT), _LATER).client_id == CLIENT


@pytest.mark.parametrize("text", ["opaque", "a.b", "a.b.c.d", "eyJh.%%%.c", "a.W10.c", "", "...", "a.bnVsbA.c"])
def test_an_opaque_token_is_not_readable_and_still_a_token(text: str) -> None:
    token = read_token(text, _LATER)
    assert not token.readable
    assert token.text.reveal() == text
    assert token.roles == frozenset()


@pytest.mark.parametrize("roles", [None, "User.Read.All", 7, {"a": 1}, [None, 7, ["x"]]])
def test_odd_roles_are_no_roles(roles: object) -> None:
    token = read_token(_with_claims({"roles": roles, "tid": 7}), _LATER)
    assert token.readable
    assert (token.roles, token.tenant_id) == (frozenset(), "")


@given(st.text() | st.binary().map(lambda raw: f"a.{base64.urlsafe_b64encode(raw).decode()}.c"))
def test_no_text_at_all_breaks_the_reading(text: str) -> None:
    assert read_token(text, _LATER).text.reveal() == text


def test_a_token_does_not_show_itself() -> None:
    access = jwt(tid=TENANT)
    assert access.split(".")[1] not in repr(read_token(access, _LATER))


def test_a_token_counts_as_ended_five_minutes_early() -> None:
    token = read_token("opaque", _LATER)
    assert token.is_fresh(_LATER - timedelta(minutes=5, seconds=1))
    assert not token.is_fresh(_LATER - timedelta(minutes=5))
