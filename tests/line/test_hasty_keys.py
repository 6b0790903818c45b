"""Keys that are quicker than the screen they are meant for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events
from textual._context import active_message_pump
from textual.css.query import NoMatches
from textual.worker import Worker, active_worker

from entra_tui.app import EntraApp
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.lookup_lists import LookupListsScreen
from tests.screens.past_runs import LIST, eventful_history
from tests.screens.stage import Stage, settle, until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from textual.screen import Screen


async def test_a_screen_that_comes_while_a_key_waits_for_another_is_waited_for_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stage = Stage(tmp_path)
    await eventful_history(stage)
    waits = EntraApp._whole
    opened: list[object] = []

    async def then_another_comes(screen: Screen[object]) -> None:
        await waits(screen)
        if not opened:
            opened.append(stage.app.push_screen(LookupListScreen(stage.services, LIST)))

    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        monkeypatch.setattr(EntraApp, "_whole", staticmethod(then_another_comes))
        assert await stage.app._check_bindings("slash")
        assert opened
        await settle(pilot)
        assert stage.app.focused is stage.app.screen.query_one("#search")


async def test_a_key_for_a_screen_that_never_comes_is_let_fall(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stage = Stage(tmp_path)

    async def never(screen: Screen[object]) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("entra_tui.app._READY_WITHIN", 0.0)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = stage.app.screen
        with monkeypatch.context() as patch:
            patch.setattr(EntraApp, "_whole", staticmethod(never))
            assert await stage.app._check_bindings("f1")
            assert stage.app.screen is before
            assert await stage.app._check_bindings("ctrl+q", priority=True)
            assert stage.app._exit


async def test_what_was_to_be_shown_on_a_screen_that_is_gone_ends_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = LookupListsScreen(stage.services)
        await stage.app.push_screen(screen)
        await settle(pilot)
        going = stage.app.pop_screen()
        # As where a worker of the screen below opened it.
        here = active_message_pump.set(screen)
        opener = active_worker.set(Worker(stage.app.screen, lambda: None))
        stage.app._handle_exception(NoMatches("No nodes match '#standing'"))
        active_message_pump.reset(here)
        active_worker.reset(opener)
        await going
        assert stage.app._exception is None


async def test_keys_after_the_end_end_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(stage.app.screen_stack))
        stacks = stage.app._screen_stacks
        stage.app._screen_stacks = {stage.app._current_mode: []}
        assert await stage.app._check_bindings("slash")
        await stage.app.on_event(events.Key("slash", "/"))
        stage.app._screen_stacks = stacks
