from __future__ import annotations

from typing import Any

import httpx
import pytest

from entra_tui.graph.discovery import TenantDocument, discover, discover_everywhere
from entra_tui.graph.errors import AnswerFault, Refused, RequestFailed, Unreachable, Unreadable, UnsafeDestination
from entra_tui.graph.retry import Patience
from entra_tui.model.environment import BUILT_IN, CHINA, PUBLIC, USGOV, USGOV_DOD, Environment
from entra_tui.simulator.clock import ManualClock
from tests.graph.microsoft import TENANT, Reply, client, discovery_path, openid, sign_in_error

_GATEWAY = Environment("gw", "Gateway", "https://login.gw.test:8443", "https://graph.gw.test", "", "", built_in=False)
_NO_TENANT = sign_in_error(90002, "invalid_tenant")


async def _document(answer: Reply, environment: Environment = PUBLIC, tenant: str = TENANT) -> TenantDocument:
    http, _ = client({"*": answer})
    return await discover(http, tenant, environment)


async def test_the_document_is_asked_for_without_credentials() -> None:
    http, script = client({discovery_path(): openid(tenant_region_scope="EU")})
    document = await discover(http, TENANT, PUBLIC)
    assert [str(request.url) for request in script.requests] == [f"{PUBLIC.authority}{discovery_path()}"]
    assert "authorization" not in script.requests[0].headers
    assert (document.tenant_id, document.region_scope, document.region_sub_scope) == (TENANT, "EU", "")
    assert document.served_at == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert document.environment(BUILT_IN) == PUBLIC


async def test_a_domain_leads_to_the_guid() -> None:
    http, script = client({discovery_path("contoso.com"): openid()})
    assert (await discover(http, "contoso.com", PUBLIC)).tenant_id == TENANT
    assert len(script.requests) == 1


async def test_a_tenant_cannot_lead_out_of_its_place_in_the_path() -> None:
    http, script = client({"*": openid()})
    await discover(http, "../x?y#z", PUBLIC)
    assert script.requests[0].url.raw_path == b"/..%2Fx%3Fy%23z/v2.0/.well-known/openid-configuration"


@pytest.mark.parametrize("asked", [PUBLIC, USGOV, CHINA], ids=lambda environment: environment.name)
@pytest.mark.parametrize("lives", BUILT_IN, ids=lambda environment: environment.name)
async def test_the_document_names_the_cloud_and_not_the_host_that_answered(
    asked: Environment, lives: Environment
) -> None:
    document = await _document(openid(lives), asked)
    assert document.environment(BUILT_IN) == lives


async def test_l4_and_l5_differ_by_the_graph_host_alone() -> None:
    l4, l5 = await _document(openid(USGOV)), await _document(openid(USGOV, msgraph_host="dod-graph.microsoft.us"))
    assert l4.issuer == l5.issuer
    assert (l4.environment(BUILT_IN), l5.environment(BUILT_IN)) == (USGOV, USGOV_DOD)


@pytest.mark.parametrize("sub_scope", ["GCC", "gcc"])
async def test_gcc_lives_in_the_public_cloud(sub_scope: str) -> None:
    document = await _document(openid(tenant_region_sub_scope=sub_scope))
    assert document.is_gcc
    assert document.environment(BUILT_IN) == PUBLIC


@pytest.mark.parametrize("sub_scope", [None, "", "DODCON", "DOD", 7])
async def test_no_other_sub_scope_is_gcc(sub_scope: object) -> None:
    assert not (await _document(openid(tenant_region_sub_scope=sub_scope))).is_gcc


async def test_an_issuer_on_an_alias_of_the_login_host_counts() -> None:
    document = await _document(openid(CHINA, issuer=f"https://login.chinacloudapi.cn/{TENANT}/v2.0"))
    assert document.environment(BUILT_IN) == CHINA
    old = await _document(openid(issuer=f"https://sts.windows.net/{TENANT}/"))
    assert (old.tenant_id, old.environment(BUILT_IN)) == (TENANT, PUBLIC)


@pytest.mark.parametrize(
    "members",
    [
        {"issuer": f"https://login.elsewhere.test/{TENANT}/v2.0"},
        {"msgraph_host": "graph.elsewhere.test"},
        {"msgraph_host": "graph.microsoft.us"},
        {"issuer": f"https://login.microsoftonline.com.evil.test/{TENANT}/v2.0"},
        {"issuer": f"https://login.microsoftonline.com@evil.test/{TENANT}/v2.0"},
    ],
)
async def test_a_document_that_fits_no_cloud_has_no_environment(members: dict[str, Any]) -> None:
    assert (await _document(openid(**members))).environment(BUILT_IN) is None


@pytest.mark.parametrize("lives", BUILT_IN, ids=lambda environment: environment.name)
@pytest.mark.parametrize("silence", [None, ""])
async def test_without_a_graph_host_the_login_host_tells_the_cloud(lives: Environment, silence: str | None) -> None:
    # Two clouds share one login host; there the chosen one stands.
    assert (await _document(openid(lives, msgraph_host=silence), lives)).environment(BUILT_IN) == lives
    elsewhere = CHINA if lives is PUBLIC else PUBLIC
    found = (await _document(openid(lives, msgraph_host=silence), elsewhere)).environment(BUILT_IN)
    assert found is not None
    assert found.authority == lives.authority


async def test_another_spelling_of_a_host_is_the_same_host() -> None:
    shouted = "https://LOGIN.microsoftonline.com:443"
    members: dict[str, Any] = {
        "issuer": f"{shouted}/{TENANT}/v2.0",
        "token_endpoint": f"{shouted}/{TENANT}/oauth2/v2.0/token",
        "msgraph_host": "Graph.Microsoft.com",
    }
    document = await _document(openid(**members))
    assert document.environment(BUILT_IN) == PUBLIC
    document.require_token_host(PUBLIC)


async def test_a_test_server_that_names_no_tenant_is_believed_about_the_guid_it_was_asked_for() -> None:
    bare = openid(_GATEWAY, issuer=_GATEWAY.authority, token_endpoint=f"{_GATEWAY.authority}/token")
    document = await _document(bare, _GATEWAY)
    assert document.tenant_id == TENANT
    assert document.environment([*BUILT_IN, _GATEWAY]) == _GATEWAY
    with pytest.raises(Unreadable):
        await _document(bare, _GATEWAY, "contoso.com")


async def test_an_environment_that_was_added_is_known_by_its_token_endpoint() -> None:
    # A gateway passes Microsoft's issuer on unchanged.
    document = await _document(openid(_GATEWAY, issuer=f"https://login.microsoftonline.com/{TENANT}/v2.0"), _GATEWAY)
    assert document.environment([*BUILT_IN, _GATEWAY]) == _GATEWAY
    document.require_token_host(_GATEWAY)


async def test_a_gateway_that_leads_to_microsoft_itself_is_not_taken_for_the_gateway() -> None:
    document = await _document(openid(PUBLIC), _GATEWAY)
    assert document.environment([*BUILT_IN, _GATEWAY]) == PUBLIC
    with pytest.raises(UnsafeDestination):
        document.require_token_host(_GATEWAY)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.test/token",
        "https://login.microsoftonline.com.evil.test/token",
        "https://login.microsoftonline.com@evil.test/token",
        "https://evil.test\\@login.microsoftonline.com/token",
        "https://login.microsoftonline.com:8443/token",
        "http://login.microsoftonline.com/token",
        "https://login.micro\tsoftonline.com/token",
        "https://[",
        "login.microsoftonline.com/token",
        "https://login.microsoftonline.us/token",
    ],
)
async def test_a_token_endpoint_elsewhere_is_refused(endpoint: str) -> None:
    document = await _document(openid(token_endpoint=endpoint))
    with pytest.raises(UnsafeDestination) as refused:
        document.require_token_host(PUBLIC)
    assert refused.value.expected == "login.microsoftonline.com"


@pytest.mark.parametrize("alias", sorted(PUBLIC.login_hosts))
async def test_a_token_endpoint_on_the_clouds_own_hosts_is_right(alias: str) -> None:
    (await _document(openid(token_endpoint=f"https://{alias}/{TENANT}/oauth2/v2.0/token"))).require_token_host(PUBLIC)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (httpx.Response(200, content=b"<html>Sign in to the proxy</html>"), AnswerFault.HTML),
        (httpx.Response(200, content=b"{"), AnswerFault.NOT_JSON),
        (httpx.Response(200, json=[]), AnswerFault.SHAPE),
        (httpx.Response(200, json={}), AnswerFault.SHAPE),
        (openid(issuer=None), AnswerFault.SHAPE),
        (openid(issuer=""), AnswerFault.SHAPE),
        (openid(issuer=["x"]), AnswerFault.SHAPE),
        (openid(token_endpoint=7), AnswerFault.SHAPE),
        (openid(issuer="https://[", token_endpoint="https://["), AnswerFault.SHAPE),
        (openid(issuer="https://x/{tenantid}/v2.0", token_endpoint="https://x/common/token"), AnswerFault.SHAPE),
        (httpx.Response(302, headers={"Location": "https://proxy.test/login"}), AnswerFault.REDIRECT),
        (httpx.Response(404, content=b"<html>Not found</html>"), AnswerFault.HTML),
    ],
)
async def test_what_is_no_openid_configuration_is_unreadable(answer: httpx.Response, fault: AnswerFault) -> None:
    with pytest.raises(Unreadable) as failed:
        await _document(answer)
    assert failed.value.fault is fault


async def test_no_such_tenant_carries_its_number() -> None:
    with pytest.raises(Refused) as refused:
        await _document(_NO_TENANT)
    assert refused.value.code == "AADSTS90002"


async def test_a_busy_login_host_is_waited_for() -> None:
    clock = ManualClock()
    http, _ = client({"*": [httpx.Response(503, headers={"Retry-After": "9"}), openid()]}, clock=clock)
    assert (await discover(http, TENANT, PUBLIC, patience=Patience(clock, 20))).tenant_id == TENANT
    assert clock.monotonic() == 9


def _everywhere(**answers: Reply) -> dict[str, Reply]:
    hosts = {"public": PUBLIC.login_host, "usgov": USGOV.login_host, "china": CHINA.login_host}
    return {f"{hosts[name]}{discovery_path()}": answer for name, answer in answers.items()}


async def test_each_login_host_is_asked_once() -> None:
    http, script = client(_everywhere(public=openid(), usgov=openid(), china=_NO_TENANT))
    found = await discover_everywhere(http, TENANT, BUILT_IN)
    assert sorted(request.url.host for request in script.requests) == sorted(
        {environment.login_host for environment in BUILT_IN}
    )
    assert [document.environment(BUILT_IN) for document in found.documents] == [PUBLIC]
    assert not found.ambiguous
    assert [failure.code for failure in found.failures if isinstance(failure, Refused)] == ["AADSTS90002"]


async def test_two_clouds_with_one_name_are_ambiguous() -> None:
    other = "22222222-2222-4333-8444-555555555555"
    http, _ = client(_everywhere(public=openid(), usgov=openid(), china=openid(CHINA, tenant=other)))
    found = await discover_everywhere(http, TENANT, BUILT_IN)
    assert found.ambiguous
    assert [document.environment(BUILT_IN) for document in found.documents] == [PUBLIC, CHINA]
    assert [document.tenant_id for document in found.documents] == [TENANT, other]


async def test_one_guid_in_two_clouds_is_ambiguous() -> None:
    http, _ = client(_everywhere(public=openid(), usgov=openid(USGOV), china=_NO_TENANT))
    assert (await discover_everywhere(http, TENANT, BUILT_IN)).ambiguous


async def test_a_host_that_cannot_be_reached_does_not_hide_the_one_that_knows() -> None:
    http, _ = client(_everywhere(public=httpx.ConnectError("refused"), usgov=openid(USGOV), china=httpx.Response(302)))
    found = await discover_everywhere(http, TENANT, BUILT_IN)
    assert [document.environment(BUILT_IN) for document in found.documents] == [USGOV]
    assert {type(failure) for failure in found.failures} == {Unreachable, Unreadable}


async def test_nobody_knows_the_tenant_says_so_rather_than_that_a_host_was_down() -> None:
    http, _ = client(_everywhere(public=httpx.ConnectError("refused"), usgov=_NO_TENANT, china=_NO_TENANT))
    with pytest.raises(Refused) as refused:
        await discover_everywhere(http, TENANT, BUILT_IN)
    assert refused.value.code == "AADSTS90002"


async def test_without_any_network_the_first_failure_stands() -> None:
    http, _ = client({"*": httpx.ConnectError("refused")})
    with pytest.raises(RequestFailed) as failed:
        await discover_everywhere(http, TENANT, BUILT_IN)
    assert failed.value.host == PUBLIC.login_host
