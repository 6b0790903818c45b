"""Sizes that follow each other quickly: the notice fits the last one, no screen is lost, and all is painted anew."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from textual import events
from textual._compositor import LayoutUpdate
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size

from entra_tui.app import EntraApp
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.lookup_lists import LookupListsScreen
from entra_tui.screens.too_small import TooSmall
from entra_tui.widgets.repaint import Picture
from tests.screens.stage import Stage, seen, until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from rich.console import RenderableType
    from textual.pilot import Pilot
    from textual.screen import Screen

USUAL, LOW, NARROW, LEAST = (80, 24), (80, 19), (59, 24), (60, 20)


def resize(pilot: Pilot[int], size: tuple[int, int]) -> None:
    """As the terminal tells it: at once, whatever is still under way."""
    driver = pilot.app._driver
    assert isinstance(driver, HeadlessDriver)
    driver._size = size
    pilot.app.post_message(events.Resize(Size(*size), Size(*size)))


async def followed(pilot: Pilot[int]) -> None:
    """Wait until Textual has told the screens of the last size."""
    await pilot.pause()
    await until(pilot, lambda: pilot.app._resize_timer is None)


async def test_any_order_of_sizes_ends_with_what_fits_the_last_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=USUAL) as pilot:
        for sizes in itertools.permutations((USUAL, LOW, NARROW, LEAST), 3):
            for turns in (0, 3):
                for size in sizes:
                    resize(pilot, size)
                    for _ in range(turns):
                        await asyncio.sleep(0)
                await followed(pilot)
                too_small = sizes[-1] in {LOW, NARROW}
                kinds = [type(screen) for screen in stage.app.screen_stack[1:]]
                assert kinds == ([HomeScreen, TooSmall] if too_small else [HomeScreen]), sizes
                assert ("Too small" in seen(stage.app)) is too_small, sizes


async def test_screens_that_change_meanwhile_stay_below_the_notice(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=USUAL) as pilot:
        resize(pilot, LOW)
        stage.app.push_screen(LookupListsScreen(stage.services))
        await followed(pilot)
        assert isinstance(stage.app.screen, TooSmall)
        resize(pilot, USUAL)
        await followed(pilot)
        assert isinstance(stage.app.screen, LookupListsScreen)
        assert sum(isinstance(screen, TooSmall) for screen in stage.app.screen_stack) == 0


async def test_a_terminal_of_a_few_cells_is_laid_out_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=USUAL) as pilot:
        for size in ((1, 1), (3, 2), (10, 1), (59, 24)):
            await pilot.resize_terminal(*size)
            await followed(pilot)
            stage.app.screen._on_timer_update()
            assert not stage.app.screen._layout_required, size


async def test_what_was_painted_in_the_old_size_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path)
    told: list[str] = []
    forget = Picture.forget

    def note_forget(picture: Picture) -> None:
        told.append("forget")
        forget(picture)

    def note_paint(app: EntraApp, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate):
            told.append(f"{renderable.region.width}")

    monkeypatch.setattr(Picture, "forget", note_forget)
    monkeypatch.setattr(EntraApp, "_display", note_paint)
    async with stage.app.run_test(size=USUAL) as pilot:
        told.clear()
        resize(pilot, (120, 40))
        stage.app.screen.refresh(layout=True)
        await followed(pilot)
        after = told[len(told) - told[::-1].index("forget") :]
        assert set(after) == {"120"}
