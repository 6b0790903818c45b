"""Each scenario that breaks the ladder: the rung, the code and the first remedy are the same through every door.

The doors are the wizard and Troubleshoot, used with keys and pastes at 80x24, and `entra-tui check --json`.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from entra_tui.__main__ import main
from entra_tui.checks.context import CheckContext, Inputs
from entra_tui.checks.ladder import LADDER, climb
from entra_tui.graph.client import HttpClient
from entra_tui.model.environment import BUILT_IN
from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.onboarding import Standing, Step
from entra_tui.services import open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import list_scenarios
from entra_tui.simulator.transport import PracticeTransport
from entra_tui.widgets.rung_list import RungList
from tests.commands.program import bare_environment
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.simulator.specification import Scenario

_ENVIRONMENTS: Final = {environment.name: environment for environment in BUILT_IN}
_FAILING: Final = [each for each in list_scenarios() if not each.expected.healthy]

_STEPS: Final = {
    CheckId.INPUT: Step.SECRET,
    CheckId.NETWORK: Step.TENANT,
    CheckId.TENANT: Step.TENANT,
    CheckId.ENVIRONMENT: Step.TENANT,
    CheckId.SIGN_IN: Step.SECRET,
    CheckId.PERMISSIONS: Step.CONNECTOR,
    CheckId.READ: Step.CONNECTOR,
}
"""The wizard's step that shows a broken rung. What consent lacks is waited for at step 5; who goes on without it hears
of it from the ladder of step 6."""

_OTHER_STEPS: Final = {
    "graph-blocked": Step.CONNECTOR,  # nothing before the ladder speaks with Graph
    "unknown-application": Step.REGISTRATION,  # asked before there is a secret
    "wrong-tenant": Step.REGISTRATION,
}


@dataclass(frozen=True)
class Told:
    """What a door says is wrong."""

    check: str
    code: str
    first_remedy: str


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's around the program."""
    bare = bare_environment(tmp_path / "commands") | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    for name in set(os.environ) - set(bare):
        monkeypatch.delenv(name)
    for name, value in bare.items():
        monkeypatch.setenv(name, value)


async def _expected(scenario: Scenario) -> Told:
    """What the file promises, and of its remedies the first, as the ladder by itself gives it."""
    clock, typed, promised = ManualClock(), scenario.inputs, scenario.expected
    transport = PracticeTransport(PracticeCloud(scenario, users=20, clock=clock))
    entered = Inputs(typed.tenant, typed.client_id, typed.secret, _ENVIRONMENTS[typed.environment])
    async with HttpClient(transport=transport, clock=clock) as http:
        said = [result async for result in climb(CheckContext(entered, http, BUILT_IN))]
    (finding,) = (result.finding for result in said if result.status is CheckStatus.FAILED)
    assert finding is not None
    assert promised.check is not None
    assert promised.code is not None
    assert promised.remedy_words
    remedy = " ".join(finding.remedy).lower()
    assert not [word for word in promised.remedy_words if word.lower() not in remedy]
    return Told(promised.check.value, promised.code, finding.remedy[0])


@pytest.mark.parametrize("scenario", _FAILING, ids=lambda scenario: scenario.name)
def test_check_json(scenario: Scenario, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = scenario.inputs
    cloud = PracticeCloud(scenario, users=20, clock=ManualClock())
    monkeypatch.setattr("entra_tui.commands.session.open_services", lambda folders: open_practice(folders, cloud))
    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", inputs.secret.reveal())
    values = ("--tenant-id", inputs.tenant, "--client-id", inputs.client_id, "--environment", inputs.environment)
    assert main(["check", *values, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["healthy"] is False
    assert [check["id"] for check in said["checks"]] == [check.value for check in LADDER]
    (broken,) = (check for check in said["checks"] if check["status"] == "failed")
    finding = broken["finding"]
    assert Told(broken["id"], finding["code"], finding["remedy"][0]) == asyncio.run(_expected(scenario))


@pytest.mark.parametrize("scenario", _FAILING, ids=lambda scenario: scenario.name)
async def test_troubleshoot(scenario: Scenario, tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home", scenario.name, users=20)
    async with walk.started():
        await walk.choose("Troubleshoot")
        await walk.until(lambda: walk.focused_id == "tenant", "the fields")
        await walk.paste(scenario.inputs.tenant)
        await walk.tab_to("client")
        await walk.paste(scenario.inputs.client_id)
        await walk.tab_to("secret")
        await walk.paste(scenario.inputs.secret.reveal())
        await walk.choose_environment(scenario.inputs.environment)
        await walk.tab_to("menu")
        await walk.press("enter")
        await walk.until(lambda: walk.app.screen.has_class("-ended") and walk.is_told(), "an end of the checks")
        finding = walk.finding
        assert finding is not None
        chosen = walk.app.screen.query_one(RungList).chosen
        assert Told(chosen.value, finding.code, finding.remedy[0]) == await _expected(scenario)
        assert not await walk.reads(finding.code, finding.title, finding.remedy[0])
        assert scenario.inputs.secret.reveal() not in walk.text


@pytest.mark.parametrize(
    "scenario", [each for each in _FAILING if not each.story.put_right], ids=lambda scenario: scenario.name
)
async def test_wizard(scenario: Scenario, tmp_path: Path) -> None:
    expected = await _expected(scenario)
    check = CheckId(expected.check)
    walk = Walk(tmp_path / "home", scenario.name, users=40)
    async with walk.started():
        await walk.open_wizard()
        await walk.on()
        assert walk.step is _OTHER_STEPS.get(scenario.name, _STEPS[check]), walk.text
        assert scenario.inputs.secret.reveal() not in walk.text
        if check is CheckId.INPUT:
            # A field refuses by itself, in one sentence and before any request.
            assert not await walk.reads(*scenario.expected.remedy_words)
            assert walk.wizard.onboarding.draft.standing(walk.step) is Standing.OPEN
            return
        finding = walk.finding
        assert finding is not None, walk.text
        assert not await walk.reads(finding.code, finding.title, finding.remedy[0])
        if scenario.story.code is None:
            assert Told(expected.check, finding.code, finding.remedy[0]) == expected
        else:
            # A step sees less than the ladder, and names what it sees.
            assert finding.code == scenario.story.code
            remedy = " ".join(finding.remedy).lower()
            assert not [word for word in scenario.expected.remedy_words if word.lower() not in remedy]


def test_each_trouble_of_the_guide_is_among_them() -> None:
    assert {"secret-id", "missing-permission", "no-consent", "wrong-tenant"} <= {each.name for each in _FAILING}
