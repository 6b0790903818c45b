from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.checks.ladder import LADDER, climb
from entra_tui.checks.rungs.environment import check_environment
from entra_tui.checks.rungs.input import check_input
from entra_tui.checks.rungs.permissions import check_permissions
from entra_tui.checks.rungs.read import check_read
from entra_tui.checks.rungs.sign_in import check_sign_in
from entra_tui.checks.rungs.tenant import check_tenant
from entra_tui.model.environment import BUILT_IN, CHINA, PUBLIC, USGOV, USGOV_DOD, Environment
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus, is_healthy
from entra_tui.model.permission import Feature
from tests.checks.climbing import Replies, context, healthy, inputs, no_such_tenant, results
from tests.graph.microsoft import (
    CLEAR,
    CLIENT,
    TENANT,
    discovery_path,
    graph_error,
    jwt,
    openid,
    organization,
    page,
    sign_in_error,
    token,
    token_path,
)

if TYPE_CHECKING:
    from entra_tui.checks.catalogue import Catalogue
    from entra_tui.checks.context import CheckContext
    from entra_tui.checks.ladder import Check

_OTHER = "22222222-2222-4333-8444-555555555555"


def _broken(said: list[CheckResult]) -> CheckResult:
    """The one rung that failed; those before it passed, those after it were skipped and say why."""
    place = next(place for place, result in enumerate(said) if result.status is CheckStatus.FAILED)
    assert [result.status for result in said[:place]] == [CheckStatus.PASSED] * place
    for result in said[place + 1 :]:
        assert result.status is CheckStatus.SKIPPED
        assert said[place].check.value in result.summary
        assert result.finding is None
    assert [result.check for result in said] == list(LADDER)
    assert not is_healthy(said)
    return said[place]


def _code(result: CheckResult) -> str:
    assert result.finding is not None, result
    assert result.summary == result.finding.title
    return result.finding.code


async def test_a_healthy_tenant_passes_every_rung_in_at_most_eight_requests() -> None:
    run, script = context(inputs(), healthy())
    said = [result async for result in climb(run)]
    assert [(result.check, result.status) for result in said] == [(check, CheckStatus.PASSED) for check in LADDER]
    assert all(result.finding is None and result.summary.endswith(".") for result in said)
    assert is_healthy(said)
    assert len(script.requests) <= 8
    assert run.organization is not None
    assert run.organization.display_name == "Contoso"


async def test_the_catalogue_of_errors_is_read_when_something_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> Catalogue:
        raise AssertionError("read too early")

    monkeypatch.setattr("entra_tui.checks.context.load_catalogue", read)
    assert is_healthy(await results(inputs(), healthy()))
    with pytest.raises(AssertionError, match="read too early"):
        await results(inputs(), {**healthy(), token_path(): token([])})


async def test_nothing_of_the_secret_is_in_any_result() -> None:
    run, _ = context(inputs(), healthy())
    said = [result async for result in climb(run)]
    assert CLEAR not in repr(said) + repr(run.inputs) + repr(run.credentials()) + repr(run.http.trace.exchanges)


@pytest.mark.parametrize(
    ("changes", "check", "code"),
    [
        ({discovery_path(): no_such_tenant(), "*": no_such_tenant()}, CheckId.TENANT, "AADSTS90002"),
        ({discovery_path(): openid(USGOV)}, CheckId.ENVIRONMENT, "environment-mismatch"),
        ({token_path(): sign_in_error(7000215, "invalid_client", status=401)}, CheckId.SIGN_IN, "AADSTS7000215"),
        ({token_path(): token([])}, CheckId.PERMISSIONS, "consent-missing"),
        ({token_path(): token(["User.Read.All"])}, CheckId.PERMISSIONS, "permission-missing"),
        ({"/v1.0/organization": organization(_OTHER)}, CheckId.READ, "organization-mismatch"),
        (
            {"/v1.0/users": graph_error("Authorization_RequestDenied", status=403)},
            CheckId.READ,
            "Authorization_RequestDenied",
        ),
        ({"/v1.0/groups": httpx.Response(403, content=b"<html>")}, CheckId.READ, "html-answer"),
        ({discovery_path(): httpx.ProxyError("407")}, CheckId.NETWORK, "proxy-refused"),
        ({token_path(): httpx.Response(302)}, CheckId.SIGN_IN, "redirected"),
    ],
)
async def test_the_ladder_stops_at_the_first_broken_rung(changes: Replies, check: CheckId, code: str) -> None:
    broken = _broken(await results(inputs(), {**healthy(), **changes}))
    assert (broken.check, _code(broken)) == (check, code)


async def test_bad_input_stops_it_before_any_request() -> None:
    run, script = context(inputs(secret=_OTHER), healthy())
    broken = _broken([result async for result in climb(run)])
    assert (broken.check, _code(broken)) == (CheckId.INPUT, "secret-id-pasted")
    assert script.requests == []


async def test_only_the_checks_asked_for_are_run() -> None:
    run, script = context(inputs(), healthy())
    wanted = [CheckId.ENVIRONMENT, CheckId.INPUT, CheckId.TENANT]
    said = [result.check async for result in climb(run, wanted)]
    assert said == [CheckId.INPUT, CheckId.TENANT, CheckId.ENVIRONMENT]
    assert script.asked(token_path()) == []


async def test_a_failed_finding_carries_the_evidence() -> None:
    broken = _broken(await results(inputs(), {**healthy(), token_path(): sign_in_error(700016, "unauthorized_client")}))
    assert broken.finding is not None
    evidence = broken.finding.evidence
    assert (evidence.http_status, evidence.correlation_id, evidence.request_id) == (
        400,
        "0000-correlation",
        "0000-trace",
    )
    assert evidence.timestamp == "2026-11-23 09:00:00Z"
    assert broken.finding.message == "Something is wrong."
    assert broken.finding.may_pass


async def test_a_service_that_echoes_the_secret_does_not_bring_it_into_a_finding() -> None:
    echo = sign_in_error(7000215, "invalid_client", status=401, text=f"The secret {CLEAR} is wrong.")
    said = await results(inputs(), {**healthy(), token_path(): echo})
    assert CLEAR not in repr(said)


async def test_time_spent_reading_before_the_climb_does_not_use_up_its_patience() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "5"})
    run, _ = context(inputs(), {**healthy(), discovery_path(): [busy, openid()]})
    await run.http.clock.sleep(3600)
    assert is_healthy([result async for result in climb(run)])


async def test_a_busy_service_ends_in_a_finding_that_says_to_wait() -> None:
    broken = _broken(
        await results(inputs(), {**healthy(), "/v1.0/users": httpx.Response(429, headers={"Retry-After": "600"})})
    )
    assert broken.finding is not None
    assert broken.finding.may_pass


# ---------------------------------------------------------------- input


async def _alone(check: Check, run: CheckContext, *before: Check) -> CheckResult:
    for earlier in before:
        assert (await earlier(run)).status is CheckStatus.PASSED
    return await check(run)


async def test_input_cleans_what_was_pasted() -> None:
    run, _ = context(inputs(tenant=f"\n {{{TENANT.upper()}}}", client_id=f'"{CLIENT}"', secret=f"{CLEAR}\n"), {})
    assert (await check_input(run)).status is CheckStatus.PASSED
    assert (run.tenant, run.client_id) == (TENANT, CLIENT)
    assert run.secret is not None
    assert run.secret.reveal() == CLEAR


@pytest.mark.parametrize(
    ("tenant", "client_id", "secret", "code", "field"),
    [
        ("", CLIENT, CLEAR, "tenant-empty", "Tenant ID"),
        (CLEAR, CLIENT, CLEAR, "tenant-is-secret", "Tenant ID"),
        (TENANT, TENANT, CLEAR, "client-is-tenant", "Client ID"),
        (TENANT, CLEAR, CLEAR, "client-is-secret", "Client ID"),
        (TENANT, CLIENT, CLIENT, "secret-is-other-field", "Client Secret"),
        (TENANT, CLIENT, "", "secret-empty", "Client Secret"),
    ],
)
async def test_input_names_the_field_and_never_the_value(
    tenant: str, client_id: str, secret: str, code: str, field: str
) -> None:
    run, _ = context(inputs(tenant=tenant, client_id=client_id, secret=secret), {})
    result = await check_input(run)
    assert _code(result) == code
    assert field in result.summary
    assert CLEAR not in repr(result)


# ---------------------------------------------------------------- tenant


async def test_a_domain_name_leads_to_the_tenant_id() -> None:
    run, _ = context(inputs(tenant="contoso.com"), {discovery_path("contoso.com"): openid()})
    assert (await _alone(check_tenant, run, check_input)).status is CheckStatus.PASSED
    assert run.credentials().tenant_id == TENANT


async def test_swapped_ids_are_noticed() -> None:
    replies: Replies = {"*": no_such_tenant(), f"{PUBLIC.login_host}{discovery_path(CLIENT)}": openid(tenant=CLIENT)}
    run, _ = context(inputs(), replies)
    result = await _alone(check_tenant, run, check_input)
    assert _code(result) == "tenant-client-swapped"
    assert result.finding is not None
    assert CLIENT in result.finding.cause


async def test_a_tenant_that_only_another_cloud_knows_is_found_there() -> None:
    replies: Replies = {"*": no_such_tenant(), f"{CHINA.login_host}{discovery_path()}": openid(CHINA)}
    run, script = context(inputs(), replies)
    assert (await _alone(check_tenant, run, check_input)).status is CheckStatus.PASSED
    result = await check_environment(run)
    assert _code(result) == "environment-mismatch"
    assert CHINA.label in result.summary
    assert all(CLEAR not in request.content.decode() for request in script.requests)


async def test_other_clouds_are_not_asked_for_a_tenant_of_an_environment_of_ones_own() -> None:
    gateway = Environment("gw", "Gateway", "https://gw.test", "https://gw.test", "", "", built_in=False)
    run, script = context(inputs(environment=gateway), {"*": no_such_tenant()}, environments=(*BUILT_IN, gateway))
    assert _code(await _alone(check_tenant, run, check_input)) == "AADSTS90002"
    assert {request.url.host for request in script.requests} == {"gw.test"}


async def test_another_refusal_of_the_tenant_is_not_asked_elsewhere() -> None:
    run, script = context(inputs(), {"*": sign_in_error(5000224, "invalid_request")})
    assert _code(await _alone(check_tenant, run, check_input)) == "AADSTS5000224"
    assert len(script.requests) == 1


# ---------------------------------------------------------------- environment


async def _environment_of(chosen: Environment, document: httpx.Response) -> CheckResult:
    run, script = context(inputs(environment=chosen), {discovery_path(): document})
    result = await _alone(check_environment, run, check_input, check_tenant)
    assert len(script.requests) == 1
    return result


@pytest.mark.parametrize("chosen", BUILT_IN, ids=lambda environment: environment.name)
@pytest.mark.parametrize("lives", BUILT_IN, ids=lambda environment: environment.name)
async def test_only_the_tenants_own_cloud_passes(chosen: Environment, lives: Environment) -> None:
    result = await _environment_of(chosen, openid(lives))
    if chosen == lives:
        assert result.status is CheckStatus.PASSED
        assert lives.label in result.summary
    else:
        assert _code(result) == "environment-mismatch"
        assert lives.label in result.summary


async def test_gcc_with_us_government_chosen_has_words_of_its_own() -> None:
    result = await _environment_of(USGOV, openid(tenant_region_scope="NA", tenant_region_sub_scope="GCC"))
    assert _code(result) == "environment-gcc"
    assert result.finding is not None
    assert PUBLIC.label in result.finding.remedy[0]
    assert USGOV.label in result.finding.cause


async def test_gcc_with_the_public_cloud_chosen_is_right() -> None:
    result = await _environment_of(PUBLIC, openid(tenant_region_sub_scope="GCC"))
    assert result.status is CheckStatus.PASSED


async def test_dod_with_gcc_high_chosen_is_told_apart() -> None:
    result = await _environment_of(USGOV, openid(USGOV, msgraph_host=USGOV_DOD.graph_host))
    assert _code(result) == "environment-mismatch"
    assert USGOV_DOD.label in result.summary


async def test_an_unknown_cloud_is_named_by_its_hosts() -> None:
    document = openid(issuer=f"https://login.sovcloud-identity.fr/{TENANT}/v2.0", msgraph_host="graph.svc.test")
    result = await _environment_of(PUBLIC, document)
    assert _code(result) == "environment-unknown"
    assert result.finding is not None
    assert "login.sovcloud-identity.fr and graph.svc.test" in result.finding.cause


async def test_a_token_endpoint_elsewhere_stops_before_the_secret_is_sent() -> None:
    result = await _environment_of(PUBLIC, openid(token_endpoint="https://evil.test/token"))
    assert _code(result) == "unsafe-destination"
    assert result.finding is not None
    assert "evil.test" in result.finding.cause


# ---------------------------------------------------------------- sign-in, permissions


async def test_a_token_of_another_tenant_is_noticed() -> None:
    run, _ = context(inputs(), {**healthy(), token_path(): token(tenant=_OTHER)})
    result = await _alone(check_sign_in, run, check_input, check_tenant)
    assert _code(result) == "token-of-another-tenant"
    assert run.token is None


async def test_a_token_of_another_app_is_noticed() -> None:
    access = jwt(tid=TENANT, appid=_OTHER)
    run, _ = context(inputs(), {**healthy(), token_path(): token(text=access)})
    result = await _alone(check_sign_in, run, check_input, check_tenant)
    assert _code(result) == "token-of-another-app"
    assert result.finding is not None
    assert _OTHER in result.finding.cause
    assert (run.token, run.issued is not None) == (None, True)


async def _permissions_of(access: str, **wanted: object) -> CheckResult:
    least = wanted.get("least_privilege") is True
    features = frozenset(Feature) if wanted.get("all_features") is True else frozenset({Feature.USERS})
    run, _ = context(inputs(least_privilege=least, features=features), {**healthy(), token_path(): token(text=access)})
    return await _alone(check_permissions, run, check_input, check_tenant, check_sign_in)


async def test_a_wider_permission_covers_a_needed_one() -> None:
    roles = ["User.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"]
    result = await _permissions_of(jwt(tid=TENANT, roles=roles))
    assert result.status is CheckStatus.PASSED
    for role in roles:
        assert f"(by {role})" in result.summary


async def test_directory_read_all_covers_users_where_least_is_asked() -> None:
    roles = ["Directory.Read.All"]
    result = await _permissions_of(jwt(tid=TENANT, roles=roles), least_privilege=True, all_features=True)
    assert result.status is CheckStatus.PASSED


async def test_the_missing_permission_is_named_in_title_and_remedy() -> None:
    result = await _permissions_of(jwt(tid=TENANT, roles=["User.Read.All", "Directory.Read.All"]))
    assert _code(result) == "permission-missing"
    assert result.finding is not None
    assert "Group.Read.All" in result.summary
    assert "User.Read.All" not in result.summary
    assert any("Group.Read.All" in step for step in result.finding.remedy)


async def test_a_token_without_roles_means_missing_consent() -> None:
    result = await _permissions_of(jwt(tid=TENANT))
    assert _code(result) == "consent-missing"
    assert result.finding is not None
    assert result.finding.may_pass
    assert "Global Administrator" in result.finding.who


async def test_an_opaque_token_leaves_the_answer_to_the_read() -> None:
    opaque = {**healthy(), token_path(): token(text="an-opaque-token")}
    said = await results(inputs(), opaque)
    assert {result.check: result.status for result in said} == {
        **dict.fromkeys(LADDER, CheckStatus.PASSED),
        CheckId.PERMISSIONS: CheckStatus.SKIPPED,
    }
    assert is_healthy(said)
    denied = {**opaque, "/v1.0/users": graph_error("Authorization_RequestDenied", status=403)}
    assert not is_healthy(await results(inputs(), denied))


# ---------------------------------------------------------------- read


@pytest.mark.parametrize(
    ("features", "least", "collections"),
    [
        (frozenset({Feature.USERS}), False, ["organization", "users", "groups"]),
        (frozenset({Feature.USERS}), True, ["organization", "users"]),
        (frozenset(Feature), True, ["organization", "users", "groups", "directoryRoles"]),
        (frozenset({Feature.GROUPS}), True, ["organization", "users", "groups"]),
    ],
)
async def test_one_small_request_for_each_feature(
    features: frozenset[Feature], least: bool, collections: list[str]
) -> None:
    run, script = context(inputs(features=features, least_privilege=least), healthy())
    result = await _alone(check_read, run, check_input, check_tenant, check_sign_in)
    assert result.status is CheckStatus.PASSED
    asked = [request.url.path for request in script.requests if request.url.host == PUBLIC.graph_host]
    assert asked == [f"/v1.0/{collection}" for collection in collections]


async def test_a_token_that_ended_meanwhile_is_renewed() -> None:
    run, script = context(
        inputs(), {**healthy(), "/v1.0/users": [graph_error("InvalidAuthenticationToken", status=401), page("1")]}
    )
    result = await _alone(check_read, run, check_input, check_tenant, check_sign_in)
    assert result.status is CheckStatus.PASSED
    assert len(script.asked(token_path())) == 2


@pytest.mark.parametrize("check", [check_environment, check_sign_in, check_permissions])
async def test_a_rung_whose_predecessor_was_left_out_says_so(check: Check) -> None:
    run, _ = context(inputs(), healthy())
    with pytest.raises(RuntimeError):
        await check(run)


async def test_a_climb_can_be_left_at_any_moment() -> None:
    begun = asyncio.Event()

    async def never(_: httpx.Request) -> httpx.Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    task = asyncio.create_task(results(inputs(), {**healthy(), token_path(): never}))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
