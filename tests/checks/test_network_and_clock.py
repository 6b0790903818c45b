from __future__ import annotations

import ssl

import httpx
import pytest

from entra_tui.checks.context import CheckContext
from entra_tui.checks.ladder import climb
from entra_tui.checks.rungs.clock import check_clock
from entra_tui.checks.rungs.input import check_input
from entra_tui.checks.rungs.network import check_network
from entra_tui.checks.rungs.tenant import check_tenant
from entra_tui.graph.client import HttpClient
from entra_tui.model.environment import BUILT_IN, PUBLIC, Environment
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.simulator.clock import ManualClock
from tests.checks.climbing import Replies, context, healthy, inputs, no_such_tenant
from tests.graph.microsoft import CLEAR, Script, discovery_path, graph_error, openid

_ORGANIZATION = "/v1.0/organization"


async def _network(changes: Replies) -> tuple[CheckResult, CheckContext, Script]:
    run, script = context(inputs(), {**healthy(), **changes})
    await check_input(run)
    return await check_network(run), run, script


async def test_both_hosts_are_asked_once_and_the_tenant_is_not_asked_for_again() -> None:
    result, run, script = await _network({})
    assert result.status is CheckStatus.PASSED
    assert result.summary == "Login and Graph answer over trusted TLS, without a proxy."
    assert (await check_tenant(run)).status is CheckStatus.PASSED
    assert [request.url.host for request in script.requests] == [PUBLIC.login_host, PUBLIC.graph_host]
    assert all("authorization" not in request.headers and CLEAR not in str(request.url) for request in script.requests)


async def test_what_was_heard_serves_one_climb_only() -> None:
    _, run, script = await _network({})
    await check_tenant(run)
    await check_tenant(run)
    assert len(script.asked(discovery_path())) == 2


@pytest.mark.parametrize(
    "answer",
    [
        graph_error("InvalidAuthenticationToken", status=401),
        httpx.Response(200, content=b"<html>Sign in to the proxy</html>"),
        httpx.Response(302, headers={"Location": "https://proxy.test/"}),
        httpx.Response(404),
    ],
)
async def test_any_answer_shows_that_the_way_is_open(answer: httpx.Response) -> None:
    assert (await _network({_ORGANIZATION: answer}))[0].status is CheckStatus.PASSED


async def test_a_refusal_of_the_login_host_is_left_to_the_next_check() -> None:
    result, run, _ = await _network({"*": no_such_tenant(), discovery_path(): no_such_tenant()})
    assert result.status is CheckStatus.PASSED
    tenant = await check_tenant(run)
    assert tenant.finding is not None
    assert tenant.finding.code == "AADSTS90002"


def _certificate_error() -> httpx.ConnectError:
    error = httpx.ConnectError("failed")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed certificate in certificate chain")
    return error


@pytest.mark.parametrize(("path", "host"), [(discovery_path(), PUBLIC.login_host), (_ORGANIZATION, PUBLIC.graph_host)])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (_certificate_error(), "certificate-not-trusted"),
        (httpx.ProxyError("403 Forbidden"), "proxy-refused"),
        (httpx.ConnectTimeout("late"), "timed-out"),
        (httpx.ReadError("gone"), "connection-cut"),
    ],
)
async def test_the_host_that_cannot_be_reached_is_named(
    path: str, host: str, error: httpx.TransportError, code: str
) -> None:
    result, _, _ = await _network({path: error})
    assert result.status is CheckStatus.FAILED
    assert result.finding is not None
    assert result.finding.code == code
    assert host in result.finding.title + result.finding.cause


@pytest.mark.parametrize(
    ("proxies", "told"),
    [
        ({"login": "proxy.test:8080", "graph": "proxy.test:8080"}, "by the proxy proxy.test:8080"),
        ({"graph": "proxy.test:8080"}, "login.microsoftonline.com without and graph.microsoft.com by the proxy"),
    ],
)
async def test_the_proxy_in_use_is_named(proxies: dict[str, str], told: str) -> None:
    http = HttpClient(
        transport=Script(healthy()),
        clock=ManualClock(),
        proxy_for=lambda url: next((proxy for part, proxy in proxies.items() if part in url), None),
    )
    run = CheckContext(inputs(), http, BUILT_IN)
    await check_input(run)
    assert told in (await check_network(run)).summary


async def test_no_tls_is_claimed_where_there_is_none() -> None:
    local = Environment("l", "Local", "http://127.0.0.1:1", "http://127.0.0.1:1", "", "", built_in=False)
    run, _ = context(inputs(environment=local), healthy())
    await check_input(run)
    assert "TLS" not in (await check_network(run)).summary


async def _clock(date: str | None) -> CheckResult:
    answer = httpx.Response(401, headers={"Date": date} if date is not None else {})
    _, run, script = await _network({_ORGANIZATION: answer})
    before = len(script.requests)
    result = await check_clock(run)
    assert len(script.requests) == before
    return result


@pytest.mark.parametrize("time", ["08:55:00", "08:59:58", "09:00:00", "09:05:00"])
async def test_five_minutes_are_tolerated(time: str) -> None:
    assert (await _clock(f"Mon, 23 Nov 2026 {time} GMT")).status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Mon, 23 Nov 2026 09:20:00 GMT", "20 minutes slow"),
        ("Mon, 23 Nov 2026 06:00:00 GMT", "3 hours fast"),
        ("Fri, 27 Nov 2026 09:00:00 GMT", "4 days slow"),
    ],
)
async def test_a_wrong_clock_is_a_warning_that_says_by_how_much(date: str, told: str) -> None:
    result = await _clock(date)
    assert result.status is CheckStatus.WARNING
    assert result.finding is not None
    assert result.finding.code == "clock-skewed"
    assert told in result.summary


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 23 Nov 2026 09:20:00 -0000", "Mon, 99 Nov 99999"])
async def test_without_a_time_nothing_is_claimed(date: str | None) -> None:
    result = await _clock(date)
    assert result.status is CheckStatus.SKIPPED
    assert result.summary.endswith(".")


async def test_nothing_more_is_asked_after_the_network_failed() -> None:
    run, script = context(inputs(), {**healthy(), discovery_path(): httpx.ProxyError("no")})
    said = [result async for result in climb(run)]
    assert [result.check for result in said if result.status is CheckStatus.FAILED] == [CheckId.NETWORK]
    assert len(script.requests) == 1


async def test_a_busy_login_host_is_waited_for_within_the_patience() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "5"})
    result, _, script = await _network({discovery_path(): [busy, openid()]})
    assert result.status is CheckStatus.PASSED
    assert len(script.asked(discovery_path())) == 2
