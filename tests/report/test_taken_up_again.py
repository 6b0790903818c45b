"""A report of a run that was taken up again tells what holds now, and only the requests that led there."""

from __future__ import annotations

from entra_tui.checks.context import CheckContext, Inputs
from entra_tui.checks.ladder_run import LadderRun
from entra_tui.graph.client import HttpClient
from entra_tui.model.environment import BUILT_IN, PUBLIC
from entra_tui.model.finding import CheckId, is_healthy
from entra_tui.report.document import read_report, write_report
from entra_tui.report.making import report_of
from entra_tui.report.replay import replay
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.transport import PracticeTransport


async def test_it_replays_to_the_results_of_the_second_climb() -> None:
    clock = ManualClock()
    cloud = PracticeCloud(find_scenario("no-consent"), users=20, clock=clock)
    typed = cloud.inputs
    async with HttpClient(transport=PracticeTransport(cloud), clock=clock) as http:
        run = LadderRun(CheckContext(Inputs(typed.tenant, typed.client_id, typed.secret, PUBLIC), http, BUILT_IN))
        assert not is_healthy(await run.climb())
        kept, refused = run.exchanges(CheckId.NETWORK), run.exchanges(CheckId.SIGN_IN)
        cloud.grant_consent(typed.client_id)
        assert is_healthy(await run.climb(start=CheckId.PERMISSIONS))
        assert run.exchanges(CheckId.NETWORK) == kept
        assert not set(run.all_exchanges) & set(refused)
        assert len(run.all_exchanges) == http.trace.count - len(refused)
        report = read_report(write_report(await report_of(run)))
    assert is_healthy(report.results)
    assert await replay(report) == list(report.results)
