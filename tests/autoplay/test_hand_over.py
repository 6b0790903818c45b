"""A person takes over at any moment, lets it play on, lets the administrator act, and starts over."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import OptionList

from entra_tui.autoplay.captions import CaptionBar
from entra_tui.demo import Autoplay, DemoApp, PracticeTenants
from entra_tui.onboarding import Step
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.scenario_picker import ScenarioPicker
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.simulator.administrator import act
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.sync.running import SyncOutcome
from entra_tui.widgets.key_hints import KeyHints
from tests.wizard.walk import PATIENCE, Walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def demo(folder: Path, name: str = "healthy", *, pick: bool = False, autoplay: Autoplay | None = None) -> DemoApp:
    scenario = find_scenario(name)
    tenants = PracticeTenants(folder, users=40, clock=ManualClock())
    return DemoApp(tenants.open(scenario), tenants, scenario, pick=pick, autoplay=autoplay)


async def until(app: DemoApp, holds: Callable[[], bool]) -> None:
    """Wait for a condition; what never comes ends with what is to be seen instead."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"it never came to that:\n{app.screen} {app.focused}\n{app.export_screenshot()}"
        await asyncio.sleep(0.005)


def step(app: DemoApp) -> Step | None:
    return app.screen.onboarding.draft.step if isinstance(app.screen, WizardScreen) else None


def is_picking(app: DemoApp) -> bool:
    """Whether the scenarios are there to be chosen from; a key that comes sooner may be for nobody."""
    return isinstance(app.screen, ScenarioPicker) and isinstance(app.focused, OptionList)


@pytest.mark.parametrize("key", ["space", "x", "enter"])
async def test_any_key_hands_over_and_f7_plays_on(tmp_path: Path, key: str) -> None:
    app = demo(tmp_path, autoplay=Autoplay(exits=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, lambda: step(app) is Step.SECRET)
        assert app.screen.query(CaptionBar)
        await pilot.press(key)
        await until(app, lambda: not app.screen.query(CaptionBar))
        await pilot.pause()
        assert step(app) is Step.SECRET
        assert app.screen.query_one(KeyHints).display
        await pilot.press("f1")
        await pilot.press("escape")
        await pilot.press("f7")
        await until(app, lambda: app.return_code is not None)
    assert app.return_code == 0


async def test_the_last_caption_goes_with_the_first_key(tmp_path: Path) -> None:
    app = demo(tmp_path, "wrong-secret", autoplay=Autoplay())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, lambda: "your turn" in "".join(str(bar.render()) for bar in app.screen.query(CaptionBar)))
        await until(app, lambda: step(app) is Step.SECRET and bool(app.screen.query(CaptionBar)))
        await until(app, lambda: app._player is not None and app._player.is_over)
        await pilot.press("x")
        await until(app, lambda: not app.screen.query(CaptionBar))
        assert app.screen.query_one(KeyHints).display
        assert step(app) is Step.SECRET


async def test_starting_over_is_a_fresh_tenant_in_a_fresh_folder(tmp_path: Path) -> None:
    app = demo(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, lambda: isinstance(app.screen, HomeScreen))
        first = app.services
        await pilot.press("enter")
        await until(app, lambda: step(app) is Step.TENANT)
        await pilot.press("f9")
        await until(app, lambda: isinstance(app.screen, HomeScreen))
        assert app.services is not first
        assert app.services.folders.data != first.folders.data
        assert app.services.practice is not first.practice
        assert len(app.screen_stack) == 2


async def test_the_picker_opens_another_scenario(tmp_path: Path) -> None:
    app = demo(tmp_path, pick=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, lambda: is_picking(app))
        await pilot.press("down", "enter")
        await until(app, lambda: isinstance(app.screen, HomeScreen) and isinstance(app.focused, OptionList))
        assert app.services.practice is not None
        assert app.services.practice.scenario.name == "no-consent"
        assert app.screen.query_one(OptionList).highlighted is not None


async def test_the_picker_lets_a_scenario_play(tmp_path: Path) -> None:
    app = demo(tmp_path, pick=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, lambda: is_picking(app))
        # The pilot waits until the screen has come to rest, and by then the story may be over.
        await pilot.press("down", "f7")
        await until(app, lambda: app._player is not None and app._player.is_over)
        assert app.services.practice is not None
        assert app.services.practice.scenario.name == "no-consent"
        assert app._player is not None
        assert app._player.ending.outcomes == [SyncOutcome.FINISHED]


async def test_a_key_that_is_pressed_twice_begins_once(tmp_path: Path) -> None:
    app = demo(tmp_path, pick=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, lambda: is_picking(app))
        for key in ("enter", "enter", "f9", "f9"):
            app.post_message(events.Key(key, None))
        await until(app, lambda: isinstance(app.screen, HomeScreen))
        await pilot.pause()
        assert len(app.screen_stack) == 2


async def test_a_screen_that_opens_behind_another_window_takes_the_keys_in_front(tmp_path: Path) -> None:
    app = demo(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app, lambda: isinstance(app.screen, HomeScreen))
        app.post_message(events.AppBlur())
        await pilot.pause()
        app.action_pick()
        await until(app, lambda: isinstance(app.screen, ScenarioPicker))
        await pilot.pause()
        assert app.screen.focused is None
        app.post_message(events.AppFocus())
        await until(app, lambda: isinstance(app.screen.focused, OptionList))


async def test_the_administrator_grants_consent_on_a_key(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home", "missing-permission")
    async with walk.started():
        await walk.to(Step.PERMISSIONS)
        await walk.rest()
        await walk.skip()
        await walk.until_seen("Admin acts")
        await walk.press("f6")
        await walk.until(walk.holds, "consent")


def test_the_administrator_does_what_is_missing() -> None:
    disabled = PracticeCloud(find_scenario("disabled-application"), clock=ManualClock())
    assert "enabled" in act(disabled)
    missing = PracticeCloud(find_scenario("no-consent"), clock=ManualClock())
    assert "consent" in act(missing)
    assert "hired" in act(missing)
    missing.delete_application(missing.scenario.applications[0].client_id)
    assert "no such app" in act(missing)
