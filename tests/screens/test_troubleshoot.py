from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, OptionList, Select

from entra_tui.checks.ladder import LADDER
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.screens.ask_secret import AskSecret
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.troubles import TROUBLES, verdict
from entra_tui.screens.troubleshoot import TroubleshootScreen
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.widgets.finding_panel import FindingPanel
from tests.screens.stage import seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.screens.stage import Stage


async def open_screen(pilot: Pilot[int], stage: Stage) -> TroubleshootScreen:
    screen = TroubleshootScreen(stage.services)
    await stage.app.push_screen(screen)
    await settle(pilot)
    return screen


async def checks_end(pilot: Pilot[int], stage: Stage) -> None:
    await until(pilot, lambda: all(worker.is_finished for worker in stage.app.workers))
    await settle(pilot)


def words(stage: Stage) -> str:
    return " ".join(seen(stage.app).split())


async def test_without_a_connector_it_offers_to_set_one_up(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        assert "No connector is saved on this machine yet" in seen(stage.app)
        await pilot.press("r", "f3", "enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, WizardScreen)


async def test_a_healthy_connector_passes_every_check(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert seen(stage.app).count("✓") == len(LADDER)
        assert "Every check passed: the connector works." in seen(stage.app)
        before = stage.services.http.trace.count
        await pilot.press("r")
        await checks_end(pilot, stage)
        assert stage.services.http.trace.count == 2 * before


@pytest.mark.parametrize(
    ("scenario", "place", "says", "code"),
    [
        ("wrong-secret", 1, "The check Sign-in fails", "AADSTS7000215"),
        ("missing-permission", 2, "The check Permissions fails", "permission-missing"),
        ("wrong-tenant", 1, "The check", ""),
        ("secret-id", 1, "The check Input fails before Sign-in is reached: mend that first.", "secret-id-pasted"),
    ],
)
async def test_the_guides_troubles_lead_to_their_check(
    open_stage: Callable[..., Stage], scenario: str, place: int, says: str, code: str
) -> None:
    stage = open_stage(scenario)
    stage.services.remember_secret(stage.connector, stage.secret)
    await stage.save(with_secret=False)
    async with stage.app.run_test(size=(80, 60)) as pilot:
        screen = await open_screen(pilot, stage)
        screen.query_one("#menu", OptionList).highlighted = place
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert TROUBLES[place - 1].title in words(stage)
        assert TROUBLES[place - 1].advice in words(stage)
        assert says in words(stage)
        finding = screen.query_one(FindingPanel).finding
        assert finding is not None
        assert code in finding.code
        assert finding.remedy[0][:24] in words(stage)
        await pilot.press("f3")
        assert isinstance(stage.app.screen, PlainPage)
        assert finding.code in seen(stage.app)


async def test_an_unknown_secret_is_asked_for_and_without_it_nothing_runs(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save(with_secret=False)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        await pilot.press("escape")
        await until(pilot, lambda: "Without the client secret nothing can be checked." in seen(stage.app))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        stage.app.screen.query_one(Input).value = stage.secret.reveal()
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert "Every check passed" in seen(stage.app)


async def test_another_connector_begins_with_a_clean_page(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("wrong-secret")
    stage.services.remember_secret(stage.connector, stage.secret)
    await stage.save(with_secret=False)
    await stage.services.save_connector(replace(stage.connector, name="Fabrikam"), None)
    async with stage.app.run_test(size=(80, 60)) as pilot:
        screen = await open_screen(pilot, stage)
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert "✗" in seen(stage.app)
        screen.query_one(Select).value = 1
        await settle(pilot)
        assert "✗" not in seen(stage.app)
        assert "Fabrikam" in seen(stage.app)


async def test_damaged_settings_are_told_in_a_sentence(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    (stage.services.folders.config / "config.toml").write_text("version = [", "utf-8")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        assert "config.toml" in seen(stage.app)
        await pilot.press("r")
        assert isinstance(stage.app.screen, TroubleshootScreen)


def test_a_check_that_was_not_reached_and_one_that_could_not_tell_are_said_so() -> None:
    trouble = TROUBLES[1]
    could_not_tell = [CheckResult(CheckId.PERMISSIONS, CheckStatus.SKIPPED, "not readable")]
    assert verdict(trouble, could_not_tell) == "The check Permissions could not tell."
    passed = [CheckResult(CheckId.PERMISSIONS, CheckStatus.PASSED, "")]
    assert verdict(trouble, passed).startswith("The check Permissions passes:")
