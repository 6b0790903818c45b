"""Every shipped scenario ends in the commands as its file expects; only the wire and the clock are not real.

What `check` says where a scenario breaks the ladder is in `tests/test_failing_scenarios.py`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from entra_tui.__main__ import main
from entra_tui.checks.ladder import LADDER
from entra_tui.services import open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import Scenario, SyncOutcome, find_scenario, list_scenarios

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 20_000
SPREADING = "new-secret-spreading"
ENOUGH = 3
SCENARIOS = [each for each in list_scenarios() if each.users.count <= LARGEST and each.name != SPREADING]
CODES = {SyncOutcome.COMPLETED: 0, SyncOutcome.HELD_BACK: 1, SyncOutcome.FAILED: 1}
LAST_EVENTS = {SyncOutcome.COMPLETED: "finished", SyncOutcome.HELD_BACK: "failed", SyncOutcome.FAILED: "failed"}


@pytest.fixture
def enter(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Enter:
    return Enter(monkeypatch, capsys)


class Enter:
    """Puts the commands into a scenario, and runs them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.clock = ManualClock()

    def __call__(self, scenario: Scenario) -> None:
        self.clock = ManualClock()
        cloud = PracticeCloud(scenario, clock=self.clock)
        self._monkeypatch.setattr(
            "entra_tui.commands.session.open_services", lambda folders: open_practice(folders, cloud)
        )
        self._monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", scenario.inputs.secret.reveal())

    def run(self, *arguments: str) -> tuple[int, str]:
        code = main(arguments)
        return code, self._capsys.readouterr().out


def values(scenario: Scenario) -> tuple[str, ...]:
    inputs = scenario.inputs
    return ("--tenant-id", inputs.tenant, "--client-id", inputs.client_id, "--environment", inputs.environment)


@pytest.mark.parametrize(
    "scenario", [each for each in SCENARIOS if each.expected.healthy], ids=lambda scenario: str(scenario.name)
)
def test_check_finds_a_scenario_healthy_and_names_what_it_warns_of(scenario: Scenario, enter: Enter) -> None:
    enter(scenario)
    expected = scenario.expected
    code, out = enter.run("check", *values(scenario), "--json")
    report = json.loads(out)
    assert (code, report["healthy"]) == (0, True), out
    assert [check["id"] for check in report["checks"]] == [check.value for check in LADDER]
    warned: list[dict[str, Any]] = [check for check in report["checks"] if check["finding"]]
    # A code without a rung is what a synchronization runs into.
    assert [check["id"] for check in warned] == ([expected.check.value] if expected.check in LADDER else [])
    for check in warned:
        assert (check["status"], check["finding"]["code"]) == ("warning", expected.code)
        remedy = " ".join(check["finding"]["remedy"]).lower()
        assert all(word.lower() in remedy for word in expected.remedy_words)


@pytest.mark.parametrize(
    "scenario",
    [each for each in SCENARIOS if each.expected.sync_outcome is not SyncOutcome.NOT_RUN],
    ids=lambda scenario: str(scenario.name),
)
def test_sync_ends_as_the_scenario_expects(scenario: Scenario, enter: Enter) -> None:
    enter(scenario)
    expected = scenario.expected
    tenant = scenario.tenant.tenant_id
    assert main(["connector", "add", "Contoso", "--tenant-id", tenant, *values(scenario)[2:]]) == 0
    enter.run("list")
    for outcome in (expected.sync_outcome, expected.later_sync_outcome):
        if outcome is None:
            continue
        code, out = enter.run("sync", "Contoso", "--json")
        last = json.loads(out.splitlines()[-1])
        assert (code, last["event"]) == (CODES[outcome], LAST_EVENTS[outcome]), out
        if outcome is SyncOutcome.FAILED:
            assert last["finding"]["code"] == expected.code
        if outcome is expected.sync_outcome and expected.entries is not None:
            assert last["total"] == expected.entries
        enter.clock.advance(3600)


def test_a_secret_that_has_not_spread_yet_is_told_to_wait_for(enter: Enter) -> None:
    scenario = find_scenario(SPREADING)
    enter(scenario)
    code, out = enter.run("check", *values(scenario), "--json")
    assert code == 1
    assert "wait and check again" in out
    # As often as it needs, and not for as long as it fails: a check that is broken would never end.
    codes = [enter.run("check", *values(scenario), "--json")[0] for _ in range(ENOUGH)]
    assert codes[-1] == 0
    assert main(["connector", "add", "Contoso", *values(scenario)]) == 0
    assert enter.run("sync", "Contoso")[0] == 0


def test_the_scenarios_are_told_as_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in told] == [scenario.name for scenario in list_scenarios()]
    assert all(set(row) == {"name", "title", "description"} and all(row.values()) for row in told)
