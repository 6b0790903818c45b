"""The command palette offers what a screen can do now, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events
from textual._callback import invoke
from textual.command import CommandPalette
from textual.widgets import Input

from entra_tui.app import EntraApp
from entra_tui.screens.connectors import ConnectorsScreen
from entra_tui.screens.history import HistoryScreen
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.ladder import LadderScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.removal import RemoveScreen
from entra_tui.screens.report import ReportScreen
from entra_tui.screens.sync import SyncScreen
from entra_tui.screens.too_small import TooSmall
from entra_tui.screens.troubleshoot import TroubleshootScreen
from entra_tui.widgets.key_hints import KeyHints
from tests.random_keys.places import PLACES, furnish
from tests.screens.past_runs import LIST, eventful_history
from tests.screens.stage import Stage, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

EVERYWHERE = {"Theme", "Quit"}
FRAME = EVERYWHERE | {"Help", "Requests", "Back"}


def titles(app: EntraApp) -> list[str]:
    return [command.title for command in app.get_system_commands(app.screen)]


def offered(app: EntraApp) -> set[str]:
    return set(titles(app))


async def choose(pilot: Pilot[int], words: str) -> None:
    """Open the palette, type, and take the first command."""
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
    await pilot.press(*words)
    palette = pilot.app.screen
    assert isinstance(palette, CommandPalette)
    await until(pilot, lambda: bool(palette.query_one("#--container CommandList").children) or palette._list_visible)
    await pilot.press("enter")
    await settle(pilot)


@pytest.mark.parametrize("place", PLACES)
async def test_everything_is_offered_once_and_each_key_in_sight_is(place: str, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await furnish(stage)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(PLACES[place](stage), lambda _: None)
        await settle(pilot)
        found = titles(stage.app)
        assert len(found) == len(set(found))
        assert set(found) >= EVERYWHERE
        for hints in stage.app.screen.query(KeyHints):
            assert {hint.does for hint in hints.hints if hint.enabled} <= set(found)


async def test_the_first_screen_offers_where_one_can_go(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        ways = {"Set up a connector", "Connectors", "Lookup Lists", "Troubleshoot"}
        assert offered(stage.app) - {"Suspend"} == EVERYWHERE | ways | {"Help", "Requests"}
        await choose(pilot, "troubl")
        assert isinstance(stage.app.screen, TroubleshootScreen)


async def test_a_connector_is_removed_where_there_is_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(ConnectorsScreen(stage.services))
        await settle(pilot)
        assert offered(stage.app) - {"Suspend"} == FRAME | {"Create"}
        stage.app.pop_screen()
        await stage.save()
        stage.app.push_screen(ConnectorsScreen(stage.services))
        await settle(pilot)
        assert offered(stage.app) - {"Suspend"} == FRAME | {"Create", "Synchronize", "Remove"}
        await choose(pilot, "remove")
        assert isinstance(stage.app.screen, RemoveScreen)
        assert offered(stage.app) - {"Suspend"} == EVERYWHERE | {"Keep it", "Remove"}
        await pilot.press("escape")
        await choose(pilot, "synchr")
        assert isinstance(stage.app.screen, SyncScreen)


async def test_a_list_offers_what_can_be_done_with_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await eventful_history(stage)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListScreen(stage.services, LIST))
        await settle(pilot)
        assert offered(stage.app) - {"Suspend"} == FRAME | {"Search", "Synchronize", "History", "Export"}
        await choose(pilot, "history")
        assert isinstance(stage.app.screen, HistoryScreen)


async def test_checks_are_run_again_and_reported_when_they_have_ended(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    ended = {"Run again", "Run all again", "Save a report"}
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = LadderScreen(
            stage.services, stage.services.inputs_of(stage.connector, stage.secret), name="typed values"
        )
        await stage.app.push_screen(screen)
        assert not screen.has_class("-ended")
        assert not offered(stage.app) & ended
        await until(pilot, lambda: screen.has_class("-ended"))
        assert offered(stage.app) >= ended
        await choose(pilot, "report")
        assert isinstance(stage.app.screen, ReportScreen)
        assert "Write the file" in offered(stage.app)


async def test_the_requests_are_not_offered_over_the_requests(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.fill()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        assert "Requests" not in offered(stage.app)
        await pilot.press("enter")
        await settle(pilot)
        assert "Requests" not in offered(stage.app)
        assert "Copy" in offered(stage.app)


async def test_a_page_without_a_file_is_not_written(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        for file in (None, tmp_path / "page.txt"):
            stage.app.push_screen(PlainPage((), file=file))
            await settle(pilot)
            assert ("Write to a file" in offered(stage.app)) is (file is not None)


async def test_what_was_chosen_is_not_done_on_a_screen_that_was_left_meanwhile(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(PlainPage((), file=tmp_path / "page.txt"))
        await settle(pilot)
        offers = stage.app.get_system_commands(stage.app.screen)
        write = next(one for one in offers if one.title == "Write to a file")
        stage.app.pop_screen()
        await settle(pilot)
        await invoke(write.callback)
        assert not (tmp_path / "page.txt").exists()


@pytest.mark.parametrize("open_it", [EntraApp.action_command_palette, EntraApp.action_change_theme])
async def test_its_cursor_stands_still(open_it: Callable[[EntraApp], None], tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        open_it(stage.app)
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        await settle(pilot)
        assert not pilot.app.screen.query_one(Input).cursor_blink


async def test_a_second_palette_is_not_opened_over_or_under_the_first(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        for key in ("ctrl+p", "escape", "ctrl+p", "ctrl+p"):
            stage.app.post_message(events.Key(key, None))
        await settle(pilot)
        await pilot.press("escape")
        await pilot.press("ctrl+p")
        await pilot.resize_terminal(50, 24)
        await until(pilot, lambda: isinstance(stage.app.screen, TooSmall))
        await pilot.press("ctrl+p")
        await settle(pilot)
        assert isinstance(stage.app.screen, TooSmall)
        assert sum(isinstance(screen, CommandPalette) for screen in stage.app.screen_stack) == 1
        assert isinstance(stage.app.screen_stack[1], HomeScreen)
