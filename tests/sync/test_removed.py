"""Runs whose connector, or whose list, is removed."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.permission import Feature
from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.errors import LockedError
from entra_tui.storage.lists import ListDatabase
from entra_tui.storage.lists.catalog import delete_list, find_list
from entra_tui.sync.engine import Synchronizer
from entra_tui.sync.events import Failed, Finished, PageRead, Started
from tests.sync.bench import CONNECTOR, USERS, Bench, end_of, explain, only
from tests.sync.group_tenant import GroupTenant
from tests.sync.tenant import CREDENTIALS, person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from entra_tui.sync.events import SyncEvent

GROUPS = "Groups - Contoso"


@pytest.fixture
async def with_groups(tmp_path: Path) -> AsyncIterator[Bench]:
    tenant = GroupTenant()
    for number in range(5):
        tenant.put(person(number))
    tenant.set_group(0, "Everyone", frozenset(range(5)))
    connector = replace(CONNECTOR, features=frozenset({Feature.USERS, Feature.GROUPS}))
    bench = Bench(tenant, ListDatabase(tmp_path / "lists.db"), ManualClock(), page_size=3, connector=connector)
    yield bench
    await bench.aclose()


async def run(bench: Bench, still_saved: Callable[[], bool]) -> list[SyncEvent]:
    synchronizer = Synchronizer(bench.http, bench.lists, explain=explain, page_size=3, still_saved=still_saved)
    return [event async for event in synchronizer.run(bench.connector, CREDENTIALS)]


def take_away(bench: Bench, name: str = USERS) -> None:
    """Remove a list without a claim, as an earlier release does."""
    with bench.lists._connections.write() as connection:
        delete_list(connection, find_list(connection, name).id)


def names(bench: Bench) -> list[str]:
    return [one.name for one in bench.lists.overview()]


async def test_a_connector_that_was_removed_is_not_read_and_gets_no_list(bench: Bench) -> None:
    end = end_of(await run(bench, lambda: False))

    assert isinstance(end, Failed)
    assert end.finding.code == "connector-removed"
    assert end.finding.title == "The connector was removed"
    assert "'Contoso' was removed" in end.finding.cause
    assert end.finding.remedy
    assert names(bench) == []
    assert bench.tenant.graph_requests == []


async def test_nothing_else_can_change_the_lists_while_it_is_asked_whether_the_connector_is_saved(
    bench: Bench,
) -> None:
    """So that a removal comes wholly before a run's beginning, or meets its claims."""
    with ListDatabase(bench.lists.path, busy_seconds=0) as other:

        def is_saved() -> bool:
            with pytest.raises(LockedError):
                other.remove_lists("Contoso")
            return True

        assert isinstance(end_of(await run(bench, is_saved)), Finished)


async def test_all_lists_are_claimed_from_the_first_page_to_the_last(with_groups: Bench) -> None:
    refusals: list[str] = []
    with ListDatabase(with_groups.lists.path) as other:
        async with aclosing(with_groups.synchronizer.run(with_groups.connector, CREDENTIALS)) as events:
            async for event in events:
                if not isinstance(event, PageRead):
                    continue
                for name in (USERS, GROUPS):
                    with pytest.raises(LockedError), other.claim(name):
                        pass
                called: list[None] = []
                with pytest.raises(LockedError, match="nothing was removed"):
                    other.remove_lists("contoso", first=partial(called.append, None))
                with pytest.raises(LockedError, match="nothing was changed"):
                    other.rename_connector("Contoso", "Fabrikam", first=partial(called.append, None))
                assert called == []
                refusals.append(event.list)
        assert set(refusals) == {USERS, GROUPS}
        assert set(other.remove_lists("Contoso")) == {USERS, GROUPS}


async def test_a_list_that_another_copy_has_fails_the_others_go_on(with_groups: Bench) -> None:
    await with_groups.run()
    with ListDatabase(with_groups.lists.path) as other, other.claim(USERS):
        events = await with_groups.run()
    ends = [event for event in events if isinstance(event, Failed | Finished)]
    assert [(end.list, type(end)) for end in ends] == [(USERS, Failed), (GROUPS, Finished)]
    assert isinstance(ends[0], Failed)
    assert ends[0].finding.code == "list-in-use"


@pytest.mark.parametrize("moment", [Started, PageRead])
async def test_a_list_that_is_removed_while_everything_is_read_stays_removed(
    bench: Bench, moment: type[SyncEvent]
) -> None:
    events: list[SyncEvent] = []
    async with aclosing(bench.synchronizer.run(bench.connector, CREDENTIALS)) as running:
        async for event in running:
            if isinstance(event, moment) and not only(events, moment):
                take_away(bench)
            events.append(event)
    end = end_of(events)

    assert isinstance(end, Failed)
    assert (end.finding.code, end.finding.title) == ("list-removed", "The list was removed")
    assert f"'{USERS}' was removed" in end.finding.cause
    assert not end.can_resume
    assert names(bench) == []


async def test_a_list_that_is_removed_while_changes_are_read_stays_removed(bench: Bench) -> None:
    await bench.finish()
    bench.tenant.put(person(50))
    begun = len(bench.tenant.graph_requests)

    def before(number: int) -> None:
        if number == begun + 1:
            take_away(bench)

    bench.tenant.before_each = before
    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "list-removed"
    assert names(bench) == []


async def test_a_number_that_another_list_was_given_is_not_taken_for_the_list(bench: Bench) -> None:
    events: list[SyncEvent] = []
    async with aclosing(bench.synchronizer.run(bench.connector, CREDENTIALS)) as running:
        async for event in running:
            if isinstance(event, PageRead) and not only(events, PageRead):
                take_away(bench)
                bench.lists.create_list(Feature.USERS, "Fabrikam")
            events.append(event)
    end = end_of(events)

    assert isinstance(end, Failed)
    assert end.finding.code == "list-removed"
    assert names(bench) == ["Users - Fabrikam"]
    assert bench.entries("Users - Fabrikam") == {}
