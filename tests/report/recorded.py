"""Runs of the ladder on the practice tenant, and the reports of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entra_tui.checks.context import CheckContext, Inputs
from entra_tui.checks.ladder_run import LadderRun
from entra_tui.graph.client import HttpClient
from entra_tui.model.environment import BUILT_IN
from entra_tui.report.making import report_of
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.transport import PracticeTransport

if TYPE_CHECKING:
    from entra_tui.model.finding import CheckResult
    from entra_tui.report.report import Report
    from entra_tui.simulator.specification import Scenario

ENVIRONMENTS = {environment.name: environment for environment in BUILT_IN}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One run: what the checks said, the report, and what must not be in it."""

    results: list[CheckResult]
    report: Report
    cloud: PracticeCloud
    token: str


async def record(scenario: Scenario | str, *, anonymous: bool = False) -> Recorded:
    """Climb the ladder in a scenario, with what a person would type, and make the report."""
    chosen = find_scenario(scenario) if isinstance(scenario, str) else scenario
    clock = ManualClock()
    cloud = PracticeCloud(chosen, users=30, clock=clock)
    typed = chosen.inputs
    entered = Inputs(typed.tenant, typed.client_id, typed.secret, ENVIRONMENTS[typed.environment])
    async with HttpClient(transport=PracticeTransport(cloud), clock=clock) as http:
        http.redactor.learn(typed.secret)
        context = CheckContext(entered, http, BUILT_IN)
        run = LadderRun(context)
        results = list(await run.climb())
        report = await report_of(run, anonymous=anonymous)
    return Recorded(results, report, cloud, context.issued.text.reveal() if context.issued else "")
