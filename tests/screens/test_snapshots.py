"""A picture of each screen and state, at the design size, wide, and at the least size."""

from __future__ import annotations

import asyncio
import random
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Select

from entra_tui.autoplay.captions import say
from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.model.entry import Changes, ColumnLoss, Entry
from entra_tui.model.environment import PUBLIC
from entra_tui.model.finding import Finding
from entra_tui.model.permission import Feature
from entra_tui.screens.ask_secret import AskPassphrase, AskSecret
from entra_tui.screens.connectors import ConnectorsScreen
from entra_tui.screens.entry import EntryScreen
from entra_tui.screens.exchange import ExchangeScreen
from entra_tui.screens.history import HistoryScreen
from entra_tui.screens.ladder import LadderScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.lookup_lists import LookupListsScreen
from entra_tui.screens.requests import RequestsScreen
from entra_tui.screens.scenario_picker import ScenarioPicker
from entra_tui.screens.sync import SyncScreen
from entra_tui.screens.troubleshoot import TroubleshootScreen
from entra_tui.simulator.groups import Member, MemberKind
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.errors import LockedError
from entra_tui.storage.lists import RunMode, RunOutcome, RunReport
from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, RestartReason, Started, SyncMode, Waiting
from entra_tui.widgets.entry_table import EntryTable
from tests.screens.past_runs import eventful_history
from tests.screens.scripted_sync import LIST, ScriptedSync
from tests.screens.stage import NAME, seen, settle, until
from tests.screens.test_requests import LOST_REQUEST, TOKEN_REQUEST, USERS_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.pilot import Pilot
    from textual.screen import Screen

    from entra_tui.sync.events import SyncEvent
    from tests.screens.stage import Stage

    Snapshot = Callable[..., bool]
    Scene = Callable[[Pilot[int], Stage], Coroutine[None, None, None]]


@pytest.fixture(autouse=True)
def _known_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ids that go with a request are made by chance otherwise."""
    chance = random.Random(7)
    monkeypatch.setattr("uuid.uuid4", lambda: uuid.UUID(int=chance.getrandbits(128), version=4))


pytestmark = pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)], ids=["80x24", "120x40", "60x20"])

GROUPS = f"Groups - {NAME}"
FINDING = Finding(
    "AADSTS7000222",
    "The client secret has expired",
    "The secret was right, but its end date has passed.",
    (
        "Create a new client secret under Certificates & secrets.",
        "Enter its Value here, check, then delete the old one.",
    ),
    who="Application Administrator, Cloud Application Administrator or the app's owner",
    link="https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials",
    message="The provided client secret keys for app are expired.",
)


async def push(pilot: Pilot[int], stage: Stage, screen: Screen[None]) -> None:
    await stage.app.push_screen(screen)
    await settle(pilot)


async def no_lists(pilot: Pilot[int], stage: Stage) -> None:
    await push(pilot, stage, LookupListsScreen(stage.services))


async def lists(pilot: Pilot[int], stage: Stage) -> None:
    await stage.fill()
    await stage.services.save_connector(replace(stage.connector, name="Fabrikam"), None)
    await push(pilot, stage, LookupListsScreen(stage.services))


async def orphan(pilot: Pilot[int], stage: Stage) -> None:
    """A list whose connector was removed, and one whose connector is there."""
    await stage.fill()
    await stage.services.save_connector(replace(stage.connector, name="Fabrikam"), None)
    stage.services.settings.remove_connector(NAME)
    await push(pilot, stage, LookupListsScreen(stage.services))


async def remove_orphan(pilot: Pilot[int], stage: Stage) -> None:
    await orphan(pilot, stage)
    await pilot.press("delete")
    await settle(pilot)


async def remove_running(pilot: Pilot[int], stage: Stage) -> None:
    await stage.save()
    ScriptedSync(stage)
    await push(pilot, stage, ConnectorsScreen(stage.services))
    await pilot.press("delete")
    await settle(pilot)


async def removal_refused(pilot: Pilot[int], stage: Stage) -> None:
    await stage.save()

    async def refuse(_: str) -> None:
        # The real sentence names a process and a folder that are others in every run.
        raise LockedError(
            "Another running copy (process 4711, lock /home/ada/.local/share/entra-tui/lists.db.1.lock) is "
            f"synchronizing '{LIST}', so nothing was removed; wait for it to finish, or close it."
        )

    stage.services.remove_connector = refuse  # type: ignore[method-assign,assignment]
    await push(pilot, stage, ConnectorsScreen(stage.services))
    await pilot.press("delete", "tab", "enter")
    await until(pilot, lambda: "nothing was removed" in " ".join(seen(stage.app).split()))


async def empty_list(pilot: Pilot[int], stage: Stage) -> None:
    await stage.save()
    await push(pilot, stage, LookupListScreen(stage.services, LIST))


async def full_list(pilot: Pilot[int], stage: Stage) -> None:
    await stage.fill()
    await push(pilot, stage, LookupListScreen(stage.services, LIST))
    await pilot.press("down", "down")


async def searched_list(pilot: Pilot[int], stage: Stage) -> None:
    await full_list(pilot, stage)
    await pilot.press("slash", *"an")
    await settle(pilot)


async def nothing_found(pilot: Pilot[int], stage: Stage) -> None:
    await full_list(pilot, stage)
    await pilot.press("slash", *"zzz")
    await settle(pilot)


async def wide_characters(pilot: Pilot[int], stage: Stage) -> None:
    await stage.fill()
    await push(pilot, stage, LookupListScreen(stage.services, LIST))
    await pilot.press("end")
    await settle(pilot)


async def entry(pilot: Pilot[int], stage: Stage) -> None:
    await stage.fill()
    (first,) = stage.services.lists.rows(LIST, limit=1)
    await push(pilot, stage, EntryScreen(stage.services, first, simulated=True))


async def fill_groups(stage: Stage) -> None:
    stage.connector = replace(stage.connector, features=frozenset(Feature))
    await stage.fill()


async def no_history(pilot: Pilot[int], stage: Stage) -> None:
    await stage.save()
    await push(pilot, stage, HistoryScreen(stage.services, LIST, simulated=True))


async def history(pilot: Pilot[int], stage: Stage) -> None:
    await eventful_history(stage)
    await push(pilot, stage, HistoryScreen(stage.services, LIST, simulated=True))


async def run_of_changes(pilot: Pilot[int], stage: Stage) -> None:
    await history(pilot, stage)
    await pilot.press("down", "down", "down", "enter")
    await settle(pilot)


async def first_run(pilot: Pilot[int], stage: Stage) -> None:
    await history(pilot, stage)
    await pilot.press("end", "enter")
    await settle(pilot)


async def held_run(pilot: Pilot[int], stage: Stage) -> None:
    await history(pilot, stage)
    await pilot.press("enter")
    await settle(pilot)


async def one_change(pilot: Pilot[int], stage: Stage) -> None:
    await run_of_changes(pilot, stage)
    await pilot.press("down", "enter")
    await settle(pilot)


async def group_entry(pilot: Pilot[int], stage: Stage) -> None:
    await fill_groups(stage)
    place = next(
        place
        for place, group in enumerate(stage.services.lists.rows(GROUPS, limit=100))
        if group.values.get("memberCount") == 200
    )
    await push(pilot, stage, LookupListScreen(stage.services, GROUPS))
    stage.app.screen.query_one(EntryTable).cursor = place
    await pilot.press("enter")
    await settle(pilot)


async def group_list(pilot: Pilot[int], stage: Stage) -> None:
    await fill_groups(stage)
    stage.clock.advance(days=3)
    stage.services.lists.record_unfinished(
        GROUPS,
        RunReport(RunMode.DELTA, stage.clock.now(), stage.clock.now(), 1),
        RunOutcome.HELD,
        reason="columns-emptied",
    )
    await push(pilot, stage, LookupListScreen(stage.services, GROUPS))


async def member_run(pilot: Pilot[int], stage: Stage) -> None:
    await fill_groups(stage)
    groups = stage.cloud.tenant.groups
    group = next(one for one in groups.all() if not one.hidden and 3 < len(list(groups.members(one))) < 20)
    present = [member.id for member in groups.members(group)]
    joiners = [row.id for row in stage.services.lists.rows(LIST, limit=40) if row.id not in present][:2]
    groups.remove_member(group.id, Member(present[0], MemberKind.USER))
    for joiner in joiners:
        groups.add_member(group.id, Member(joiner, MemberKind.USER))
    await stage.synchronize()
    warned = RunReport(
        RunMode.FULL,
        stage.clock.now(),
        stage.clock.now(),
        4,
        ("2 objects have no ID and cannot be listed: 'Ada Lovelace', 'Грета Шмидт'.",),
    )
    stage.services.lists.apply(GROUPS, (), (), warned, delta_link=None)
    await push(pilot, stage, HistoryScreen(stage.services, GROUPS, simulated=True))


async def run_of_members(pilot: Pilot[int], stage: Stage) -> None:
    await member_run(pilot, stage)
    await pilot.press("down", "enter")
    await settle(pilot)


async def warned_run(pilot: Pilot[int], stage: Stage) -> None:
    await member_run(pilot, stage)
    await pilot.press("enter")
    await settle(pilot)


async def change_of_members(pilot: Pilot[int], stage: Stage) -> None:
    await run_of_members(pilot, stage)
    await pilot.press("enter")
    await settle(pilot)


async def export(pilot: Pilot[int], stage: Stage) -> None:
    await full_list(pilot, stage)
    await pilot.press("e")
    await settle(pilot)
    stage.app.screen.query_one("#file", Input).value = "/home/ada/Users - Contoso.csv"
    await settle(pilot)


async def sync_under_way(pilot: Pilot[int], stage: Stage, *events: SyncEvent) -> ScriptedSync:
    sync = ScriptedSync(stage, *events)
    await stage.app.push_screen(SyncScreen(stage.services, stage.connector))
    await pilot.pause()
    return sync


async def sync_ended(pilot: Pilot[int], stage: Stage, *events: SyncEvent) -> None:
    sync = await sync_under_way(pilot, stage, *events)
    sync.release()
    await sync.running.ended()
    await settle(pilot)


async def sync_running(pilot: Pilot[int], stage: Stage) -> None:
    await sync_under_way(pilot, stage)


async def sync_waiting(pilot: Pilot[int], stage: Stage) -> None:
    await sync_under_way(pilot, stage, Waiting(LIST, Wait(WaitReason.THROTTLED, 12, 1, 429, asked=True)))


async def sync_restarted(pilot: Pilot[int], stage: Stage) -> None:
    await sync_under_way(pilot, stage, Restarted(LIST, RestartReason.PAGE_TOKEN_EXPIRED))


async def sync_paused(pilot: Pilot[int], stage: Stage) -> None:
    await sync_under_way(pilot, stage)
    await pilot.press("p")


async def sync_finished(pilot: Pilot[int], stage: Stage) -> None:
    await sync_ended(pilot, stage, Finished(LIST, Changes(12, 3, 1, 9984), SyncMode.FULL, 13, 11, 9.3))


async def sync_held(pilot: Pilot[int], stage: Stage) -> None:
    names = ("Ada Lovelace", "Грета Шмидт", "李小龙", "Zoë O'Neil", "x" * 80, "Last")
    examples = tuple(Entry(name, {"displayName": name, "userPrincipalName": f"{name}@x"}) for name in names)
    await sync_ended(pilot, stage, Held(LIST, Changes(2, 0, 7120, 2878), 9998, examples))


async def sync_emptied(pilot: Pilot[int], stage: Stage) -> None:
    losses = (ColumnLoss("mail", 6000, everywhere=True), ColumnLoss("jobTitle", 12, everywhere=False))
    await sync_ended(pilot, stage, Held(LIST, Changes(2, 6000, 0, 3998), 9998, losses=losses))


async def sync_warned(pilot: Pilot[int], stage: Stage) -> None:
    warning = "2 objects have no ID and cannot be listed: 'Ada Lovelace', 'Грета Шмидт'."
    changes = Changes(1, 2, 0, 497, joined=12, left=3)
    await sync_ended(pilot, stage, Finished(f"Groups - {NAME}", changes, SyncMode.DELTA, 3, 2, 0.7, (warning,)))


async def sync_mixed(pilot: Pilot[int], stage: Stage) -> None:
    stage.connector = replace(stage.connector, features=frozenset(Feature))
    people = tuple(Entry(str(number), {"displayName": f"Person {number}"}) for number in range(100))
    groups = (Entry("finance", {"displayName": "Finance", "description": "Everybody in finance"}),)
    await sync_ended(
        pilot,
        stage,
        Held(LIST, Changes(2, 0, 7120, 2878), 9998, people),
        Held(f"Groups - {NAME}", Changes(0, 1, 1, 1), 3, groups),
        Finished(f"Directory roles - {NAME}", Changes(0, 0, 1, 17), SyncMode.FULL, 2, 1, 0.3),
    )


async def sync_second_list(pilot: Pilot[int], stage: Stage) -> None:
    stage.connector = replace(stage.connector, features=frozenset(Feature))
    await sync_under_way(
        pilot,
        stage,
        Finished(LIST, Changes(12, 3, 1, 9984), SyncMode.FULL, 13, 11, 9.3),
        Started(f"Groups - {NAME}", SyncMode.FULL),
        PageRead(f"Groups - {NAME}", 1, 999, None, 10.0, 14),
    )


async def sync_partly_failed(pilot: Pilot[int], stage: Stage) -> None:
    stage.connector = replace(stage.connector, features=frozenset(Feature))
    await sync_ended(
        pilot,
        stage,
        Finished(LIST, Changes(12, 3, 1, 9984), SyncMode.FULL, 13, 11, 9.3),
        Failed(f"Groups - {NAME}", FINDING, 4, 3.0, can_resume=False),
        Finished(f"Directory roles - {NAME}", Changes(0, 0, 1, 17), SyncMode.FULL, 2, 1, 0.3),
    )


async def sync_failed(pilot: Pilot[int], stage: Stage) -> None:
    await sync_ended(pilot, stage, Failed(LIST, FINDING, 4, 3.0, can_resume=True))


async def sync_canceled(pilot: Pilot[int], stage: Stage) -> None:
    sync = await sync_under_way(pilot, stage)
    sync.running.cancel()
    await sync.running.ended()
    await settle(pilot)


async def ask_secret(pilot: Pilot[int], stage: Stage) -> None:
    stage.app.push_screen(AskSecret(stage.connector, PUBLIC, notice="The keyring did not answer; unlock it."))
    await settle(pilot)
    await pilot.press("enter")


async def choose_passphrase(pilot: Pilot[int], stage: Stage) -> None:
    stage.app.push_screen(AskPassphrase(choose=True))
    await settle(pilot)


async def enter_passphrase(pilot: Pilot[int], stage: Stage) -> None:
    stage.app.push_screen(AskPassphrase(choose=False, notice="That was not the passphrase; enter it again."))
    await settle(pilot)


async def no_requests(pilot: Pilot[int], stage: Stage) -> None:
    await push(pilot, stage, RequestsScreen(stage.services))


async def some_requests(pilot: Pilot[int], stage: Stage) -> None:
    for exchange in (TOKEN_REQUEST, USERS_REQUEST, LOST_REQUEST):
        stage.services.http.trace.add(exchange)
    await push(pilot, stage, RequestsScreen(stage.services))


async def one_request(pilot: Pilot[int], stage: Stage) -> None:
    await push(pilot, stage, ExchangeScreen(stage.services, TOKEN_REQUEST))


async def troubleshoot_nothing(pilot: Pilot[int], stage: Stage) -> None:
    await push(pilot, stage, TroubleshootScreen(stage.services))


async def troubleshoot_ready(pilot: Pilot[int], stage: Stage) -> None:
    await stage.save()
    await push(pilot, stage, TroubleshootScreen(stage.services))


async def troubleshoot_typed(pilot: Pilot[int], stage: Stage) -> None:
    await troubleshoot_ready(pilot, stage)
    stage.app.screen.query_one("#connector", Select).value = -1
    await settle(pilot)
    await pilot.press("f5")
    await settle(pilot)


async def checks_end(pilot: Pilot[int], stage: Stage) -> None:
    await until(pilot, lambda: stage.app.screen.has_class("-ended"))
    await settle(pilot)


async def ladder_healthy(pilot: Pilot[int], stage: Stage) -> None:
    await troubleshoot_ready(pilot, stage)
    await pilot.press("enter")
    await checks_end(pilot, stage)


async def ladder_passed_rung(pilot: Pilot[int], stage: Stage) -> None:
    await ladder_healthy(pilot, stage)
    await pilot.press("down")
    await settle(pilot)


async def ladder_under_way(pilot: Pilot[int], stage: Stage) -> None:
    await stage.save()

    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    stage.services.http.send = never  # type: ignore[method-assign,assignment]
    await push(pilot, stage, TroubleshootScreen(stage.services))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(stage.app.screen, LadderScreen) and "shapes" in seen(stage.app))
    await until(pilot, lambda: "F1 Help" in seen(stage.app))


async def pick_scenario(pilot: Pilot[int], stage: Stage) -> None:
    names = ("healthy", "no-consent", "secret-id", "delegated-by-mistake", "large-tenant", "wrong-clock")
    await push(pilot, stage, ScenarioPicker(stage.services, map(find_scenario, names), lambda _scenario, _plays: None))
    await pilot.press("down")


async def captioned(pilot: Pilot[int], stage: Stage) -> None:
    await say(stage.app, "Fresh tokens show each grant of admin consent as it comes.")


SCENES: tuple[Scene, ...] = (
    no_lists,
    lists,
    orphan,
    remove_orphan,
    remove_running,
    removal_refused,
    empty_list,
    full_list,
    searched_list,
    nothing_found,
    wide_characters,
    entry,
    no_history,
    history,
    run_of_changes,
    first_run,
    held_run,
    one_change,
    group_list,
    group_entry,
    member_run,
    run_of_members,
    warned_run,
    change_of_members,
    export,
    sync_running,
    sync_waiting,
    sync_restarted,
    sync_paused,
    sync_finished,
    sync_held,
    sync_emptied,
    sync_warned,
    sync_mixed,
    sync_second_list,
    sync_partly_failed,
    sync_failed,
    sync_canceled,
    ask_secret,
    choose_passphrase,
    enter_passphrase,
    no_requests,
    some_requests,
    one_request,
    troubleshoot_nothing,
    troubleshoot_ready,
    troubleshoot_typed,
    ladder_under_way,
    ladder_healthy,
    ladder_passed_rung,
    pick_scenario,
    captioned,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_scene(snap_compare: Snapshot, open_stage: Callable[..., Stage], scene: Scene, size: tuple[int, int]) -> None:
    stage = open_stage(users=200)

    async def play(pilot: Pilot[int]) -> None:
        await scene(pilot, stage)

    assert snap_compare(stage.app, terminal_size=size, run_before=play)


async def ladder_finding(pilot: Pilot[int], stage: Stage) -> None:
    await troubleshoot_ready(pilot, stage)
    await pilot.press("down", "down", "enter")
    await checks_end(pilot, stage)


async def rung_with_finding(pilot: Pilot[int], stage: Stage) -> None:
    await ladder_finding(pilot, stage)
    await pilot.press("enter")
    await settle(pilot)


async def requests_of_rung(pilot: Pilot[int], stage: Stage) -> None:
    await ladder_finding(pilot, stage)
    await pilot.press("f2")
    await settle(pilot)


@pytest.mark.parametrize(
    "scene", [ladder_finding, rung_with_finding, requests_of_rung], ids=lambda scene: scene.__name__
)
def test_scene_of_a_finding(
    snap_compare: Snapshot, open_stage: Callable[..., Stage], scene: Scene, size: tuple[int, int]
) -> None:
    stage = open_stage("missing-permission")

    async def play(pilot: Pilot[int]) -> None:
        await scene(pilot, stage)

    assert snap_compare(stage.app, terminal_size=size, run_before=play)
