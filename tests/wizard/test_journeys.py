"""Ways through the wizard besides the straight one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entra_tui.onboarding import Standing, Step
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.sync import SyncScreen
from entra_tui.screens.wizard.consent import ConsentStep
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.services import open_services
from entra_tui.storage.folders import Folders
from entra_tui.widgets.permission_matrix import PermissionMatrix
from entra_tui.widgets.title_bar import SIMULATED, TitleBar
from tests.wizard.walk import Walk, squeezed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import pytest

    from entra_tui.checks.consent_watch import Look
    from entra_tui.checks.new_secret import SignInTry
    from entra_tui.widgets.check_list import CheckList

TWO_CLOUDS = """
title = "One name in two clouds"
description = "The public cloud and the one in China each have a tenant of this name."

[tenant]
domain = "twice.example"

[[other_tenants]]
environment = "china"
id = "2f96d3b8-c514-47e0-b7a9-5e08c1d4f263"
name = "Twice"
domain = "twice.example"
initial_domain = "twice.partner.onmschina.cn"

[inputs]
tenant = "twice.example"
"""


async def test_consent_turns_green_one_by_one(walk: Callable[..., Walk], monkeypatch: pytest.MonkeyPatch) -> None:
    async with walk("no-consent").started() as person:
        await person.to(Step.PERMISSIONS)
        await person.rest()
        assert person.sees("3 of 3 not granted yet")
        assert person.focused_id == "skip"
        seen: list[int] = []
        show = ConsentStep._show

        async def noted(body: ConsentStep, look: Look, checks: CheckList) -> None:
            await show(body, look, checks)
            await asyncio.sleep(0)
            seen.append(str(body.query_one(PermissionMatrix).content).count("✓"))

        monkeypatch.setattr(ConsentStep, "_show", noted)
        await person.press("enter")
        await person.until(lambda: person.step is Step.CONSENT)
        await person.consent()
        assert seen == sorted(seen)
        assert seen[0] == 0
        assert seen[-1] == 3
        assert 1 in seen or 2 in seen
        assert person.holds()
        assert "Continue" in person.text


async def test_esc_leaves_the_watch(walk: Callable[..., Walk]) -> None:
    async with walk("delegated-by-mistake").started() as person:
        await person.to(Step.PERMISSIONS)
        await person.rest()
        await person.skip()
        await person.until(lambda: person.is_watching)
        await person.press("escape")
        await person.until(lambda: person.step is Step.PERMISSIONS)
        await person.rest()
        assert not [worker for worker in person.app.workers if worker.group == "check" and not worker.is_finished]


async def test_esc_stops_a_check_and_nothing_is_lost(
    walk: Callable[..., Walk], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> AsyncIterator[SignInTry]:
        await asyncio.Event().wait()
        yield None  # type: ignore[misc]

    monkeypatch.setattr("entra_tui.screens.wizard.secret.sign_in_with_secret", never)
    async with walk("wrong-secret").started() as person:
        await person.to(Step.SECRET)
        await person.paste(person.inputs.secret.reveal())
        await person.press("enter")
        await person.until_seen("Stop")
        await person.press("escape")
        await person.rest()
        assert person.step is Step.SECRET
        assert person.wizard.onboarding.draft.standing(Step.SECRET) is Standing.OPEN
        assert "stopped" in person.text
        assert "Sign in" in person.text


async def test_a_wrong_secret_is_waited_for_once(walk: Callable[..., Walk]) -> None:
    async with walk("wrong-secret").started() as person:

        def sign_ins() -> int:
            exchanges = person.services.http.trace.exchanges
            return sum(each.method == "POST" and each.path.endswith("/oauth2/v2.0/token") for each in exchanges)

        await person.to(Step.SECRET)
        before = sign_ins()
        await person.secret()
        patiently = sign_ins() - before
        assert person.finding is not None
        await person.press("enter")
        await person.rest()
        assert person.finding is not None
        assert (patiently, sign_ins() - before - patiently) == (5, 1)


async def test_going_back_keeps_everything(walk: Callable[..., Walk]) -> None:
    async with walk().started() as person:
        await person.to(Step.CONNECTOR)
        for step in (Step.CONSENT, Step.PERMISSIONS, Step.SECRET, Step.REGISTRATION, Step.TENANT):
            await person.press("escape")
            await person.until(lambda step=step: person.step is step)  # type: ignore[misc]
            assert person.holds()
            assert "Continue" in person.text
        assert person.inputs.tenant in person.text
        for step in list(Step)[1:6]:
            await person.go_on()
            assert person.step is step


async def test_coming_back_asks_for_the_secret_only(walk: Callable[..., Walk], tmp_path: Path) -> None:
    first = walk()
    async with first.started() as person:
        await person.to(Step.CONSENT)
        await person.rest()
    again = walk()
    async with again.started() as person:
        assert "Go on at step 5, Admin consent" in person.text
        await person.choose("Go on at step 5")
        await person.until(lambda: isinstance(person.app.screen, WizardScreen) and person.focused_id == "secret")
        assert person.sees("The secret was not kept. Enter it again to go on at step 5, Admin consent.")
        await person.secret()
        await person.tab_to("primary")
        await person.press("enter")
        await person.until(lambda: person.step is Step.CONSENT)
        await person.rest()
        assert person.holds()
        standings = person.wizard.onboarding.draft.standings
        assert set(standings) == set(list(Step)[:5])
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())  # noqa: ASYNC240
    assert again.inputs.secret.reveal().encode() not in written


async def test_leaving_at_the_first_step_comes_home(walk: Callable[..., Walk]) -> None:
    async with walk().started() as person:
        await person.open_wizard()
        await person.tenant()
        await person.press("escape")
        await person.until(lambda: isinstance(person.app.screen, HomeScreen))
        assert "Go on at step 1, Tenant" in person.text


async def test_a_name_in_two_clouds_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "two-clouds.toml"
    file.write_text(TWO_CLOUDS)
    async with Walk(tmp_path / "home", str(file)).started() as person:
        await person.open_wizard()
        await person.tenant()
        assert not person.holds()
        assert not await person.reads(
            "is a tenant in more than one cloud", "Choose the environment that is meant, then find the tenant again."
        )
        assert person.focused_id == "environment"
        await person.choose_environment("china")
        await person.tab_to("primary")
        await person.check()
        assert person.holds(), person.text
        assert person.wizard.onboarding.draft.environment == "china"
        assert person.wizard.onboarding.draft.tenant_id == "2f96d3b8-c514-47e0-b7a9-5e08c1d4f263"


async def test_gcc_is_said_to_belong_to_the_public_cloud(walk: Callable[..., Walk]) -> None:
    async with walk("gcc").started() as person:
        await person.open_wizard()
        await person.tenant()
        assert person.holds()
        assert not await person.reads("This is a GCC tenant. GCC belongs to the Azure Public Cloud")
        assert person.wizard.onboarding.draft.environment == "public"


async def test_the_cloud_is_found_by_itself(walk: Callable[..., Walk]) -> None:
    async with walk("wrong-cloud").started() as person:
        await person.open_wizard()
        await person.tenant()
        assert not await person.reads("Environment Type was set to Azure US Government")


async def test_a_domain_is_resolved(walk: Callable[..., Walk]) -> None:
    async with walk("domain-name").started() as person:
        await person.open_wizard()
        await person.tenant()
        assert person.holds()
        assert not await person.reads(f"Its tenant ID is {person.scenario.tenant.tenant_id}")


async def test_every_step_has_values_on_a_plain_page(walk: Callable[..., Walk]) -> None:
    async with walk().started() as person:
        await person.to(Step.CONNECTOR)
        for _ in range(5):
            values = person.wizard._body.values()
            assert values
            await person.press("f3")
            await person.until(lambda: isinstance(person.app.screen, PlainPage))
            everything = ""
            for _ in values:
                everything += squeezed(person.text)
                await person.press("enter")
                await person.press("tab")
            everything += squeezed(person.text)
            for value in values:
                assert squeezed(value.label) in everything
            assert all(ord(border) < 0x2500 or ord(border) > 0x257F for border in person.text)
            assert person.inputs.secret.reveal() not in person.text
            before = list(Step)
            await person.press("escape")
            await person.until(lambda: isinstance(person.app.screen, WizardScreen))
            if person.step is not before[0]:
                here = person.step
                await person.press("escape")
                await person.until(lambda here=here: person.step is not here)  # type: ignore[misc]
                await person.rest()


async def test_the_page_keys_scroll_step_6_from_its_button(walk: Callable[..., Walk]) -> None:
    async with walk("graph-blocked").started() as person:
        await person.open_wizard()
        await person.on()
        assert person.step is Step.CONNECTOR
        assert person.focused_id == "primary"
        remedy = "Have the firewall allow graph.microsoft.com, port 443."
        assert person.sees(remedy)
        await person.press(*["pageup"] * 3)
        assert not person.sees(remedy)
        await person.press(*["pagedown"] * 3)
        assert person.sees(remedy)


async def test_a_damaged_configuration_is_named_and_left_alone(tmp_path: Path) -> None:
    folders = Folders.locate(tmp_path / "home")
    folders.ensure()
    damaged = 'version = 1\n[[connectors]]\nname = "half\n'
    (folders.config / "config.toml").write_text(damaged)
    walk = Walk(tmp_path / "home")
    async with walk.started() as person:
        assert person.sees("config.toml")
        assert "line 3" in person.text
        assert "Set up a connector" not in person.text
        (folders.config / "config.toml").write_text("version = 1\n")
        await person.press("enter")
        await person.until_seen("Set up a connector")
        (folders.config / "config.toml").write_text(damaged)
    assert (folders.config / "config.toml").read_text() == damaged


async def test_the_mark_follows_the_environment(tmp_path: Path, walk: Callable[..., Walk]) -> None:
    from entra_tui.app import EntraApp  # noqa: PLC0415

    app = EntraApp(open_services(Folders.locate(tmp_path / "real")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not app.screen.query_one(TitleBar).simulated
        assert not app.screen.query_one("#simulated").display
    async with walk().started() as person:
        assert SIMULATED in person.lines[0]


async def _create(person: Walk, name: str) -> None:
    """From the home screen through Connectors > Create, with the form filled in."""
    await person.choose("Connectors")
    await person.until(lambda: person.focused_id in {"create", "connectors"})
    await person.press("c")
    await person.until_seen("Select the connector type")
    await person.press("enter")
    await person.until(lambda: person.focused_id == "name")
    given = person.inputs
    for field, value in (
        ("name", name),
        ("tenant", given.tenant),
        ("client", given.client_id),
        ("secret", given.secret.reveal()),
    ):
        await person.tab_to(field)
        await person.refill(value)


async def test_the_form_checks_and_saves(walk: Callable[..., Walk]) -> None:
    async with walk().started() as person:
        await _create(person, "Contoso")
        await person.press("enter")
        await person.until(lambda: isinstance(person.app.screen, SyncScreen), "the synchronization")
        assert [connector.name for connector in person.services.settings.read().connectors] == ["Contoso"]
        assert [one.name for one in person.services.lists.overview()] == ["Users - Contoso"]


async def test_a_name_that_is_taken_is_refused_and_nothing_typed_is_lost(walk: Callable[..., Walk]) -> None:
    async with walk().started() as person:
        await person.connect("Contoso")
        await _create(person, "contoso")
        await person.press("enter")
        await person.until_seen("There is a connector 'contoso' already; choose another name.")
        assert person.inputs.tenant in person.text
        assert person.inputs.client_id in person.text
        assert [connector.name for connector in person.services.settings.read().connectors] == ["Contoso"]


async def test_what_fails_is_saved_only_when_a_person_says_so(walk: Callable[..., Walk]) -> None:
    async with walk("read-denied").started() as person:
        await _create(person, "Contoso")
        await person.press("enter")
        await person.until(lambda: person.app.screen.query_one("#anyway").display, "the offer")
        assert person.finding is not None
        assert person.finding.code == "Authorization_RequestDenied"
        assert person.services.settings.read().connectors == ()
        await person.tab_to("anyway")
        assert person.sees("Save it all the same")
        await person.press("enter")
        await person.until(lambda: isinstance(person.app.screen, SyncScreen), "the synchronization")
        assert [connector.name for connector in person.services.settings.read().connectors] == ["Contoso"]


async def test_removing_a_connector_asks_first(walk: Callable[..., Walk]) -> None:
    async with walk().started() as person:
        await person.connect("Contoso")
        await person.choose("Connectors")
        await person.until(lambda: person.focused_id == "connectors")
        for keys in (("delete", "enter"), ("delete", "escape")):
            await person.press(keys[0])
            await person.until_seen("Remove 'Contoso' with its secret and its lookup lists?")
            await person.press(keys[1])
            await person.until(lambda: person.focused_id == "connectors")
            assert len(person.services.settings.read().connectors) == 1
        await person.press("delete")
        await person.until_seen("Remove 'Contoso'")
        await person.tab_to("remove")
        await person.press("enter")
        await person.until_seen("No connector is saved yet")
        assert person.services.settings.read().connectors == ()
        assert list(person.services.lists.overview()) == []
