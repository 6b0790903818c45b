"""Every scenario that comes with the package, walked with keys and pastes at 80x24, ends as its file says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from entra_tui.checks.ladder import LADDER
from entra_tui.model.finding import CheckId
from entra_tui.onboarding import Standing, Step
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.simulator.scenario import Expected, list_scenarios
from entra_tui.simulator.specification import SyncOutcome
from entra_tui.sync.running import SyncOutcome as Ended
from entra_tui.widgets.entry_table import EntryTable
from entra_tui.widgets.title_bar import SIMULATED
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.simulator.specification import Scenario

_WHERE: Final = {
    CheckId.INPUT: Step.SECRET,
    CheckId.NETWORK: Step.TENANT,
    CheckId.TENANT: Step.TENANT,
    CheckId.ENVIRONMENT: Step.TENANT,
    CheckId.SIGN_IN: Step.SECRET,
    CheckId.PERMISSIONS: Step.CONNECTOR,
    CheckId.READ: Step.CONNECTOR,
}
"""The step that shows a broken rung. What consent lacks is waited for at step 5; who goes on without it hears of it
from the ladder of step 6."""

_ELSEWHERE: Final = {
    "graph-blocked": Step.CONNECTOR,  # nothing before the ladder speaks with Graph
    "unknown-application": Step.REGISTRATION,  # asked before there is a secret
    "wrong-tenant": Step.REGISTRATION,
}
_PUT_RIGHT: Final = {
    "gcc": 1_000,  # step 1 finds the cloud by itself
    "wrong-cloud": 1_000,
    "no-consent": 1_000,  # step 5 waits for it
    "new-secret-spreading": 1_000,  # step 3 tries again
}
"""Scenarios that break the ladder but not the wizard, and the entries at their end."""

_SAID_OTHERWISE: Final = {
    "swapped-ids": "AADSTS90002",  # step 1 sees one of the two IDs only, and that it is no tenant
}
_FEWER: Final = {"large-tenant": 2_000}


def _shipped() -> list[Scenario]:
    return list(list_scenarios())


@pytest.mark.parametrize("scenario", _shipped(), ids=lambda scenario: scenario.name)
async def test_a_scenario_is_walked_to_its_end(scenario: Scenario, tmp_path: Path) -> None:
    expected = scenario.expected
    if scenario.name in _PUT_RIGHT:
        expected = Expected(healthy=True, sync_outcome=SyncOutcome.COMPLETED, entries=_PUT_RIGHT[scenario.name])
    fewer = _FEWER.get(scenario.name)
    if fewer:
        expected = replace(expected, entries=fewer)
    walk = Walk(tmp_path / "home", scenario.name, users=fewer)
    async with walk.started():
        await walk.open_wizard()
        await _walk_on(walk)
        assert SIMULATED in walk.lines[0]
        if expected.healthy:
            await _arrives(walk, expected)
        else:
            await _is_told(walk, scenario)
        assert walk.inputs.secret.reveal() not in walk.text


async def _walk_on(walk: Walk) -> None:
    """Through all steps, for as long as nothing is wrong."""
    await walk.tenant()
    if not walk.holds():
        return
    await walk.go_on()
    await walk.client()
    if walk.is_told():
        return
    await (walk.go_on() if walk.holds() else walk.skip())
    await walk.secret()
    if not walk.holds():
        return
    await walk.go_on()
    await walk.rest()
    if walk.is_told():
        return
    await (walk.go_on() if walk.holds() else walk.skip())
    await walk.consent()
    if walk.is_told():
        return
    await (walk.go_on() if walk.holds() else walk.skip())
    await walk.save()
    if walk.holds():
        await walk.go_on()


async def _is_told(walk: Walk, scenario: Scenario) -> None:
    expected = scenario.expected
    assert expected.check is not None
    assert walk.step is _ELSEWHERE.get(scenario.name, _WHERE[expected.check]), walk.text
    if expected.check is CheckId.INPUT:
        # A field refuses by itself, in one sentence and before any request.
        assert not await walk.reads(*expected.remedy_words)
        assert walk.wizard.onboarding.draft.standing(walk.step) is Standing.OPEN
        return
    finding = walk.finding
    assert finding is not None, walk.text
    assert finding.code == _SAID_OTHERWISE.get(scenario.name, expected.code)
    assert not await walk.reads(finding.code, finding.title, finding.remedy[0])
    remedy = " ".join(finding.remedy).lower()
    for word in expected.remedy_words:
        assert word.lower() in remedy


async def _arrives(walk: Walk, expected: Expected) -> None:
    assert walk.step is Step.SYNCHRONIZE, walk.text
    if expected.check in LADDER:
        assert expected.code is not None
    outcome = await walk.synchronize()
    if expected.sync_outcome is SyncOutcome.FAILED:
        assert outcome is Ended.FAILED
        finding = walk.finding
        assert finding is not None
        assert finding.code == expected.code
        assert not await walk.reads(finding.code, finding.remedy[0])
        return
    assert outcome is Ended.FINISHED
    await walk.until(lambda: walk.focused_id == "primary", "the way to the list")
    await walk.press("enter")
    await walk.until(lambda: isinstance(walk.app.screen, LookupListScreen), "the list")
    await walk.until_seen(f"{expected.entries:,} entries")
    await walk.until(lambda: walk.app.screen.query_one(EntryTable).virtual_size.height >= (expected.entries or 0))
