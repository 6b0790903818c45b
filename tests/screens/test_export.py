from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import openpyxl
from textual.widgets import Button, Input

from entra_tui.export.formats import CSV, JSON
from entra_tui.export.lists import write_list_file
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.screens import export
from entra_tui.screens.export import ExportScreen, default_file
from entra_tui.screens.lookup_list import LookupListScreen
from tests.screens.stage import NAME, seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from textual.pilot import Pilot

    from tests.screens.stage import Stage

LIST = f"Users - {NAME}"


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def open_export(pilot: Pilot[int], stage: Stage) -> ExportScreen:
    stage.app.push_screen(LookupListScreen(stage.services, LIST))
    await settle(pilot)
    await pilot.press("e")
    await settle(pilot)
    screen = stage.app.screen
    assert isinstance(screen, ExportScreen)
    return screen


async def test_enter_writes_a_private_file_and_says_where(
    open_stage: Callable[..., Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    await stage.fill()
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "Users - Contoso.csv"
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await open_export(pilot, stage)
        assert "Writes all 40 entries of Users - Contoso." in seen(stage.app)
        assert screen.query_one("#file", Input).value == str(target)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Wrote 40 entries to" in seen(stage.app))
        assert "Only you can read that file." in seen(stage.app)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        with target.open(newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == list(USER_COLUMNS)
        assert len(rows) == 41
        screen.query_one("#export", Button).press()
        await settle(pilot)
        assert "! Users - Contoso.csv is there already." in seen(stage.app)
        target.write_text("what was there before")
        assert isinstance(stage.app.focused, Button)
        assert "Replace the file" in " ".join(seen(stage.app).split())
        stage.app.focused.press()
        await until(pilot, lambda: "✓ Wrote 40 entries to" in seen(stage.app))
        assert "before" not in target.read_text()


async def test_the_format_is_chosen_and_the_name_follows(open_stage: Callable[..., Stage], tmp_path: Path) -> None:
    stage = open_stage()
    await stage.fill()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await open_export(pilot, stage)
        screen.query_one("#file", Input).value = str(tmp_path / "people.csv")
        await pilot.pause()
        screen.query_one("#format-jsonl", Button).press()
        await settle(pilot)
        assert "▸JSON Lines" in seen(stage.app)
        assert screen.query_one("#file", Input).value == str(tmp_path / "people.jsonl")
        screen.query_one("#file", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Wrote 40 entries to" in seen(stage.app))
        lines = (tmp_path / "people.jsonl").read_text().splitlines()
        assert len(lines) == 40
        assert list(json.loads(lines[0])) == list(USER_COLUMNS)


async def test_excel_is_offered_and_writes_a_workbook(open_stage: Callable[..., Stage], tmp_path: Path) -> None:
    stage = open_stage()
    await stage.fill()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await open_export(pilot, stage)
        screen.query_one("#file", Input).value = str(tmp_path / "people.csv")
        await pilot.pause()
        screen.query_one("#format-excel", Button).press()
        await settle(pilot)
        assert "Excel" in seen(stage.app)
        assert "leading zeros" in " ".join(seen(stage.app).split())
        assert screen.query_one("#file", Input).value == str(tmp_path / "people.xlsx")
        screen.query_one("#export", Button).press()
        await until(pilot, lambda: "\u2713 Wrote 40 entries to" in seen(stage.app))
        rows = list(openpyxl.load_workbook(tmp_path / "people.xlsx").worksheets[0].iter_rows(values_only=True))
        assert rows[0] == USER_COLUMNS
        assert len(rows) == 41


async def test_what_cannot_be_written_is_told(open_stage: Callable[..., Stage], tmp_path: Path) -> None:
    stage = open_stage()
    await stage.fill()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await open_export(pilot, stage)
        for named, told in (
            (" ", "Name the file to write to."),
            ("~nobody-of-this-name/users.csv", "There can be no such file; name another one."),
            (str(tmp_path / "users\0.csv"), "There can be no such file; name another one."),
            (str(tmp_path / ("x" * 300)), "There can be no such file; name another one."),
            (str(tmp_path / "nowhere" / "users.csv"), "cannot be written"),
            (str(tmp_path), "cannot be written"),
        ):
            screen.query_one("#file", Input).value = named
            await pilot.pause()
            screen.query_one("#export", Button).press()
            await until(pilot, lambda told=told: told in " ".join(seen(stage.app).split()))  # type: ignore[misc]
    assert names_in(tmp_path) == ["home"]


async def test_leaving_stops_the_writing_and_leaves_nothing(
    open_stage: Callable[..., Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    await stage.fill()
    begun, go_on, ended = Event(), Event(), Event()

    def slowly(*arguments: object, going_on: Callable[[], bool]) -> int:
        def ask() -> bool:
            begun.set()
            go_on.wait(30)
            return going_on()

        try:
            return write_list_file(*arguments, going_on=ask)  # type: ignore[arg-type]
        finally:
            ended.set()

    monkeypatch.setattr(export, "write_list_file", slowly)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        screen = await open_export(pilot, stage)
        screen.query_one("#file", Input).value = str(tmp_path / "users.csv")
        await pilot.pause()
        screen.query_one("#export", Button).press()
        await until(pilot, begun.is_set)
        assert "Writing 40 entries" in seen(stage.app)
        await pilot.press("escape")
        await pilot.pause()
        go_on.set()
        await until(pilot, ended.is_set)
    assert names_in(tmp_path) == ["home"]


def test_the_name_offered_is_one_that_a_file_can_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_file("Users - A/B:\x1b*C", JSON) == tmp_path / "Users - A-B---C.json"


def test_where_the_current_folder_cannot_be_written_the_downloads_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "person"
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr("os.access", lambda place, _: place != Path())
    assert default_file("Users", CSV).parent == home
    (home / "Downloads").mkdir()
    assert default_file("Users", CSV).parent == home / "Downloads"
