from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from entra_tui.checks.catalogue import Subject, load_catalogue
from entra_tui.graph.client import HttpClient
from entra_tui.graph.sign_in import Credentials
from entra_tui.model.connector import Connector, list_name
from entra_tui.model.entry import Changes
from entra_tui.model.environment import BUILT_IN
from entra_tui.model.permission import Feature
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.fault_board import FaultBoard
from entra_tui.simulator.faults import Fault, FaultKind, RetryAfter
from entra_tui.simulator.groups import Member, MemberKind
from entra_tui.simulator.scenario import Scenario, SyncOutcome, find_scenario, list_scenarios
from entra_tui.simulator.traffic import Traffic
from entra_tui.simulator.transport import PracticeTransport
from entra_tui.storage.lists import ListDatabase
from entra_tui.sync.engine import Synchronizer
from entra_tui.sync.events import Failed, Finished, Held, Restarted, RestartReason, SyncMode
from tests.sync.bench import only

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from entra_tui.sync.events import SyncEvent

MOST_PEOPLE = 20_000
EVERYTHING = frozenset(Feature)
USERS, GROUPS, ROLES = (list_name(feature, "Practice") for feature in Feature)


class Practice:
    """A scenario's tenant, a connector to it, and its lists."""

    def __init__(self, name: str, folder: Path, *, users: int | None = None) -> None:
        clock = ManualClock()
        self.cloud = PracticeCloud(find_scenario(name), users=users, clock=clock)
        self.clock = clock
        self.http = HttpClient(transport=PracticeTransport(self.cloud), clock=clock)
        self.lists = ListDatabase(folder / "lists.db")
        inputs = self.cloud.inputs
        environment = next(one for one in BUILT_IN if one.name == inputs.environment)
        self.connector = Connector("Practice", inputs.tenant, inputs.client_id, inputs.environment)
        self.credentials = Credentials(environment, inputs.tenant, inputs.client_id, inputs.secret)
        self._subject = Subject(environment, inputs.tenant, inputs.client_id)

    async def aclose(self) -> None:
        await self.http.aclose()
        self.lists.close()

    async def run(self, *features: Feature, full: bool = False, confirmed: bool = False) -> list[SyncEvent]:
        synchronizer = Synchronizer(
            self.http, self.lists, explain=lambda error: load_catalogue().explain_error(error, self._subject, str)
        )
        connector = replace(self.connector, features=frozenset(features))
        running = synchronizer.run(connector, self.credentials, full=full, confirmed=confirmed)
        return [event async for event in running]

    def rows(self, name: str) -> dict[str, dict[str, object]]:
        return {entry.id: dict(entry.values) for entry in self.lists.iterate(name)}


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Callable[..., Practice]]:
    made: list[Practice] = []

    def make(name: str = "healthy", *, users: int | None = 60) -> Practice:
        made.append(Practice(name, tmp_path, users=users))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


def members_of(tenant: Practice) -> dict[str, list[str] | None]:
    """Members by group, as the list should have them."""
    groups = tenant.cloud.tenant.groups
    return {
        group.id: None if group.hidden else sorted({member.id for member in groups.members(group)})
        for group in groups.all()
        if groups.is_live(group.id)
    }


def listed_members(tenant: Practice) -> dict[str, object]:
    return {
        identifier: None if values.get("memberCount") is None else tenant.lists.members(GROUPS, identifier, limit=-1)
        for identifier, values in tenant.rows(GROUPS).items()
    }


async def test_three_lists_and_their_sum(practice: Callable[..., Practice]) -> None:
    tenant = practice()

    events = await tenant.run(*EVERYTHING)

    ends = only(events, Finished)
    assert [end.list for end in ends] == [USERS, GROUPS, ROLES, ""]
    assert events[-1] is ends[-1]
    assert ends[-1].changes.total == sum(end.changes.total for end in ends[:-1])
    assert ends[-1].requests == tenant.http.trace.count
    assert len(tenant.rows(USERS)) == 60


async def test_groups_come_with_their_members_from_one_stream(practice: Callable[..., Practice]) -> None:
    tenant = practice(users=900)

    events = await tenant.run(Feature.GROUPS)

    assert listed_members(tenant) == members_of(tenant)
    counts = {identifier: values.get("memberCount") for identifier, values in tenant.rows(GROUPS).items()}
    assert counts == {group: None if ids is None else len(ids) for group, ids in members_of(tenant).items()}
    groups = only(events, Finished)[1]
    assert groups.requests < groups.changes.total


async def test_groups_are_read_without_members_where_their_delta_never_works(
    practice: Callable[..., Practice],
) -> None:
    tenant = practice()
    tenant.cloud.faults = FaultBoard(
        (Fault(FaultKind.SERVER_ERROR, Traffic.GROUPS_DELTA, times=None, status=500, retry_after=RetryAfter.ABSENT),)
    )

    events = await tenant.run(Feature.GROUPS)

    assert only(events, Restarted) == [Restarted(GROUPS, RestartReason.DELTA_FAILED)]
    assert set(tenant.rows(GROUPS)) == {group.id for group in tenant.cloud.tenant.groups.all()}
    assert not any("memberCount" in values for values in tenant.rows(GROUPS).values())
    assert only(events, Finished)[1].warnings


async def test_comings_and_goings_in_groups(practice: Callable[..., Practice]) -> None:
    tenant = practice()
    await tenant.run(Feature.GROUPS)
    groups = tenant.cloud.tenant.groups
    first, second, third, *_ = (group for group in groups.all() if not group.hidden)
    leaver = next(iter(groups.members(first)))
    joiner = next(Member(user, MemberKind.USER) for user in tenant.rows(USERS) if not groups.holds(second, user))
    groups.remove_member(first.id, leaver)
    groups.add_member(second.id, joiner)
    groups.update(first.id, {"displayName": "Renamed"})
    groups.delete(third.id)

    events = await tenant.run(Feature.GROUPS)

    end = only(events, Finished)[1]
    assert end.mode is SyncMode.DELTA
    assert (end.changes.changed, end.changes.removed) == (2, 1)
    assert listed_members(tenant) == members_of(tenant)
    assert tenant.rows(GROUPS)[first.id]["displayName"] == "Renamed"


async def test_roles_and_who_holds_them(practice: Callable[..., Practice]) -> None:
    tenant = practice()

    await tenant.run(Feature.DIRECTORY_ROLES)

    roles = tenant.rows(ROLES)
    assert roles
    assert all(values["roleTemplateId"] and values["displayName"] for values in roles.values())
    holders = {holder for role in roles for holder in tenant.lists.members(ROLES, role, limit=-1)}
    assert holders
    assert holders <= set(tenant.rows(USERS))


async def test_one_list_that_fails_leaves_the_others(practice: Callable[..., Practice]) -> None:
    tenant = practice()
    application = tenant.cloud.inputs.client_id
    tenant.cloud.revoke_consent(application, "Group.Read.All", "Directory.Read.All")
    tenant.clock.advance(3_600)

    events = await tenant.run(*EVERYTHING)

    assert [type(end) for end in events if isinstance(end, Finished | Held | Failed)] == [Finished, Failed, Failed]
    assert len(tenant.rows(USERS)) == 60
    assert [end.finding.code for end in only(events, Failed)] == ["Authorization_RequestDenied"] * 2


async def test_what_meets_every_list_is_waited_for_once(practice: Callable[..., Practice]) -> None:
    tenant = practice("connection-refused")

    events = await tenant.run(*EVERYTHING)

    assert [end.finding.code for end in only(events, Failed)] == ["connection-refused"] * 3
    assert 500 < tenant.clock.monotonic() <= 600


async def test_a_week_later_everything_is_read_again(practice: Callable[..., Practice]) -> None:
    tenant = practice()
    await tenant.run(*EVERYTHING)
    tenant.cloud.delete_users(2)
    tenant.clock.advance(days=8)

    events = await tenant.run(*EVERYTHING)

    assert [(event.list, event.reason) for event in only(events, Restarted)] == [
        (USERS, RestartReason.FULL_READ_DUE),
        (GROUPS, RestartReason.FULL_READ_DUE),
    ]
    assert only(events, Finished)[0].changes == Changes(removed=2, unchanged=58)


async def test_changes_of_every_kind_come_by_delta(practice: Callable[..., Practice]) -> None:
    tenant = practice()
    await tenant.run()
    added = tenant.cloud.create_users(5)
    changed = tenant.cloud.change_users(7)
    gone = tenant.cloud.delete_users(3)

    events = await tenant.run()

    assert only(events, Finished)[0].mode is SyncMode.DELTA
    by_delta = tenant.rows(USERS)
    assert set(added) <= set(by_delta)
    assert not set(gone) & set(by_delta)
    assert changed
    await tenant.run(full=True)
    assert tenant.rows(USERS) == by_delta


ENDS = {Finished: SyncOutcome.COMPLETED, Held: SyncOutcome.HELD_BACK, Failed: SyncOutcome.FAILED}
SYNCHRONIZED = [
    scenario
    for scenario in list_scenarios()
    if scenario.expected.sync_outcome is not SyncOutcome.NOT_RUN and scenario.users.count <= MOST_PEOPLE
]


@pytest.mark.parametrize("scenario", SYNCHRONIZED, ids=lambda scenario: scenario.name)
async def test_every_scenario_ends_as_it_should(practice: Callable[..., Practice], scenario: Scenario) -> None:
    tenant = practice(scenario.name, users=None)

    end = (await tenant.run())[-1]

    assert isinstance(end, Finished | Failed | Held)
    assert ENDS[type(end)] is scenario.expected.sync_outcome, end
    assert len(tenant.rows(USERS)) == (scenario.expected.entries or 0)
    if isinstance(end, Failed):
        assert end.finding.title != end.finding.code


async def test_a_mass_deletion_is_held_until_somebody_says_so(practice: Callable[..., Practice]) -> None:
    tenant = practice("mass-deletion", users=None)
    await tenant.run()

    held = (await tenant.run())[-1]

    assert isinstance(held, Held)
    assert (held.changes.removed, held.entries, len(held.examples)) == (600, 1_000, 100)
    assert len(tenant.rows(USERS)) == 1_000
    assert isinstance((await tenant.run(confirmed=True))[-1], Finished)
    assert len(tenant.rows(USERS)) == 400
