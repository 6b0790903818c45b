"""Every scenario that comes with the package breaks the rung, and gets the advice, that its file promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.checks.context import CheckContext, Inputs
from entra_tui.checks.ladder import LADDER, climb
from entra_tui.graph.client import HttpClient
from entra_tui.model.environment import BUILT_IN
from entra_tui.model.finding import CheckStatus, is_healthy
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import list_scenarios
from entra_tui.simulator.transport import PracticeTransport

if TYPE_CHECKING:
    from entra_tui.simulator.specification import Scenario

_ENVIRONMENTS = {environment.name: environment for environment in BUILT_IN}


@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)
async def test_a_scenario_ends_as_its_file_says(scenario: Scenario) -> None:
    clock = ManualClock()
    typed, expected = scenario.inputs, scenario.expected
    entered = Inputs(typed.tenant, typed.client_id, typed.secret, _ENVIRONMENTS[typed.environment])
    async with HttpClient(
        transport=PracticeTransport(PracticeCloud(scenario, users=20, clock=clock)), clock=clock
    ) as http:
        said = [result async for result in climb(CheckContext(entered, http, BUILT_IN))]
        while expected.healthy and not is_healthy(said):
            # What has not spread yet is said to be so, and passes when it is checked again.
            assert all(result.finding.may_pass for result in said if result.finding)
            assert clock.monotonic() < 90
            await clock.sleep(20)
            said = [result async for result in climb(CheckContext(entered, http, BUILT_IN))]
    assert is_healthy(said) == expected.healthy
    wrong = next((result for result in said if result.finding is not None), None)
    if expected.check is None:
        assert [result.status for result in said] == [CheckStatus.PASSED] * len(LADDER)
        assert http.trace.count <= 8 or scenario.faults
        return
    assert wrong is not None
    assert wrong.finding is not None
    assert (wrong.check, wrong.finding.code) == (expected.check, expected.code)
    assert wrong.status is (CheckStatus.WARNING if expected.healthy else CheckStatus.FAILED)
    assert [result.check for result in said] == list(LADDER)
    remedy = " ".join(wrong.finding.remedy).lower()
    assert expected.remedy_words
    for word in expected.remedy_words:
        assert word.lower() in remedy
    assert typed.secret.reveal() not in repr(said) + repr(http.trace.exchanges)


def test_every_named_trouble_of_the_guide_is_practised() -> None:
    names = {scenario.name for scenario in list_scenarios()}
    assert {"secret-id", "missing-permission", "no-consent", "wrong-tenant", "healthy"} <= names
