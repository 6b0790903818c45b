from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.entry import Entry
from entra_tui.screens.change import ChangeScreen
from entra_tui.screens.entry import EntryScreen
from entra_tui.screens.history import HistoryScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.run import RunScreen
from entra_tui.storage.errors import DamagedError
from entra_tui.storage.lists import ListDatabase, RunMode, RunOutcome, RunReport
from entra_tui.widgets.entry_table import EntryTable
from tests.screens.past_runs import LIST, eventful_history
from tests.screens.stage import seen, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.screens.stage import Stage


async def test_a_list_without_a_run_says_so(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListScreen(stage.services, LIST))
        await settle(pilot)
        await pilot.press("h")
        await settle(pilot)
        assert isinstance(stage.app.screen, HistoryScreen)
        assert "The list was never synchronized." in seen(stage.app)
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, HistoryScreen)


async def test_every_run_tells_when_how_long_how_and_what_came_of_it(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await eventful_history(stage)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.app.push_screen(HistoryScreen(stage.services, LIST, simulated=True))
        await settle(pilot)
        lines = [" ".join(line.split()) for line in seen(stage.app).splitlines()]
        assert "▸ 2026-11-23 14:00 ! held full 12 s 0 0 1040000 12" in lines
        assert "2026-11-23 13:00 ─ canceled full 3:20 min 0 0 0 90" in lines
        assert "2026-11-23 11:00 ✗ failed delta 1:00 h 0 0 0 412" in lines
        assert "2026-11-23 10:00 ✓ done delta 0.4 s 1 2 1 3" in lines
        assert any(line.startswith("2026-11-23 09:00 ✓ done full 0.0 s 40 0 0") for line in lines)


async def test_a_run_shows_what_it_changed_and_each_value_before_and_after(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await eventful_history(stage)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(HistoryScreen(stage.services, LIST, simulated=True))
        await settle(pilot)
        await pilot.press("down", "down", "down", "enter")
        await settle(pilot)
        screen = stage.app.screen
        assert isinstance(screen, RunScreen)
        text = seen(stage.app)
        assert "1 added, 2 changed, 1 removed, 37 unchanged." in text
        table = screen.query_one(EntryTable)
        rows = [table.entry_at(place) for place in range(table.row_count)]
        kinds = [entry.values["kind"] for entry in rows if entry is not None]
        assert sorted(str(kind) for kind in kinds) == ["added", "changed", "changed", "removed"]
        place = next(place for place, entry in enumerate(rows) if entry and "jobTitle" in str(entry.values["details"]))
        table.cursor = place
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, ChangeScreen)
        text = seen(stage.app)
        assert "after   [b]Chief�[2J" in text
        assert "after   A. Moved" in text
        assert "after   (not set)" in text
        await pilot.press("escape")
        table.cursor = kinds.index("removed")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, EntryScreen)
        assert "SIMULATED TENANT" in seen(stage.app)


async def test_a_run_of_thousands_is_read_row_by_row(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.fill()
    now = stage.clock.now()
    lists = stage.services.lists
    people = [Entry(f"new-{number}", {"displayName": f"New {number:05}"}) for number in range(10_500)]
    lists.apply(LIST, people, (), RunReport(RunMode.DELTA, now, now, 1), delta_link=None)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        (run,) = lists.runs(LIST, limit=1)
        stage.app.push_screen(RunScreen(stage.services, LIST, run, simulated=True))
        await settle(pilot)
        assert "The first 10,000 of 10,500 entries are kept:" in seen(stage.app)
        await pilot.press("end")
        await settle(pilot)
        assert "New 09999" in seen(stage.app)


async def test_a_run_without_entries_says_why(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await eventful_history(stage)
    now = stage.clock.now()
    lists = stage.services.lists
    lists.apply(LIST, (), (), RunReport(RunMode.DELTA, now, now, 1), delta_link=None)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        words = (
            "Nothing changed.",
            "it would remove too many entries. The list is unchanged.",
            "The list is unchanged.",
            "Reason: no-connection",
            "2 changed",
            "all its entries were new",
        )
        for run, expected in zip(lists.runs(LIST), words, strict=True):
            stage.app.push_screen(RunScreen(stage.services, LIST, run, simulated=True))
            await settle(pilot)
            assert expected in " ".join(seen(stage.app).split())
            await pilot.press("escape")
        for _ in range(20):
            lists.apply(LIST, (), (), RunReport(RunMode.DELTA, now, now, 1), delta_link=None)
        old = next(run for run in lists.runs(LIST) if run.changes.changed)
        stage.app.push_screen(RunScreen(stage.services, LIST, old, simulated=True))
        await settle(pilot)
        assert "those of this one are gone" in " ".join(seen(stage.app).split())


async def test_a_run_says_its_warnings_and_what_it_would_have_emptied(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.fill()
    now, lists = stage.clock.now(), stage.services.lists
    lists.record_unfinished(LIST, RunReport(RunMode.FULL, now, now, 1), RunOutcome.HELD, reason="columns-emptied")
    warning = "1 object has no ID and cannot be listed: '[b]Ada'."
    lists.apply(LIST, (), (), RunReport(RunMode.DELTA, now, now, 1, (warning,)), delta_link=None)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(HistoryScreen(stage.services, LIST, simulated=True))
        await settle(pilot)
        assert [line.split()[3:5] for line in seen(stage.app).splitlines() if "▸" in line] == [["!", "done"]]
        await pilot.press("enter")
        await settle(pilot)
        assert f"! {warning}" in seen(stage.app)
        await pilot.press("escape", "down", "enter")
        await settle(pilot)
        assert "it would empty columns. The list is unchanged." in seen(stage.app)


async def test_lists_that_cannot_be_read_are_told_in_a_sentence(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    await eventful_history(stage)
    runs = stage.services.lists.runs(LIST)

    def damaged(*_: object, **__: object) -> None:
        raise DamagedError("The lists are damaged; restore them.")

    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(RunScreen(stage.services, LIST, runs[3], simulated=True))
        await settle(pilot)
        for name in ("runs", "run_changes", "count_run_changes"):
            monkeypatch.setattr(ListDatabase, name, damaged)
        await pilot.press("enter")
        await settle(pilot)
        assert "The lists are damaged; restore them." in seen(stage.app)
        stage.app.push_screen(RunScreen(stage.services, LIST, runs[3], simulated=True))
        await settle(pilot)
        assert "The lists are damaged; restore them." in seen(stage.app)
        stage.app.push_screen(HistoryScreen(stage.services, LIST, simulated=True))
        await settle(pilot)
        assert "The lists are damaged; restore them." in seen(stage.app)
