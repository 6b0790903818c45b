"""Who is in a group or holds a role, who joined and who left: in numbers and names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entra_tui.model.entry import Entry
from entra_tui.model.permission import Feature
from entra_tui.screens.change import ChangeScreen
from entra_tui.screens.entry import EntryScreen
from entra_tui.screens.history import HistoryScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.run import RunScreen
from entra_tui.simulator.groups import Member, MemberKind
from entra_tui.storage.errors import DamagedError
from entra_tui.storage.lists import ListDatabase, RunMode, RunReport
from entra_tui.widgets.entry_table import EntryTable
from tests.screens.stage import NAME, seen, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from textual.pilot import Pilot

    from tests.screens.stage import Stage

USERS = f"Users - {NAME}"
GROUPS = f"Groups - {NAME}"
ROLES = f"Directory roles - {NAME}"
STRANGER = "99999999-9999-4999-8999-999999999999"


async def fill(stage: Stage) -> None:
    stage.connector = replace(stage.connector, features=frozenset(Feature))
    await stage.fill()


async def open_entry(pilot: Pilot[int], stage: Stage, list_name: str, place: int) -> str:
    """Open a row of a list as a person does; what the screen says."""
    stage.app.push_screen(LookupListScreen(stage.services, list_name))
    await settle(pilot)
    stage.app.screen.query_one(EntryTable).cursor = place
    await pilot.press("enter")
    await settle(pilot)
    assert isinstance(stage.app.screen, EntryScreen)
    return seen(stage.app)


def place_of(stage: Stage, list_name: str, wanted: Callable[[Entry], bool]) -> int:
    rows = stage.services.lists.rows(list_name, limit=100)
    return next(place for place, entry in enumerate(rows) if wanted(entry))


async def test_a_group_shows_its_first_hundred_members_by_name(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage(users=130)
    await fill(stage)
    lists = stage.services.lists
    place = place_of(stage, GROUPS, lambda entry: entry.values.get("memberCount") == 130)
    group = lists.rows(GROUPS, offset=place, limit=1)[0]
    async with stage.app.run_test(size=(100, 130)) as pilot:
        text = await open_entry(pilot, stage, GROUPS, place)
        assert "members (130, the first 100)" in text
        members = lists.members(GROUPS, group.id, limit=100)
        assert len(members) == 100
        for member in members:
            user = lists.entry(USERS, member)
            assert user is not None
            assert str(user.values["userPrincipalName"]) in text
            assert member not in text


async def test_a_member_that_no_list_holds_is_shown_by_id_and_a_group_by_name(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await fill(stage)
    lists = stage.services.lists
    nested = lists.rows(GROUPS, limit=1)[0]
    now = stage.clock.now()
    lists.apply(
        GROUPS,
        [Entry("g", {"displayName": "0 Few"})],
        (),
        RunReport(RunMode.DELTA, now, now, 1),
        delta_link=None,
        members={"g": {STRANGER: True, nested.id: True}},
    )
    async with stage.app.run_test(size=(80, 24)) as pilot:
        text = await open_entry(pilot, stage, GROUPS, 0)
        assert "members (2)" in text
        assert f"  {STRANGER}" in text
        assert f"  {nested.values['displayName']}\n" in text


async def test_who_holds_a_role_is_shown(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await fill(stage)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        text = await open_entry(pilot, stage, ROLES, 0)
        (holder,) = stage.services.lists.members(ROLES, stage.services.lists.rows(ROLES, limit=1)[0].id)
        user = stage.services.lists.entry(USERS, holder)
        assert user is not None
        assert "members (1)" in text
        assert str(user.values["userPrincipalName"]) in text


async def test_unknown_members_are_not_none(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await fill(stage)
    hidden = place_of(stage, GROUPS, lambda entry: "memberCount" not in entry.values)
    empty = Entry("none", {"displayName": "Empty", "memberCount": 0})
    async with stage.app.run_test(size=(80, 24)) as pilot:
        text = await open_entry(pilot, stage, GROUPS, hidden)
        assert "members: unknown" in text
        assert " 0" not in text.partition("members")[2]
        stage.app.push_screen(EntryScreen(stage.services, empty, simulated=True, members_in=GROUPS))
        await settle(pilot)
        assert "members: none" in seen(stage.app)
        # The overview says it, too.
        stage.app.push_screen(LookupListScreen(stage.services, GROUPS))
        await settle(pilot)
        table = stage.app.screen.query_one(EntryTable)
        table.cursor = hidden
        await settle(pilot)
        assert any("▸" in line and line.endswith("unknown") for line in seen(stage.app).splitlines())


async def test_a_user_has_no_members(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await fill(stage)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        assert "members" not in await open_entry(pilot, stage, USERS, 0)


async def test_who_joined_and_who_left_is_told_by_name(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await fill(stage)
    lists, groups = stage.services.lists, stage.cloud.tenant.groups
    group = next(one for one in groups.all() if not one.hidden and 3 < len(list(groups.members(one))) < 20)
    present = [member.id for member in groups.members(group)]
    leaver = present[0]
    joiners = [row.id for row in lists.rows(USERS, limit=40) if row.id not in present][:2]
    groups.remove_member(group.id, Member(leaver, MemberKind.USER))
    for joiner in joiners:
        groups.add_member(group.id, Member(joiner, MemberKind.USER))
    await stage.synchronize()
    names = {row.id: str(row.values["userPrincipalName"]) for row in lists.rows(USERS, limit=40)}
    async with stage.app.run_test(size=(120, 40)) as pilot:
        stage.app.push_screen(HistoryScreen(stage.services, GROUPS, simulated=True))
        await settle(pilot)
        assert any(line.endswith("2 joined, 1 left") for line in seen(stage.app).splitlines())
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, RunScreen)
        text = seen(stage.app)
        assert "0 added, 1 changed, 0 removed, 39 unchanged; 2 joined, 1 left." in text
        (row,) = (line for line in text.splitlines() if "changed" in line and "▸" in line)
        assert row.endswith("2 joined, 1 left")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, ChangeScreen)
        joined, _, left = seen(stage.app).partition("joined (2)")[2].partition("left (1)")
        assert all(names[joiner] in joined for joiner in joiners)
        assert names[leaver] in left
        assert names[leaver] not in joined


async def test_as_many_joined_as_left_is_a_change(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await fill(stage)
    lists, groups = stage.services.lists, stage.cloud.tenant.groups
    group = next(one for one in groups.all() if not one.hidden and 3 < len(list(groups.members(one))) < 20)
    present = [member.id for member in groups.members(group)]
    joiner = next(row.id for row in lists.rows(USERS, limit=40) if row.id not in present)
    groups.remove_member(group.id, Member(present[0], MemberKind.USER))
    groups.add_member(group.id, Member(joiner, MemberKind.USER))
    await stage.synchronize()
    (run, *_) = lists.runs(GROUPS)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(RunScreen(stage.services, GROUPS, run, simulated=True))
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        text = seen(stage.app)
        assert "joined (1)" in text
        assert "left (1)" in text
        assert "before" not in text


async def test_many_that_joined_do_not_hide_who_left(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await fill(stage)
    lists, now = stage.services.lists, stage.clock.now()
    report = RunReport(RunMode.DELTA, now, now, 1)

    def tell(members: dict[str, bool]) -> None:
        lists.apply(GROUPS, [Entry("g", {"displayName": "G"})], (), report, delta_link=None, members={"g": members})

    tell({"leaver": True})
    tell({"leaver": False, **{f"joiner-{number}": True for number in range(150)}})
    run = lists.runs(GROUPS)[0]
    joined, left = stage.services.member_moves(GROUPS, run.number, "g")
    assert (len(joined), [member.id for member in left]) == (100, ["leaver"])
    (change,) = lists.run_changes(run.number)
    async with stage.app.run_test(size=(80, 130)) as pilot:
        stage.app.push_screen(ChangeScreen(stage.services, change, list_name=GROUPS, run=run.number, simulated=True))
        await settle(pilot)
        assert "joined (150, the first 100)" in seen(stage.app)
        assert "left (1) leaver" in " ".join(seen(stage.app).split())


async def test_members_that_cannot_be_read_are_told_in_a_sentence(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    await fill(stage)
    group = stage.services.lists.rows(GROUPS, limit=1)[0]

    def damaged(*_: object, **__: object) -> None:
        raise DamagedError("The lists are damaged; restore them.")

    monkeypatch.setattr(ListDatabase, "members", damaged)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(EntryScreen(stage.services, group, simulated=True, members_in=GROUPS))
        await settle(pilot)
        assert "The lists are damaged; restore them." in seen(stage.app)
