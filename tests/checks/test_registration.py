"""What the app's own registration tells: when the secret ends, and why a permission is missing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.checks.context import CheckContext, Inputs
from entra_tui.checks.ladder import climb
from entra_tui.model.environment import PUBLIC
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.model.permission import DIRECTORY_READ_ALL, GROUP_READ_ALL, USER_READ_ALL, GrantState, Requested
from entra_tui.model.secret import Secret
from tests.checks.climbing import Replies, context, healthy, inputs
from tests.graph.microsoft import (
    CLEAR,
    CLIENT,
    TENANT,
    Script,
    application,
    application_path,
    graph_error,
    token,
    token_path,
)

if TYPE_CHECKING:
    from tests.graph.microsoft import Reply


async def _last(changes: Replies, *, told: date | None = None) -> tuple[CheckResult, Script]:
    entered = Inputs(TENANT, CLIENT, Secret(CLEAR), PUBLIC, secret_expires=told)
    run, script = context(entered, {**healthy(), **changes})
    said = [result async for result in climb(run)]
    assert said[-1].check is CheckId.SECRET_EXPIRY
    return said[-1], script


@pytest.mark.parametrize(
    ("secrets", "day"),
    [
        ([("abc", "2027-01-01T00:00:00Z")], "2027-01-01"),
        ([("abc", "2026-11-30T00:00:00Z"), ("abc", "2027-03-01T00:00:00Z")], "2027-03-01"),
        ([("xyz", "2026-11-30T00:00:00Z"), ("abc", "2027-03-01T10:00:00.1234567Z")], "2027-03-01"),
    ],
)
async def test_a_secret_that_lasts_passes_with_its_day(secrets: list[tuple[str, str]], day: str) -> None:
    result, script = await _last({application_path(): application(*secrets)})
    assert result.status is CheckStatus.PASSED
    assert day in result.summary
    assert script.asked(application_path())[0].url.params["$select"] == "passwordCredentials,requiredResourceAccess"


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("2026-12-05T09:00:00Z", "12 days"),
        ("2026-11-24T09:00:00Z", "1 day"),
        ("2026-12-23T09:00:00Z", "30 days"),
        ("2026-11-01T00:00:00Z", "0 days"),
    ],
)
async def test_a_secret_that_ends_within_thirty_days_is_a_warning(end: str, told: str) -> None:
    result, _ = await _last({application_path(): application(("abc", end))})
    assert result.status is CheckStatus.WARNING
    assert result.finding is not None
    assert result.finding.code == "secret-expires-soon"
    assert result.summary.endswith(told)
    assert "the app registration says" in result.finding.cause


@pytest.mark.parametrize(
    "answer",
    [
        graph_error("Authorization_RequestDenied", status=403),
        graph_error("Request_ResourceNotFound", status=404),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b"\xff\x00"),
        httpx.ReadError("gone"),
        httpx.Response(200, json={"passwordCredentials": [{"hint": 3, "endDateTime": "x"}, None, "odd"]}),
        httpx.Response(200, json={"passwordCredentials": [{"hint": "abc", "endDateTime": "soon"}]}),
        httpx.Response(200, json={"passwordCredentials": None}),
        application(("xyz", "2026-11-30T00:00:00Z")),
    ],
)
async def test_what_cannot_be_read_is_never_a_failure(answer: Reply) -> None:
    result, _ = await _last({application_path(): answer})
    assert result.status is CheckStatus.SKIPPED
    assert result.summary.startswith("Not known: ")
    warned, _ = await _last({application_path(): answer}, told=date(2026, 12, 1))
    assert warned.status is CheckStatus.WARNING
    assert warned.finding is not None
    assert "the connector says" in warned.finding.cause
    passed, _ = await _last({application_path(): answer}, told=date(2027, 12, 1))
    assert passed.status is CheckStatus.PASSED


async def test_an_app_that_may_not_read_it_does_not_ask() -> None:
    run, script = context(inputs(least_privilege=True), {**healthy(), token_path(): token(["User.Read.All"])})
    said = [result async for result in climb(run)]
    assert said[-1].status is CheckStatus.SKIPPED
    assert script.asked(application_path()) == []


async def test_the_registration_outweighs_what_the_connector_says() -> None:
    result, _ = await _last({}, told=date(2026, 11, 30))
    assert result.status is CheckStatus.PASSED


# ---------------------------------------------------------------- permissions


async def _permissions(answer: Reply, roles: tuple[str, ...] = ("User.Read.All", "Directory.Read.All")) -> CheckResult:
    run: CheckContext
    run, _ = context(inputs(), {**healthy(), token_path(): token(roles), application_path(): answer})
    return next(result for result in [each async for each in climb(run)] if result.check is CheckId.PERMISSIONS)


async def test_a_delegated_permission_of_the_same_name_is_named_as_the_mistake() -> None:
    granted = [USER_READ_ALL.app_role_id, DIRECTORY_READ_ALL.app_role_id]
    result = await _permissions(application(roles=granted, scopes=[GROUP_READ_ALL.scope_id]))
    assert result.finding is not None
    assert result.finding.code == "permission-delegated"
    assert "Group.Read.All" in result.finding.title
    assert any("Application permissions" in step for step in result.finding.remedy)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (application(roles=[GROUP_READ_ALL.app_role_id], scopes=[GROUP_READ_ALL.scope_id]), "it was added, but"),
        (application(roles=[GROUP_READ_ALL.app_role_id]), "it was added, but"),
        (application(roles=[GROUP_READ_ALL.app_role_id], resource="another"), "does not list it"),
        (application(), "does not list it"),
        (graph_error("Authorization_RequestDenied", status=403), "was not added as an Application permission, or"),
        (httpx.Response(200, json={"requiredResourceAccess": [{"resourceAccess": [7]}, 3]}), "does not list it"),
    ],
)
async def test_why_a_permission_is_missing_is_said_where_it_can_be_read(answer: Reply, reason: str) -> None:
    result = await _permissions(answer)
    assert result.finding is not None
    assert result.finding.code == "permission-missing"
    assert reason in result.finding.cause


async def test_the_matrix_says_how_a_missing_permission_is_requested() -> None:
    answer = application(roles=[USER_READ_ALL.app_role_id], scopes=[GROUP_READ_ALL.scope_id])
    run, _ = context(inputs(), {**healthy(), token_path(): token(("Directory.Read.All",)), application_path(): answer})
    said = [each async for each in climb(run)]
    assert not said[-1].evidence.labelled()
    assert [(grant.permission, grant.state, grant.requested) for grant in run.grants] == [
        ("User.Read.All", GrantState.MISSING, Requested.APPLICATION),
        ("Group.Read.All", GrantState.MISSING, Requested.DELEGATED),
        ("Directory.Read.All", GrantState.GRANTED, None),
    ]


async def test_what_is_granted_but_not_needed_is_told() -> None:
    roles = ("User.Read.All", "Group.Read.All", "Directory.Read.All", "Mail.Read")
    result = await _permissions(application(), roles)
    assert result.status is CheckStatus.PASSED
    assert "Not needed: Mail.Read." in result.summary
