"""Whatever the page size, the order of operations and the faults: nextLink and delta give exactly the tenant."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from entra_tui.simulator.directory import Presence
from entra_tui.simulator.faults import Fault, FaultKind, RetryAfter
from entra_tui.simulator.groups import Member, MemberKind
from entra_tui.simulator.traffic import Traffic
from tests.simulator.practice import Practice, practice

SELECT = "id,displayName,jobTitle,accountEnabled"
HEALING = (
    FaultKind.THROTTLED,
    FaultKind.SERVER_ERROR,
    FaultKind.CUT_CONNECTION,
    FaultKind.CUT_BODY,
    FaultKind.BAD_JSON,
    FaultKind.HTML_PAGE,
    FaultKind.EMPTY_PAGE,
    FaultKind.REPEATED_PAGE,
    FaultKind.MISSING_VALUE,
    FaultKind.SLOW,
)
LATE = 20.0
PROFILE = settings(max_examples=60)

operations = st.lists(
    st.tuples(
        st.sampled_from(["create", "update", "delete", "restore", "purge", "rename"]),
        st.integers(min_value=0, max_value=10_000),
    ),
    max_size=12,
)
faults = st.lists(
    st.builds(
        Fault,
        kind=st.sampled_from(HEALING),
        where=st.sampled_from([Traffic.USERS, Traffic.USERS_DELTA]),
        after=st.integers(0, 3),
        times=st.integers(1, 2),
        retry_after=st.sampled_from(RetryAfter),
    ),
    max_size=4,
)


def _disturb(world: Practice, steps: list[tuple[str, int]]) -> None:
    users, cloud = world.cloud.tenant.users, world.cloud
    for step, number in steps:
        if step == "create":
            cloud.create_user(displayName=f"New {number}")
            continue
        if not users.end:
            continue
        position = number % users.end
        user_id, presence = users.id_at(position), users.presence(position)
        match step, presence:
            case "update", Presence.LIVE:
                cloud.update_user(user_id, jobTitle=f"Title {number}")
            case "rename", Presence.LIVE:
                cloud.update_user(user_id, displayName=f"Renamed {number}", mail=None)
            case "delete", Presence.LIVE:
                cloud.delete_user(user_id)
            case "restore", Presence.DELETED:
                cloud.restore_user(user_id)
            case "purge", Presence.DELETED:
                cloud.purge_user(user_id)
            case _:
                continue


def _truth(world: Practice) -> dict[str, dict[str, Any]]:
    users = world.cloud.tenant.users
    everybody = (users.user_at(position) for position in range(users.end))
    return {str(user["id"]): {name: user.get(name) for name in SELECT.split(",")} for user in everybody if user}


async def _page(world: Practice, link: str) -> dict[str, Any]:
    """A page, asked for again until it comes whole."""
    for _ in range(20):
        try:
            answer = await world.get(link)
            document = answer.json()
        except (httpx.TransportError, ValueError):
            continue
        if answer.status_code == 200 and "value" in document:
            found: dict[str, Any] = document
            return found
    raise AssertionError("The page never came.")


@dataclass
class Reader:
    """What a careful client knows of the users."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if "@removed" in row:
                self.known.pop(row["id"], None)
            else:
                self.known[row["id"]] = self.known.get(row["id"], {}) | row

    def plain(self) -> dict[str, dict[str, Any]]:
        return {key: {name: row.get(name) for name in SELECT.split(",")} for key, row in self.known.items()}


@PROFILE
@given(
    users=st.integers(0, 45),
    top=st.integers(1, 999),
    before=operations,
    between=operations,
    after=operations,
    wrong=faults,
)
def test_a_full_read_with_delta_gives_the_tenant(  # noqa: PLR0917 - what hypothesis draws
    users: int,
    top: int,
    before: list[tuple[str, int]],
    between: list[tuple[str, int]],
    after: list[tuple[str, int]],
    wrong: list[Fault],
) -> None:
    async def run() -> None:
        world = practice(users=users, faults=tuple(wrong))
        _disturb(world, before)
        await world.sign_in()
        latest = (await _page(world, f"users/delta?$deltatoken=latest&$select={SELECT}"))["@odata.deltaLink"]
        reader = Reader()
        link: str | None = f"users?$select={SELECT}&$top={top}"
        disturbed = False
        while link:
            page = await _page(world, link)
            reader.take(page["value"])
            link = page.get("@odata.nextLink")
            if not disturbed:
                _disturb(world, between)
                disturbed = True
        for steps in (after, []):
            latest = await _apply(world, reader, latest)
            assert reader.plain() == _truth(world)
            _disturb(world, steps)
        await _apply(world, reader, latest)
        assert reader.plain() == _truth(world)

    asyncio.run(run())


@PROFILE
@given(
    users=st.integers(0, 45), top=st.integers(1, 20), steps=st.lists(operations, max_size=6), pause=st.integers(0, 40)
)
def test_changes_that_show_late_are_all_told_in_the_end(
    users: int, top: int, steps: list[list[tuple[str, int]]], pause: int
) -> None:
    async def run() -> None:
        world = practice(users=users, graph_delay=LATE)
        await world.sign_in()
        latest = (await _page(world, f"users/delta?$deltatoken=latest&$select={SELECT}"))["@odata.deltaLink"]
        reader = Reader()
        link: str | None = f"users?$select={SELECT}&$top={top}"
        waiting = list(steps)
        while link:
            page = await _page(world, link)
            reader.take(page["value"])
            link = page.get("@odata.nextLink")
            _disturb(world, waiting.pop() if waiting else [])
            world.clock.advance(pause)
        latest = await _apply(world, reader, latest)
        world.clock.advance(LATE)
        await _apply(world, reader, latest)
        assert reader.plain() == _truth(world)

    asyncio.run(run())


async def _apply(world: Practice, reader: Reader, link: str) -> str:
    while True:
        page = await _page(world, link)
        reader.take(page["value"])
        if "@odata.deltaLink" in page:
            return str(page["@odata.deltaLink"])
        link = page["@odata.nextLink"]


@PROFILE
@given(users=st.integers(0, 450), before=operations, during=operations, wrong=faults)
def test_delta_from_the_first_round_gives_the_tenant(
    users: int, before: list[tuple[str, int]], during: list[tuple[str, int]], wrong: list[Fault]
) -> None:
    async def run() -> None:
        world = practice(users=users, faults=tuple(wrong))
        _disturb(world, before)
        await world.sign_in()
        reader = Reader()
        page = await _page(world, f"users/delta?$select={SELECT}")
        reader.take(page["value"])
        _disturb(world, during)
        link = page.get("@odata.deltaLink") or await _apply(world, reader, page["@odata.nextLink"])
        await _apply(world, reader, link)
        assert reader.plain() == _truth(world)

    asyncio.run(run())


moves = st.lists(st.tuples(st.booleans(), st.integers(0, 10_000), st.integers(0, 10_000)), max_size=15)


@PROFILE
@given(users=st.integers(1, 1_500), before=moves, during=moves, after=moves)
def test_groups_delta_gives_every_membership(
    users: int,
    before: list[tuple[bool, int, int]],
    during: list[tuple[bool, int, int]],
    after: list[tuple[bool, int, int]],
) -> None:
    async def run() -> None:
        world = practice(users=users)
        _move(world, before)
        await world.sign_in()
        known: dict[str, set[str]] = {}
        page = (await world.get("groups/delta?$select=displayName,members")).json()
        _take_groups(known, page["value"])
        _move(world, during)
        for steps in ([], after, []):
            while "@odata.nextLink" in page:
                page = (await world.get(page["@odata.nextLink"])).json()
                _take_groups(known, page["value"])
            _move(world, steps)
            page = (await world.get(page["@odata.deltaLink"])).json()
            _take_groups(known, page["value"])
        groups = world.cloud.tenant.groups
        truth = {
            group.id: set() if group.hidden else {member.id for member in groups.members(group)}
            for group in groups.all()
            if groups.is_live(group.id)
        }
        assert known == truth

    asyncio.run(run())


def _move(world: Practice, steps: list[tuple[bool, int, int]]) -> None:
    groups, users = world.cloud.tenant.groups, world.cloud.tenant.users
    everything = groups.all()
    for joins, which, who in steps:
        group = everything[which % len(everything)]
        member = Member(users.id_at(who % users.end), MemberKind.USER)
        if joins and not groups.holds(group, member.id):
            groups.add_member(group.id, member)
        if not joins and groups.holds(group, member.id):
            groups.remove_member(group.id, member)


def _take_groups(known: dict[str, set[str]], rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if "@removed" in row:
            known.pop(row["id"], None)
            continue
        members = known.setdefault(row["id"], set())
        for member in row.get("members@delta", ()):
            if "@removed" in member:
                members.discard(member["id"])
            else:
                members.add(member["id"])
