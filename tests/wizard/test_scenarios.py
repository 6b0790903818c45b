"""Every scenario that ends well, walked with keys and pastes at 80x24, ends as its file says.

Those that end in a finding are in `tests/test_failing_scenarios.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from entra_tui.checks.ladder import LADDER
from entra_tui.onboarding import Step
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

_PUT_RIGHT: Final = {
    "gcc": 1_000,  # step 1 finds the cloud by itself
    "wrong-cloud": 1_000,
    "no-consent": 1_000,  # step 5 waits for it
    "new-secret-spreading": 1_000,  # step 3 tries again
}
"""Scenarios that break the ladder but not the wizard, and the entries at their end."""

_FEWER: Final = {"large-tenant": 2_000}


def _shipped() -> list[Scenario]:
    return [scenario for scenario in list_scenarios() if scenario.expected.healthy or scenario.name in _PUT_RIGHT]


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
        await walk.on()
        assert SIMULATED in walk.lines[0]
        await _arrives(walk, expected)
        assert walk.inputs.secret.reveal() not in walk.text


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
