"""Troubleshoot, as a person uses it: choose or type what to check, read the rungs, open one, run again from one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, OptionList, Select

from entra_tui.checks.context import Inputs
from entra_tui.checks.ladder import LADDER
from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.model.permission import Feature
from entra_tui.screens.ask_secret import AskSecret
from entra_tui.screens.ladder import LadderScreen
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.requests import RequestsScreen
from entra_tui.screens.rung import RungScreen
from entra_tui.screens.troubles import TROUBLES, verdict
from entra_tui.screens.troubleshoot import TroubleshootScreen
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.widgets.check_list import LABELS
from entra_tui.widgets.credential_fields import CredentialFields
from entra_tui.widgets.exchange_list import ExchangeList
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.rung_list import RungList
from tests.screens.stage import seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from entra_tui.model.finding import Finding
    from tests.screens.stage import Stage


async def open_screen(pilot: Pilot[int], stage: Stage) -> TroubleshootScreen:
    screen = TroubleshootScreen(stage.services)
    await stage.app.push_screen(screen)
    await settle(pilot)
    return screen


async def checks_end(pilot: Pilot[int], stage: Stage) -> LadderScreen:
    await until(pilot, lambda: stage.app.screen.has_class("-ended"))
    await settle(pilot)
    screen = stage.app.screen
    assert isinstance(screen, LadderScreen)
    return screen


def words(stage: Stage) -> str:
    return " ".join(seen(stage.app).split())


def finding_of(stage: Stage) -> Finding | None:
    panels = stage.app.screen.query(FindingPanel)
    return panels.first().finding if panels else None


async def type_into(pilot: Pilot[int], stage: Stage, field: str, text: str) -> None:
    stage.app.screen.query_one(f"#{field}", Input).value = text
    await pilot.pause()


# ---------------------------------------------------------------- what to check


async def test_without_a_connector_values_can_be_typed_or_one_be_set_up(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        assert "No connector is saved on this machine yet" in seen(stage.app)
        assert getattr(stage.app.focused, "id", "") == "tenant"
        await pilot.press("shift+tab", "shift+tab", "enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, WizardScreen)


async def test_typed_values_are_checked_as_they_stand_and_nothing_typed_is_lost(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage("domain-name")
    typed = stage.cloud.inputs
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        await type_into(pilot, stage, "tenant", typed.tenant)
        await type_into(pilot, stage, "client", typed.client_id)
        await type_into(pilot, stage, "secret", "3f2504e0-4f89-41d3-9a0c-0305e82c3301")
        assert "3f2504e0" not in seen(stage.app)
        stage.app.screen.query_one("#tenant").focus()
        await pilot.press("enter")
        await checks_end(pilot, stage)
        finding = finding_of(stage)
        assert finding is not None
        assert finding.code == "secret-id-pasted"
        await pilot.press("escape")
        assert stage.app.screen.query_one("#client", Input).value == typed.client_id
        await type_into(pilot, stage, "secret", typed.secret.reveal())
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert "Every check passed: the connector works." in seen(stage.app)
        assert typed.secret.reveal() not in seen(stage.app)
        await pilot.press("escape", "escape")
        screen = await open_screen(pilot, stage)
        fields = screen.query_one(CredentialFields)
        assert (fields.tenant_id, fields.client_id) == (typed.tenant, typed.client_id)
        assert fields.secret_text == typed.secret.reveal()
    config = stage.services.folders.config / "config.toml"
    assert not config.exists() or typed.client_id not in config.read_text("utf-8")


async def test_a_saved_connector_and_typed_values_stand_side_by_side(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    await stage.services.save_connector(replace(stage.connector, name="Fabrikam"), None)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_screen(pilot, stage)
        choice, fields = screen.query_one("#connector", Select), screen.query_one(CredentialFields)
        assert not fields.display
        assert "Fill in" not in seen(stage.app)
        choice.value = -1
        await settle(pilot)
        assert fields.display
        await pilot.press("f5")
        await settle(pilot)
        assert fields.tenant_id == stage.cloud.inputs.tenant
        choice.value = 1
        await settle(pilot)
        assert not fields.display
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert "Troubleshoot > Fabrikam" in seen(stage.app)
        await pilot.press("escape")
        choice.value = -1
        await settle(pilot)
        assert fields.tenant_id == stage.cloud.inputs.tenant


async def test_what_a_recorded_run_was_to_read_stays_with_its_typed_values(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    inputs = stage.cloud.inputs
    environment = stage.services.settings.environment(inputs.environment)
    stage.services.typed_inputs = Inputs(
        inputs.tenant, inputs.client_id, inputs.secret, environment, frozenset(Feature), least_privilege=True
    )
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_screen(pilot, stage)
        assert "No connector is saved" not in seen(stage.app)
        screen.check()
        await checks_end(pilot, stage)
        assert stage.services.typed_inputs.features == frozenset(Feature)
        assert "groups, directory roles of" in words(stage)


async def test_an_unknown_secret_is_asked_for_and_without_it_nothing_runs(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save(with_secret=False)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        await pilot.press("escape")
        await until(pilot, lambda: "Without the client secret nothing can be checked." in seen(stage.app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        stage.app.screen.query_one(Input).value = stage.secret.reveal()
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert "Every check passed" in seen(stage.app)


async def test_damaged_settings_are_told_in_a_sentence(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    (stage.services.folders.config / "config.toml").write_text("version = [", "utf-8")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        assert "config.toml" in "".join(seen(stage.app).split())
        await pilot.press("f5", "enter")
        assert isinstance(stage.app.screen, TroubleshootScreen)


# ---------------------------------------------------------------- the run


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
        finding = finding_of(stage)
        assert finding is not None
        assert code in finding.code
        assert finding.remedy[0][:24] in words(stage)
        await pilot.press("f3")
        assert isinstance(stage.app.screen, PlainPage)
        assert finding.code in seen(stage.app)


async def test_a_healthy_connector_passes_every_check_and_all_of_them_run_again(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        await pilot.press("enter")
        await checks_end(pilot, stage)
        assert seen(stage.app).count("✓") == len(LADDER)
        before = stage.services.http.trace.count
        assert before <= 8
        await pilot.press("r")
        await checks_end(pilot, stage)
        assert stage.services.http.trace.count == 2 * before
        await pilot.press("tab", "enter")
        await checks_end(pilot, stage)
        assert stage.services.http.trace.count == 3 * before


async def test_a_run_is_taken_up_again_from_the_rung_under_the_cursor(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("no-consent")
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        await pilot.press("enter")
        ladder = await checks_end(pilot, stage)
        assert ladder.query_one(RungList).chosen is CheckId.PERMISSIONS
        assert "Run again from Sign-in" in seen(stage.app)
        first = stage.services.http.trace.count
        stage.cloud.grant_consent(stage.connector.client_id)
        await pilot.press("r")
        await checks_end(pilot, stage)
        assert "Every check passed" in seen(stage.app)
        made = stage.services.http.trace.exchanges[first:]
        assert "POST" in [exchange.method for exchange in made]
        assert not [exchange for exchange in made if exchange.path.endswith("organization?$select=id")]
        await pilot.press("end", "r")
        await checks_end(pilot, stage)
        assert stage.services.http.trace.count == first + len(made) + 1
        await pilot.press("home")
        await settle(pilot)
        assert not ladder.query_one("#again", Button).display


async def test_a_rung_is_opened_with_its_evidence_and_its_own_requests(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("wrong-secret")
    stage.services.remember_secret(stage.connector, stage.secret)
    await stage.save(with_secret=False)
    async with stage.app.run_test(size=(80, 40)) as pilot:
        await open_screen(pilot, stage)
        await pilot.press("f2", "escape", "enter")
        await checks_end(pilot, stage)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, RungScreen)
        assert "Check Sign-in: failed" in seen(stage.app)
        assert "Status 401" in words(stage)
        assert "Requests 2, F2 shows them" in words(stage)
        await pilot.press("f2")
        await settle(pilot)
        assert isinstance(stage.app.screen, RequestsScreen)
        assert "The requests behind the check Sign-in." in seen(stage.app)
        menu = stage.app.screen.query_one(ExchangeList)
        assert [menu.exchange(option.id) for option in menu.options] == list(stage.services.http.trace.exchanges[2:])
        await pilot.press("a")
        await settle(pilot)
        assert menu.option_count == stage.services.http.trace.count
        await pilot.press("a")
        await settle(pilot)
        assert menu.option_count == 2
        await pilot.press("escape", "tab", "enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, RequestsScreen)
        await pilot.press("escape", "escape", "home", "f2")
        await settle(pilot)
        assert "No request is behind the check Input. A shows all requests." in seen(stage.app)
        await pilot.press("escape", "down", "down", "f3")
        assert isinstance(stage.app.screen, PlainPage)
        assert LABELS[CheckId.CLOCK] in seen(stage.app)


async def test_the_finding_scrolls_while_the_cursor_stays(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("missing-permission")
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await open_screen(pilot, stage)
        await pilot.press("enter")
        ladder = await checks_end(pilot, stage)
        assert ladder.query_one("#detail").scroll_y == 0
        await pilot.press("pagedown")
        await settle(pilot)
        assert ladder.query_one("#detail").scroll_y > 0
        assert ladder.query_one(RungList).chosen is CheckId.PERMISSIONS
        await pilot.press("pageup")
        await settle(pilot)
        assert ladder.query_one("#detail").scroll_y == 0


async def test_a_wait_is_counted_down_on_the_line_of_its_check(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        rungs = RungList(LADDER)
        await stage.app.screen.mount(rungs)
        rungs.begin([CheckId.READ, CheckId.SECRET_EXPIRY])
        rungs.wait_for(Wait(WaitReason.THROTTLED, 60, 1, 429, asked=True))
        await settle(pilot)
        line = str(rungs.get_option(CheckId.READ.value).prompt)
        assert "Microsoft asked to wait: " in line
        rungs.show(CheckResult(CheckId.READ, CheckStatus.PASSED, "Read users of Contoso."))
        assert "Read users of Contoso." in str(rungs.get_option(CheckId.READ.value).prompt)
        assert "checking" in str(rungs.get_option(CheckId.SECRET_EXPIRY.value).prompt)


def test_a_check_that_was_not_reached_and_one_that_could_not_tell_are_said_so() -> None:
    trouble = TROUBLES[1]
    could_not_tell = [CheckResult(CheckId.PERMISSIONS, CheckStatus.SKIPPED, "not readable")]
    assert verdict(trouble, could_not_tell) == "The check Permissions could not tell."
    passed = [CheckResult(CheckId.PERMISSIONS, CheckStatus.PASSED, "")]
    assert verdict(trouble, passed).startswith("The check Permissions passes:")
    elsewhere = [*passed, CheckResult(CheckId.READ, CheckStatus.FAILED, "")]
    assert verdict(trouble, elsewhere).endswith(" Yet Read fails.")
