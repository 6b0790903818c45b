"""What the screens and plain mode do with lists that another hand has changed: a sentence, and they go on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from textual.widgets import OptionList

from entra_tui.screens.export import ExportScreen
from entra_tui.screens.history import HistoryScreen
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.lookup_lists import LookupListsScreen
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.lists.connection import Connections
from entra_tui.widgets.entry_table import EntryTable
from tests.plain.person import Sitting, unwrapped
from tests.screens.stage import seen, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.screens.stage import Stage

LIST = "Users - Contoso"
WAY_OUT = "`entra-tui sync Contoso --full`"


def meddle(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def said(stage: Stage) -> str:
    return " ".join(seen(stage.app).split())


async def test_damaged_rows_are_told_and_a_synchronization_brings_them_back(
    open_stage: Callable[..., Stage], tmp_path: Path
) -> None:
    stage = open_stage()
    await stage.fill()
    meddle(stage.services.lists.path, "UPDATE rows_1 SET body = 'no JSON'")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListScreen(stage.services, LIST))
        await settle(pilot)
        assert WAY_OUT in said(stage)
        assert not stage.app.screen.query_one(EntryTable).display
        await pilot.press("e")
        await settle(pilot)
        assert isinstance(stage.app.screen, ExportScreen)
        stage.app.screen.write(tmp_path / "users.csv")
        await settle(pilot)
        assert WAY_OUT in said(stage)
        assert not (tmp_path / "users.csv").exists()
        await pilot.press("escape")
        async for _ in stage.services.synchronize(stage.connector, stage.secret, full=True):
            pass
        stage.app.screen.read()  # type: ignore[attr-defined]
        await settle(pilot)
        assert WAY_OUT not in said(stage)
        assert stage.app.screen.query_one(EntryTable).display
        assert stage.app.screen.query_one(EntryTable).entry_at(0) is not None


async def test_a_file_of_no_use_leaves_the_rest_of_the_program(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.fill()
    meddle(stage.services.lists.path, "UPDATE lists SET synchronized_at = 'yesterday'")
    meddle(stage.services.lists.path, "UPDATE runs SET outcome = 'magic'")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert isinstance(stage.app.screen, HomeScreen)
        assert "is damaged" in said(stage)
        options = {option.id for option in stage.app.screen.query_one(OptionList).options}
        assert {"wizard", "connectors", "lists", "troubleshoot", "quit"} <= options
        for screen in (LookupListsScreen(stage.services), HistoryScreen(stage.services, LIST, simulated=True)):
            stage.app.push_screen(screen)
            await settle(pilot)
            assert "move it away" in said(stage)
            await pilot.press("escape")
            await settle(pilot)
        assert isinstance(stage.app.screen, HomeScreen)


async def test_a_disk_that_cannot_be_written_is_told_above_the_lists(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    await stage.fill()
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr(Connections, "_why_read_only", lambda _: "The disk is read-only: lists can be read.")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        assert "The disk is read-only: lists can be read." in said(stage)
        assert "40 entries" in said(stage)


def test_plain_mode_tells_and_goes_on(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.run()
    path = tmp_path / LISTS_FILE
    meddle(path, "UPDATE rows_1 SET body = 'no JSON'")
    told = unwrapped(sitting.run(Enter_a_number=("Lookup lists", "1", "b", "Quit"), A_number=("1", "b")))
    assert "are damaged; read the list anew with" in told
    meddle(path, "UPDATE lists SET synchronized_at = 'yesterday'")
    told = unwrapped(sitting.run(Enter_a_number=("Connectors", "b", "Quit"), A_number=("b",)))
    assert "is damaged" in told
    assert "Lookup lists: cannot be read" in told
