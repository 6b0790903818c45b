"""Every scenario that comes with the package, walked in plain lines, ends as its file says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from entra_tui.model.finding import CheckId
from entra_tui.simulator.scenario import list_scenarios
from entra_tui.simulator.specification import Expected, SyncOutcome
from tests.plain.person import Sitting, unwrapped

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.simulator.specification import Scenario

_PUT_RIGHT: Final = {
    "gcc": 1_000,  # step 1 finds the cloud by itself
    "wrong-cloud": 1_000,
    "no-consent": 1_000,  # step 5 waits for it
}
_SAID_OTHERWISE: Final = {
    "swapped-ids": "AADSTS90002",  # step 1 sees one of the two IDs only, and that it is no tenant
}
_FEWER: Final = {"large-tenant": 2_000}


@pytest.mark.parametrize("scenario", list(list_scenarios()), ids=lambda scenario: scenario.name)
def test_a_scenario_is_walked_to_its_end(scenario: Scenario, tmp_path: Path) -> None:
    expected = scenario.expected
    if scenario.name in _PUT_RIGHT:
        expected = Expected(healthy=True, sync_outcome=SyncOutcome.COMPLETED, entries=_PUT_RIGHT[scenario.name])
    fewer = _FEWER.get(scenario.name)
    if fewer:
        expected = replace(expected, entries=fewer)
    sitting = Sitting(tmp_path / "home", scenario.name, users=fewer)
    told = sitting.run(
        Enter_a_number=("Set up a connector", "Synchronize a connector"),
        Press_Enter_to_watch=("", "s"),
        Press_Enter_to_synchronize=("",),
        Save_it_all_the_same=("n",),
        Name=("",),
        Apply_it_anyway=("n",),
    )
    plain = unwrapped(told)
    if not expected.healthy:
        _is_told(scenario, plain)
    elif expected.sync_outcome is SyncOutcome.FAILED:
        assert f"Code: {expected.code} " in plain
        assert "Done:" not in plain
    else:
        assert f": {expected.entries:,} entries (" in plain
        assert "Done: the connector is set up, proven and synchronized." in plain
        if expected.later_sync_outcome is SyncOutcome.HELD_BACK:
            assert "held back, nothing was changed" in plain
    assert scenario.inputs.secret.reveal() not in told
    assert "\x1b" not in told
    assert "Traceback" not in told


def _is_told(scenario: Scenario, plain: str) -> None:
    expected = scenario.expected
    if expected.check is not CheckId.INPUT:
        assert f"Code: {_SAID_OTHERWISE.get(scenario.name, expected.code)} " in plain
    for word in expected.remedy_words:
        assert word.lower() in plain.lower()
    # A new secret that the first round of tries found unknown is known in the second.
    assert ("Done:" in plain) == (scenario.name == "new-secret-spreading")
