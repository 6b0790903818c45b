"""The whole ladder against the served practice tenant: real sockets, TLS and MSAL, an environment of one's own."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from entra_tui.checks.context import CheckContext, Inputs
from entra_tui.checks.ladder import LADDER, climb
from entra_tui.graph.client import HttpClient
from entra_tui.model.environment import BUILT_IN, Environment
from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.model.secret import Secret
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.server import Endpoints, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest


@contextlib.asynccontextmanager
async def _served(scenario: str, folder: Path) -> AsyncIterator[Endpoints]:
    ready: asyncio.Future[Endpoints] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    server = asyncio.create_task(
        serve(
            PracticeCloud(find_scenario(scenario), users=5),
            folder=folder,
            port=0,
            on_ready=ready.set_result,
            stop=stop,
        )
    )
    server.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        yield await ready
    finally:
        stop.set()
        await server


def _context(endpoints: Endpoints, http: HttpClient, *, secret: Secret | None = None) -> CheckContext:
    local = Environment("local", "Practice", endpoints.authority, endpoints.graph, "", "", built_in=False)
    entered = Inputs(endpoints.tenant_id, endpoints.client_id, secret or endpoints.client_secret, local)
    return CheckContext(entered, http, (*BUILT_IN, local))


async def test_the_ladder_holds_over_real_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with _served("healthy", tmp_path) as endpoints:
        monkeypatch.setenv("SSL_CERT_FILE", str(endpoints.ca_file))
        async with HttpClient() as http:
            run = _context(endpoints, http)
            said = [result async for result in climb(run)]
    assert [(result.check, result.status) for result in said] == [(check, CheckStatus.PASSED) for check in LADDER]
    assert {f"https://{exchange.host}" for exchange in http.trace.exchanges} == {endpoints.authority, endpoints.graph}
    asked = [result for result in said if result.check is not CheckId.INPUT]
    assert {result.evidence.certificate_issuer for result in asked} == {"Practice tenant of entra-tui"}
    statuses = {result.check: result.evidence.http_status for result in asked}
    assert (statuses[CheckId.NETWORK], statuses[CheckId.TENANT], statuses[CheckId.READ]) == (401, 200, 200)
    secret = endpoints.client_secret.reveal()
    assert run.token is not None
    kept = repr(said) + repr(http.trace.exchanges)
    assert secret not in kept
    assert run.token.text.reveal().split(".")[1] not in kept


async def test_a_wrong_secret_fails_at_once_after_a_good_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with _served("healthy", tmp_path) as endpoints:
        monkeypatch.setenv("SSL_CERT_FILE", str(endpoints.ca_file))
        async with HttpClient() as http:
            assert [result async for result in climb(_context(endpoints, http))][-1].status is CheckStatus.PASSED
            wrong = Secret("wRn8Q~this.is.not.the.secret.of.this.app")
            said = [result async for result in climb(_context(endpoints, http, secret=wrong))]
    failed = next(result for result in said if result.status is CheckStatus.FAILED)
    assert failed.check is CheckId.SIGN_IN
    assert failed.finding is not None
    assert failed.finding.code == "AADSTS7000215"


async def test_without_its_authority_the_certificate_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    async with _served("healthy", tmp_path) as endpoints, HttpClient() as http:
        said = [result async for result in climb(_context(endpoints, http))]
    failed = next(result for result in said if result.status is CheckStatus.FAILED)
    assert failed.check is CheckId.NETWORK
    assert failed.finding is not None
    assert failed.finding.code == "certificate-not-trusted"
    assert "issued by 'Practice tenant of entra-tui'" in failed.finding.cause
    assert failed.evidence.certificate_issuer == "Practice tenant of entra-tui"
