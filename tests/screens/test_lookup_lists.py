from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Button, Input

from entra_tui.model.entry import Entry
from entra_tui.screens.entry import EntryScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.lookup_lists import LookupListsScreen
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.sync import SyncScreen
from entra_tui.storage.errors import DamagedError
from entra_tui.storage.lists import ListDatabase, RunMode, RunOutcome, RunReport
from entra_tui.widgets.entry_table import EntryTable
from tests.screens.past_runs import eventful_history
from tests.screens.stage import NAME, seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.screens.stage import Stage

LIST = f"Users - {NAME}"


async def test_without_a_list_one_is_told_where_lists_come_from(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        assert "There is no lookup list yet" in seen(stage.app)


async def test_the_guide_open_your_list_click_synchronize(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        assert "not synchronized yet, 0 entries" in seen(stage.app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, LookupListScreen)
        assert "Press S, or the button" in seen(stage.app)
        assert stage.app.focused is stage.app.screen.query_one("#synchronize")
        await pilot.press("enter")
        await until(pilot, lambda: "Synchronized in" in seen(stage.app))
        assert isinstance(stage.app.screen, SyncScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert "✓ synchronized 2026-11-23 09:00, 40 entries" in seen(stage.app)
        assert isinstance(stage.app.focused, EntryTable)
        await pilot.press("escape")
        await settle(pilot)
        assert "✓ synchronized 2026-11-23 09:00, 40 entries" in seen(stage.app)


async def test_search_finds_while_one_types_and_filters_choose(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage(users=200)
    await stage.fill()
    lists = stage.services.lists
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListScreen(stage.services, LIST))
        await settle(pilot)
        table = stage.app.screen.query_one(EntryTable)
        assert table.row_count == 200
        await pilot.press("slash", *"an")
        await settle(pilot)
        found = lists.count(LIST, search="an")
        assert 0 < table.row_count == found < 200
        assert f"200 entries, {found} shown" in seen(stage.app)
        await pilot.press("down")
        assert stage.app.focused is table
        await pilot.press("slash", *"zzzz")
        await settle(pilot)
        assert "No entry matches" in seen(stage.app)
        stage.app.screen.query_one("#search", Input).value = ""
        await settle(pilot)
        for chosen in ("disabled", "guests"):
            stage.app.screen.query_one(f"#filter-{chosen}", Button).press()
            await settle(pilot)
            assert 0 < table.row_count < 200
            assert f"▸{chosen.capitalize()}" in seen(stage.app)
            entry = table.entry_at(0)
            assert entry is not None
            assert entry.values["accountEnabled" if chosen == "disabled" else "userType"] in {False, "Guest"}


async def test_an_entry_is_shown_in_full_and_coming_back_keeps_the_place(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.fill()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListScreen(stage.services, LIST))
        await settle(pilot)
        await pilot.press("end", "up")
        await settle(pilot)
        table = stage.app.screen.query_one(EntryTable)
        entry = table.entry_at(38)
        assert entry is not None
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, EntryScreen)
        shown = seen(stage.app)
        assert entry.id in shown
        assert str(entry.values["userPrincipalName"]) in shown
        assert "SIMULATED TENANT" in shown
        await pilot.press("f3")
        assert isinstance(stage.app.screen, PlainPage)
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert table.cursor == 38


async def test_what_was_never_set_is_told_and_tricks_are_shown_as_they_are(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    evil = Entry("1", {"displayName": "[bold]Eve\x1b[2J\u202eevil", "accountEnabled": False})
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(EntryScreen(stage.services, evil, simulated=False))
        await settle(pilot)
        shown = seen(stage.app)
        assert "[bold]Eve�[2J�evil" in shown
        assert "accountEnabled      no" in shown
        assert "mail                (not set)" in shown
        assert "SIMULATED" not in shown


async def test_a_running_synchronization_shows_in_the_overview(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = stage.services.running_syncs.start(
            NAME, lambda pause: stage.services.synchronize(stage.connector, stage.secret, pause=pause), stage.clock
        )
        sync.pause()
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        assert "synchronizing now" in seen(stage.app)


async def test_a_result_that_was_held_back_is_no_failure(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await eventful_history(stage)
    standing = "! last synchronization held back; as of 2026-11-23 10:00, 40 entries"
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        assert standing in seen(stage.app)
        await pilot.press("enter")
        await settle(pilot)
        assert standing in seen(stage.app)


async def test_the_age_of_the_last_full_read_is_told(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.fill()
    stage.clock.advance(days=3)
    await stage.synchronize()
    now = stage.clock.now()
    await stage.services.save_connector(replace(stage.connector, name="Old"), None)
    await stage.services.save_connector(replace(stage.connector, name="Never"), None)
    # Rows of before the program kept it.
    stage.services.lists.apply("Users - Old", (), (), RunReport(RunMode.DELTA, now, now, 1), delta_link=None)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        lines = [line.strip() for line in seen(stage.app).splitlines()]
        assert "✓ synchronized 2026-11-26 09:00, 40 entries, full read 3 d ago" in lines
        assert "✓ synchronized 2026-11-26 09:00, 0 entries, last full read unknown" in lines
        assert "· not synchronized yet, 0 entries" in lines
        await pilot.press("enter")
        await settle(pilot)
        assert "40 entries, full read 3 d ago" in seen(stage.app)
        # What does not fit makes a line of its own.
        stage.services.lists.record_unfinished(
            LIST, RunReport(RunMode.DELTA, now, now, 1), RunOutcome.FAILED, reason="AADSTS7000222"
        )
        await pilot.press("escape")
        await settle(pilot)
        lines = [line.strip() for line in seen(stage.app).splitlines()]
        assert lines[lines.index("Last full read: 3 d ago") - 1].endswith("; as of 2026-11-26 09:00, 40 entries")


async def test_a_list_that_is_gone_or_damaged_is_told_in_a_sentence(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(LookupListScreen(stage.services, "Users - gone"))
        await settle(pilot)
        assert "There is no list 'Users - gone' any more" in seen(stage.app)
        await pilot.press("s")
        await settle(pilot)
        assert isinstance(stage.app.screen, LookupListScreen)
        await pilot.press("escape")

        def damaged(_: ListDatabase) -> None:
            raise DamagedError("The lists are damaged; restore them.")

        monkeypatch.setattr(ListDatabase, "overview", damaged)
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        assert "The lists are damaged; restore them." in seen(stage.app)


async def test_chosen_columns_show_and_filters_that_cannot_work_do_not(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    path = stage.services.settings.path
    path.write_text(path.read_text() + '\n[lists]\nuser_columns = ["userType", "usageLocation"]\n')
    async for _ in stage.services.synchronize(stage.connector, stage.secret):
        pass
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.app.push_screen(LookupListScreen(stage.services, LIST))
        await settle(pilot)
        assert "usageLocation" in seen(stage.app)
        assert "Guests" in seen(stage.app)
        assert "Disabled" not in seen(stage.app)
        await pilot.press("enter")
        await settle(pilot)
        assert "usageLocation" in seen(stage.app)
        assert "department" not in seen(stage.app)
