from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import on
from textual.widgets import Button, Static

from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.model.entry import Changes, ColumnLoss, Entry
from entra_tui.model.finding import Finding
from entra_tui.model.permission import Feature
from entra_tui.screens.lookup_lists import LookupListsScreen
from entra_tui.screens.sync import SyncScreen
from entra_tui.storage.lists import Checkpoint
from entra_tui.sync.events import Failed, Finished, Held, Restarted, RestartReason, Started, SyncMode, Waiting
from entra_tui.sync.running import SyncOutcome
from entra_tui.sync.sentences import RESTARTS
from entra_tui.widgets.entry_table import EntryTable
from entra_tui.widgets.sync_view import SyncView
from tests.screens.scripted_sync import LIST, ScriptedSync
from tests.screens.stage import NAME, seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.screens.stage import Stage

FINDING = Finding("AADSTS7000222", "The client secret has expired", "Its end date has passed.", ("Create a new one.",))


class ListeningScreen(SyncScreen):
    """Keeps what the view posts."""

    outcomes: list[SyncOutcome]

    @on(SyncView.Ended)
    def keep(self, event: SyncView.Ended) -> None:
        self.outcomes.append(event.outcome)


async def show(pilot: Pilot[int], stage: Stage) -> ListeningScreen:
    screen = ListeningScreen(stage.services, stage.connector)
    screen.outcomes = []
    await stage.app.push_screen(screen)
    await pilot.pause()
    return screen


def focused_label(stage: Stage) -> str:
    assert isinstance(stage.app.focused, Button)
    return str(stage.app.focused.label)


async def test_a_whole_synchronization_ends_with_its_result(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await show(pilot, stage)
        await until(pilot, lambda: bool(screen.outcomes))
        assert screen.outcomes == [SyncOutcome.FINISHED]
        text = seen(stage.app)
        assert "✓ Synchronized in" in text
        assert "40  added" in text
        assert "40  entries in the list now" in text
        assert "SIMULATED TENANT" in text
        assert focused_label(stage) == "Synchronize again"
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.outcomes) == 2)
        assert "40  unchanged" in seen(stage.app)


async def test_progress_says_how_far_how_fast_and_how_long(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        ScriptedSync(stage)
        await show(pilot, stage)
        text = seen(stage.app)
        assert f"{LIST}: reading everything" in text
        assert "█░" in text
        assert " 59 %" in text
        assert "5,994 of 10,000 entries" in text
        assert "1,249 a second, about 3 s left" in text
        assert "6 pages, 8 requests" in text


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (Wait(WaitReason.THROTTLED, 12, 1, 429, asked=True), "Microsoft asked to wait: 12 s"),
        (Wait(WaitReason.THROTTLED, 12, 1, 429), "Microsoft Graph is throttling requests (HTTP 429). Retry in 12 s"),
        (Wait(WaitReason.SERVER_ERROR, 12, 1, 503), "The service returned an error (HTTP 503). Retry in 12 s"),
        (Wait(WaitReason.NO_ANSWER, 12, 1), "No response. Retry in 12 s"),
        (Wait(WaitReason.BAD_ANSWER, 12, 1, 200), "The response could not be used. Retry in 12 s"),
        (Wait(WaitReason.SIGN_IN, 12, 1, 401), "The sign-in was refused (HTTP 401). Retry in 12 s"),
        (Wait(WaitReason.COUNT_BEHIND, 12, 1), "The tenant's count differs from the list. Checking again in 12 s"),
    ],
)
async def test_a_wait_counts_down_with_its_reason(open_stage: Callable[..., Stage], wait: Wait, words: str) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        ScriptedSync(stage, Waiting(LIST, wait))
        await show(pilot, stage)
        assert words in seen(stage.app)
        assert "1 retry" in seen(stage.app)
        stage.clock.advance(9)
        stage.app.screen.query_one(SyncView)._redraw()
        await pilot.pause()
        assert words.replace("12 s", "3 s") in seen(stage.app)


@pytest.mark.parametrize("reason", RestartReason)
async def test_a_restart_says_why(open_stage: Callable[..., Stage], reason: RestartReason) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        ScriptedSync(stage, Restarted(LIST, reason))
        await show(pilot, stage)
        assert "1 restart" in seen(stage.app)
        assert RESTARTS[reason] in " ".join(seen(stage.app).split())


async def test_pause_go_on_and_cancel_by_keyboard(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage)
        screen = await show(pilot, stage)
        assert focused_label(stage) == "Pause"
        await pilot.press("enter")
        await pilot.pause()
        assert sync.running.is_paused
        assert "Paused." in seen(stage.app)
        assert "a second" not in seen(stage.app)
        assert focused_label(stage) == "Resume"
        await pilot.press("enter")
        await pilot.pause()
        assert not sync.running.is_paused
        await pilot.press("p")
        assert sync.running.is_paused
        await pilot.press("tab", "enter")
        await until(pilot, lambda: bool(screen.outcomes))
        assert screen.outcomes == [SyncOutcome.CANCELED]
        assert "Canceled. The list is unchanged." in seen(stage.app)


async def test_it_runs_on_when_the_screen_is_left_and_is_found_again(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage, Finished(LIST, Changes(added=7), SyncMode.FULL, 9, 6, 4.8))
        await show(pilot, stage)
        await pilot.press("escape")
        stage.app.push_screen(LookupListsScreen(stage.services))
        await settle(pilot)
        assert "synchronizing now" in seen(stage.app)
        screen = await show(pilot, stage)
        assert "5,994 of 10,000 entries" in seen(stage.app)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        assert "7  added" in seen(stage.app)


async def test_a_result_that_removes_much_waits_for_a_word(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.fill()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        examples = tuple(
            Entry(
                str(place), {"displayName": f"Person {place}", "userPrincipalName": f"person-{place}@contoso.example"}
            )
            for place in range(7)
        )
        sync = ScriptedSync(stage, Held(LIST, Changes(added=2, removed=7120, unchanged=2878), 9998, examples))
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        text = " ".join(seen(stage.app).split())
        assert "This would remove 7,120 of 9,998 entries from Users - Contoso" in text
        assert "Nothing is changed yet." in text
        assert "These would be removed, the first 7 of 7,120:" in text
        assert "person-0@contoso.example" in text
        table = stage.app.screen.query_one(EntryTable)
        assert focused_label(stage) == "Leave the list as it is"
        await pilot.press("shift+tab")
        assert stage.app.focused is table
        await pilot.press("end")
        await settle(pilot)
        assert "person-6@contoso.example" in seen(stage.app)
        await pilot.press("tab")
        await pilot.press("enter")
        await pilot.pause()
        assert "The list is unchanged." in seen(stage.app)
        assert focused_label(stage) == "Synchronize"


GROUPS = f"Groups - {NAME}"
ROLES = f"Directory roles - {NAME}"


def with_all_lists(stage: Stage) -> None:
    stage.connector = replace(stage.connector, features=frozenset(Feature))


async def test_several_lists_tell_which_one_is_read(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    with_all_lists(stage)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        ScriptedSync(stage, Finished(LIST, Changes(added=7), SyncMode.FULL, 9, 6, 4.8), Started(GROUPS, SyncMode.DELTA))
        await show(pilot, stage)
        assert f"{GROUPS}: reading what changed, list 2 of 3" in seen(stage.app)


async def test_a_mixed_result_tells_how_each_list_ended(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    with_all_lists(stage)
    done = Finished(LIST, Changes(3, 0, 1, 36), SyncMode.DELTA, 1, 1, 0.4)
    going = (Entry("1", {"displayName": "Finance", "description": "Everybody in finance"}),)
    held = Held(GROUPS, Changes(removed=40, unchanged=10), 50, going)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage, done, held, Failed(ROLES, FINDING, 4, 3.0, can_resume=False))
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        await settle(pilot)
        text = seen(stage.app)
        assert f"✓ {LIST}: 3 added, 0 changed, 1 removed, 36 unchanged" in text
        assert f"! {GROUPS}: not changed yet, it would remove 40 of 50 entries" in text
        assert f"✗ {ROLES}: not synchronized, the list is unchanged" in " ".join(text.split())
        assert "The client secret has expired" in text


async def test_several_held_lists_show_who_would_go_from_which(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    with_all_lists(stage)
    person = (Entry("1", {"displayName": "Ada", "userPrincipalName": "ada@contoso.example"}),)
    group = (Entry("2", {"displayName": "Finance", "description": "Everybody in finance"}),)
    events = (
        Held(LIST, Changes(removed=1), 1, person),
        Held(GROUPS, Changes(removed=9), 9, group),
        Finished(ROLES, Changes(unchanged=4), SyncMode.FULL, 1, 1, 0.4),
    )
    async with stage.app.run_test(size=(120, 40)) as pilot:
        sync = ScriptedSync(stage, *events)
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        await settle(pilot)
        text = " ".join(seen(stage.app).split())
        assert f"✓ {ROLES}: 0 added" in text
        assert "This would remove 1 of 1 entry from Users" in text
        assert "These would be removed, the first 2 of 10:" in text
        assert f"Ada ada@contoso.example {LIST}" in text
        assert f"Finance Everybody in finance {GROUPS}" in text
        assert focused_label(stage) == "Leave the lists as they are"
        await pilot.press("tab")
        assert focused_label(stage) == "Remove 10 entries"
        await pilot.press("shift+tab", "enter")
        await pilot.pause()
        assert "The lists are unchanged." in seen(stage.app)
        assert "Finance" not in seen(stage.app)


async def test_a_result_that_empties_columns_says_which_and_is_applied(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    await stage.save()
    losses = (ColumnLoss("mail", 6000, everywhere=True), ColumnLoss("jobTitle", 12, everywhere=False))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage, Held(LIST, Changes(changed=6000, unchanged=2000), 8000, losses=losses))
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        await settle(pilot)
        text = " ".join(seen(stage.app).split())
        assert f"This would empty mail, jobTitle in {LIST}; 0 would be added, 6,000 changed, 0 removed." in text
        assert "mail of 6,000 entries, jobTitle of 12 entries" in text
        assert "1. Compare API permissions" in text
        assert "would remove" not in text
        assert focused_label(stage) == "Leave the list as it is"
        await pilot.press("tab")
        assert focused_label(stage) == "Apply"
        asked: list[bool] = []
        monkeypatch.setattr(SyncView, "start", lambda _, *, confirmed=False: asked.append(confirmed))
        await pilot.press("enter")
        assert asked == [True]


async def test_lists_that_are_held_for_different_reasons_say_each(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    with_all_lists(stage)
    events = (
        Held(LIST, Changes(removed=9), 9),
        Held(GROUPS, Changes(changed=9), 9, losses=(ColumnLoss("memberCount", 9, everywhere=True),)),
        Finished(ROLES, Changes(unchanged=4), SyncMode.FULL, 1, 1, 0.4, ("One.",)),
    )
    async with stage.app.run_test(size=(120, 40)) as pilot:
        sync = ScriptedSync(stage, *events)
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        await settle(pilot)
        text = " ".join(seen(stage.app).split())
        assert f"! {ROLES}: 0 added, 0 changed, 0 removed, 4 unchanged ! One." in text
        assert f"This would remove 9 of 9 entries from {LIST}" in text
        assert f"This would empty memberCount in {GROUPS}" in text
        await pilot.press("tab")
        assert focused_label(stage) == "Apply"


async def test_warnings_and_members_are_part_of_the_result(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    warning = "2 objects have no ID and cannot be listed: 'Ada', 'Bo'."
    changes = Changes(1, 2, 0, 7, joined=3, left=1)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage, Finished(LIST, changes, SyncMode.FULL, 9, 6, 4.8, (warning,)))
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        text = seen(stage.app)
        assert screen.outcomes == [SyncOutcome.FINISHED]
        assert "! Synchronized with warnings in" in text
        assert "3  members joined" in text
        assert "1  members left" in text
        assert f"! {warning}" in text


async def test_what_was_canceled_says_what_is_done_and_what_is_kept(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    with stage.services.lists.claim(LIST):
        stage.services.lists.begin_stage(LIST, stage.clock.now()).add(
            [Entry("1", {})], checkpoint=Checkpoint("https://graph.microsoft.com/next", None, 1)
        )
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage)
        screen = await show(pilot, stage)
        sync.running.cancel()
        await until(pilot, lambda: bool(screen.outcomes))
        assert "Canceled. The list is unchanged. The next run resumes from the last page." in seen(stage.app)
        await pilot.press("escape")
        sync = ScriptedSync(stage, Finished(LIST, Changes(added=7), SyncMode.FULL, 9, 6, 4.8))
        screen = await show(pilot, stage)
        sync.running.cancel()
        await until(pilot, lambda: bool(screen.outcomes))
        text = " ".join(seen(stage.app).split())
        assert f"Canceled. Synchronized: {LIST}. Nothing else was changed." in text
        assert "resumes" not in text


async def test_the_word_is_passed_on(open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    stage = open_stage()
    await stage.save()
    asked: list[bool] = []
    synchronize = stage.services.synchronize

    def watch(*arguments: object, confirmed: bool, **options: object) -> object:
        asked.append(confirmed)
        return synchronize(*arguments, confirmed=confirmed, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(stage.services, "synchronize", watch)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage, Held(LIST, Changes(removed=30, unchanged=10), 40))
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        await pilot.press("tab")
        assert focused_label(stage) == "Remove 30 entries"
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.outcomes) == 2)
        assert asked == [True]
        assert "40  added" in seen(stage.app)


async def test_a_failure_shows_what_to_do_and_whether_the_next_run_goes_on(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage, Failed(LIST, FINDING, 4, 3.0, can_resume=True))
        screen = await show(pilot, stage)
        sync.release()
        await until(pilot, lambda: bool(screen.outcomes))
        await settle(pilot)
        text = seen(stage.app)
        assert "✗ Not synchronized. The list is unchanged." in text
        assert "The next run resumes from the last page." in text
        assert "The client secret has expired (AADSTS7000222)" in text
        assert "1. Create a new one." in text
        assert focused_label(stage) == "Retry"


async def test_an_environment_that_is_gone_is_told_in_a_sentence(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    stage.connector = replace(stage.connector, environment="gone")
    stage.services.remember_secret(stage.connector, stage.secret)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await show(pilot, stage)
        await until(pilot, lambda: bool(screen.outcomes))
        assert screen.outcomes == [SyncOutcome.FAILED]
        assert "'gone'" in seen(stage.app)


async def test_nothing_is_drawn_while_nothing_changes(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        ScriptedSync(stage)
        await show(pilot, stage)
        drawn: list[object] = []
        monkeypatch.setattr(Static, "update", lambda _, text, **__: drawn.append(text))
        view = stage.app.screen.query_one(SyncView)
        view._redraw()
        assert drawn == []


async def test_a_long_silence_is_told(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        ScriptedSync(stage)
        await show(pilot, stage)
        stage.clock.advance(7)
        stage.app.screen.query_one(SyncView)._redraw()
        await pilot.pause()
        assert "No response from Microsoft for 7 s." in seen(stage.app)


async def test_leaving_the_program_ends_what_runs(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        sync = ScriptedSync(stage)
        await show(pilot, stage)
    assert sync.running.outcome is SyncOutcome.CANCELED
    assert stage.services.running_syncs.find(NAME) is sync.running
