from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from entra_tui.model.entry import Entry
from entra_tui.storage.errors import DamagedError
from entra_tui.widgets.entry_table import BLOCK, EntryTable
from tests.screens.stage import seen, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

MILLION = 1_000_000


class TableApp(App[int]):
    """A table of a million made-up rows."""

    def __init__(self, count: int = MILLION, *, broken: bool = False) -> None:
        super().__init__()
        self.count = count
        self.broken = broken
        self.asked: list[int] = []
        self.selected: list[Entry] = []
        self.sentences: list[str] = []

    def compose(self) -> ComposeResult:
        yield EntryTable()

    def on_mount(self) -> None:
        self.table.show_rows(self.count, self.fetch)
        self.table.focus()

    @property
    def table(self) -> EntryTable:
        return self.query_one(EntryTable)

    async def fetch(self, offset: int, limit: int) -> Sequence[Entry]:
        self.asked.append(offset)
        if self.broken:
            raise DamagedError("The lists are damaged.")
        rows = range(offset, min(self.count, offset + limit))
        return [Entry(str(row), {"displayName": f"Person {row}", "accountEnabled": row % 2 == 0}) for row in rows]

    @on(EntryTable.Selected)
    def keep(self, event: EntryTable.Selected) -> None:
        self.selected.append(event.entry)

    @on(EntryTable.Unreadable)
    def tell(self, event: EntryTable.Unreadable) -> None:
        self.sentences.append(event.sentence)


async def test_a_million_rows_are_there_at_once_and_at_both_ends() -> None:
    app = TableApp()
    began = time.process_time()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "▸ Person 0 " in seen(app)
        await pilot.press("end")
        await settle(pilot)
        assert f"▸ Person {MILLION - 1} " in seen(app)
        assert "Display name" in seen(app).splitlines()[0]
        await pilot.press("enter")
        assert [entry.id for entry in app.selected] == [str(MILLION - 1)]
        await pilot.press("home")
        await settle(pilot)
        assert "▸ Person 0 " in seen(app)
        assert len(app.asked) <= 4
    assert time.process_time() - began < 5


async def test_the_cursor_moves_by_row_and_by_page_and_stops_at_the_ends() -> None:
    app = TableApp(50)
    async with app.run_test(size=(80, 11)) as pilot:
        await settle(pilot)
        await pilot.press("up")
        assert app.table.cursor == 0
        await pilot.press("down", "down", "pagedown")
        assert app.table.cursor == 12
        await pilot.press(*["pagedown"] * 5, "down")
        assert app.table.cursor == 49
        await settle(pilot)
        assert "▸ Person 49 " in seen(app).splitlines()[-1]
        await pilot.press("pageup")
        assert app.table.cursor == 39


async def test_memory_stays_flat_when_one_pages_through() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for row in range(0, 60 * BLOCK, BLOCK):
            app.table.cursor = row
            await settle(pilot)
        assert len(app.table._blocks) <= 24
        assert app.table.entry_at(59 * BLOCK) is not None
        assert app.table.entry_at(0) is None


async def test_other_rows_take_the_place_of_the_first_ones() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("end")
        app.count = 3
        app.table.show_rows(3, app.fetch)
        await settle(pilot)
        assert app.table.cursor == 0
        assert "Person 2" in seen(app)
        assert "Person 3" not in seen(app)
        app.table.show_rows(0, app.fetch)
        await settle(pilot)
        await pilot.press("down", "end", "enter")
        assert app.selected == []


async def test_unreadable_rows_are_told_once_and_stay_an_ellipsis() -> None:
    app = TableApp(3, broken=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.sentences == ["The lists are damaged."]
        assert "▸ …" in seen(app)


async def test_a_click_goes_to_a_row_and_a_second_one_opens_it() -> None:
    app = TableApp(30)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.click(EntryTable, offset=(5, 4))
        assert app.table.cursor == 3
        await pilot.click(EntryTable, offset=(5, 4))
        assert [entry.id for entry in app.selected] == ["3"]
        await pilot.click(EntryTable, offset=(5, 0))
        assert app.table.cursor == 3


async def test_a_wider_terminal_shows_more_columns() -> None:
    app = TableApp(30)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Department" not in seen(app)
        await pilot.resize_terminal(130, 24)
        await settle(pilot)
        assert "Department" in seen(app)
