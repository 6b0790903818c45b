"""A run that is taken up again from a rung: what stays, what is asked anew, and which requests belong to which rung."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.checks.context import CheckContext
from entra_tui.checks.evidence import exchanges_behind
from entra_tui.checks.ladder import LADDER, climb, rungs_from
from entra_tui.graph.client import HttpClient
from entra_tui.graph.trace import followed
from entra_tui.model.environment import BUILT_IN
from entra_tui.model.finding import CheckId, CheckStatus, is_healthy
from entra_tui.simulator.clock import ManualClock
from tests.checks.climbing import Replies, context, healthy, inputs
from tests.graph.microsoft import Script, discovery_path, graph_error, openid, sign_in_error, token, token_path

if TYPE_CHECKING:
    from entra_tui.model.finding import CheckResult

_ORGANIZATION = "/v1.0/organization"
_NO_GROUPS = ["User.Read.All", "Directory.Read.All"]


async def _climbed(run: CheckContext) -> dict[CheckId, CheckResult]:
    return {result.check: result async for result in climb(run)}


async def _again(run: CheckContext, said: dict[CheckId, CheckResult], start: CheckId) -> list[CheckId]:
    anew = [result async for result in climb(run, rungs_from(start, said))]
    said.update({result.check: result for result in anew})
    return [result.check for result in anew]


async def test_consent_that_was_granted_meanwhile_is_seen_in_a_fresh_token() -> None:
    replies: Replies = {**healthy(), token_path(): [token(_NO_GROUPS), token()]}
    run, script = context(inputs(), replies)
    said = await _climbed(run)
    assert said[CheckId.PERMISSIONS].status is CheckStatus.FAILED
    document, network = run.document, said[CheckId.NETWORK]
    anew = await _again(run, said, CheckId.PERMISSIONS)
    assert anew == [CheckId.SIGN_IN, CheckId.PERMISSIONS, CheckId.READ, CheckId.SECRET_EXPIRY]
    assert is_healthy(said.values())
    assert run.document is document
    assert said[CheckId.NETWORK] is network
    assert len(script.asked(token_path())) == 2


async def test_a_wrong_secret_fails_anew_after_a_good_sign_in_and_leaves_no_token() -> None:
    wrong = sign_in_error(7000215, "invalid_client", status=401)
    run, _ = context(inputs(), {**healthy(), token_path(): [token(), wrong]})
    said = await _climbed(run)
    assert is_healthy(said.values())
    await _again(run, said, CheckId.SIGN_IN)
    assert said[CheckId.SIGN_IN].finding is not None
    assert (run.token, run.issued, run.organization) == (None, None, None)
    assert said[CheckId.READ].status is CheckStatus.SKIPPED


async def test_a_read_keeps_the_token_that_was_proven() -> None:
    denied = graph_error("Authorization_RequestDenied", status=403)
    users: list[httpx.Response | Exception] = [denied, httpx.Response(200, json={"value": []})]
    run, script = context(inputs(), {**healthy(), "/v1.0/users": users})
    said = await _climbed(run)
    assert said[CheckId.READ].status is CheckStatus.FAILED
    kept = run.token
    assert await _again(run, said, CheckId.READ) == [CheckId.READ, CheckId.SECRET_EXPIRY]
    assert is_healthy(said.values())
    assert run.token is kept
    assert len(script.asked(token_path())) == 1


async def test_what_was_never_reached_begins_with_what_broke() -> None:
    closed = sign_in_error(5000224, "invalid_request")
    run, _ = context(inputs(), {**healthy(), discovery_path(): [closed, openid()]})
    said = await _climbed(run)
    assert said[CheckId.TENANT].status is CheckStatus.FAILED
    assert (await _again(run, said, CheckId.READ))[0] is CheckId.NETWORK
    assert said[CheckId.TENANT].status is CheckStatus.PASSED


@pytest.mark.parametrize(
    ("start", "first"),
    [
        (CheckId.INPUT, CheckId.INPUT),
        (CheckId.CLOCK, CheckId.NETWORK),
        (CheckId.ENVIRONMENT, CheckId.NETWORK),
        (CheckId.SIGN_IN, CheckId.SIGN_IN),
        (CheckId.SECRET_EXPIRY, CheckId.SECRET_EXPIRY),
    ],
)
async def test_after_a_healthy_run_any_rung_can_begin_and_nothing_before_it_is_forgotten(
    start: CheckId, first: CheckId
) -> None:
    run, _ = context(inputs(), healthy())
    said = await _climbed(run)
    anew = await _again(run, said, start)
    assert anew == list(LADDER)[list(LADDER).index(first) :]
    assert is_healthy(said.values())
    assert None not in {run.secret, run.document, run.token, run.organization}


async def test_each_result_has_the_evidence_of_the_request_behind_it() -> None:
    def answered(answer: httpx.Response, request_id: str) -> httpx.Response:
        answer.headers.update({"request-id": request_id, "date": "Mon, 23 Nov 2026 09:20:00 GMT"})
        answer.extensions["certificate_issuer"] = "Contoso TLS Inspection"
        return answer

    graph = answered(graph_error("InvalidAuthenticationToken", status=401), "graph")
    replies = {**healthy(), discovery_path(): answered(openid(), "login"), _ORGANIZATION: [graph, graph]}
    http = HttpClient(transport=Script(replies), clock=ManualClock(), proxy_for=lambda _: "proxy.test:8080")
    run = CheckContext(inputs(), http, BUILT_IN)
    said = await _climbed(run)
    assert said[CheckId.INPUT].evidence.labelled() == ()
    for check, request_id in ((CheckId.CLOCK, "graph"), (CheckId.TENANT, "login"), (CheckId.ENVIRONMENT, "login")):
        evidence = said[check].evidence
        assert (evidence.request_id, evidence.proxy) == (request_id, "proxy.test:8080")
        assert (evidence.certificate_issuer, evidence.clock_offset) == ("Contoso TLS Inspection", 1200)
        assert evidence.timestamp == "Mon, 23 Nov 2026 09:20:00 GMT"
    assert [said[CheckId.TENANT].evidence.http_status, said[CheckId.READ].evidence.http_status] == [200, 401]
    finding = said[CheckId.READ].finding
    assert finding is not None
    assert ("Clock", "Microsoft's is 1,200 s ahead") in finding.evidence.labelled()
    assert [exchange.path for exchange in exchanges_behind(run, CheckId.TENANT)] == [discovery_path()]
    assert exchanges_behind(run, CheckId.PERMISSIONS)[-1].method == "POST"


async def test_requests_of_others_that_run_meanwhile_are_not_taken_for_ones_own() -> None:
    http = HttpClient(transport=Script({"/mine": httpx.Response(200), "/other": httpx.Response(200)}))
    started, go_on = asyncio.Event(), asyncio.Event()

    async def other() -> None:
        started.set()
        await go_on.wait()
        await http.send("GET", "https://graph.test/other")

    beside = asyncio.create_task(other())
    await started.wait()
    with followed() as mine:
        go_on.set()
        await http.send("GET", "https://graph.test/mine")
        await beside
    await http.send("GET", "https://graph.test/mine")
    assert [exchange.path for exchange in mine] == ["/mine"]
    assert http.trace.count == 3
