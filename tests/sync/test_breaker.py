from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.model.entry import Changes
from entra_tui.storage.lists import RunOutcome
from entra_tui.sync.breaker import removes_too_much
from entra_tui.sync.engine import Synchronizer
from entra_tui.sync.events import Finished, Held, SyncMode
from tests.sync.bench import USERS, end_of, explain, started
from tests.sync.tenant import person

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.bench import Bench


def leave(bench: Bench, count: int) -> None:
    """The first `count` users leave the tenant."""
    for number in range(count):
        bench.tenant.remove(str(person(number)["id"]))


@pytest.mark.parametrize(
    ("present", "removed", "held"),
    [
        (0, 0, False),
        (1, 0, False),
        (1, 1, True),
        (4, 3, False),
        (4, 4, True),
        (5, 1, False),
        (5, 2, True),
        (8, 2, False),
        (8, 3, True),
        (1_000_000, 250_000, False),
        (1_000_000, 250_001, True),
    ],
)
def test_a_quarter_may_go(present: int, removed: int, held: bool) -> None:
    assert removes_too_much(Changes(added=7, removed=removed, unchanged=present - removed)) is held


@pytest.mark.parametrize("full", [False, True])
async def test_a_result_that_removes_too_much_is_held_until_confirmed(bench: Bench, full: bool) -> None:
    await bench.run()
    before = bench.entries()
    leave(bench, 3)
    bench.tenant.put(person(50))

    end = end_of(await bench.run(full=full))

    assert isinstance(end, Held)
    assert end.changes == Changes(added=1, removed=3, unchanged=7)
    assert end.entries == 10
    assert {entry.id for entry in end.examples} == {person(number)["id"] for number in range(3)}
    assert bench.entries() == before
    assert bench.lists.runs(USERS)[0].outcome is RunOutcome.HELD

    confirmed = end_of(await bench.run(confirmed=True))

    assert isinstance(confirmed, Finished)
    assert confirmed.changes == end.changes
    assert bench.entries() == bench.expected


async def test_confirming_applies_what_was_held_without_reading_it_again(bench: Bench) -> None:
    await bench.run()
    leave(bench, 5)
    await bench.run(full=True)
    begun = len(bench.tenant.graph_requests)

    await bench.finish(confirmed=True)

    assert [request.url.path for request in bench.tenant.graph_requests[begun:]] == ["/v1.0/users/delta"] * 2
    assert bench.entries() == bench.expected


async def test_what_was_held_heals_when_it_was_a_mistake(bench: Bench) -> None:
    await bench.run()
    people = dict(bench.tenant.people)
    leave(bench, 10)
    assert isinstance(end_of(await bench.run(full=True)), Held)
    # Not as changes: the full read before was wrong, and no delta will ever tell.
    bench.tenant.people = people

    events = await bench.run(full=True)

    assert started(events).resumed_entries == 0
    assert isinstance(end_of(events), Finished)
    assert bench.entries() == bench.expected


async def test_a_held_full_read_is_not_gone_on_with_by_a_later_run(bench: Bench) -> None:
    await bench.run()
    leave(bench, 4)
    assert isinstance(end_of(await bench.run(full=True)), Held)

    events = await bench.run()

    assert started(events).mode is SyncMode.DELTA
    assert isinstance(end_of(events), Held)
    assert bench.lists.open_stage(USERS) is None


async def test_an_empty_answer_does_not_empty_a_list(bench: Bench) -> None:
    await bench.run()
    bench.tenant.people.clear()

    end = end_of(await bench.run(full=True))

    assert isinstance(end, Held)
    assert len(bench.entries()) == 10


async def test_a_few_departures_in_a_delta_need_no_word(bench: Bench) -> None:
    await bench.run()
    leave(bench, 2)

    assert (await bench.finish()).changes == Changes(removed=2, unchanged=8)


async def test_departures_of_strangers_do_not_count(bench: Bench) -> None:
    await bench.run()
    for number in range(20, 40):
        bench.tenant.put(person(number))
        bench.tenant.remove(str(person(number)["id"]))

    assert (await bench.finish()).changes == Changes(unchanged=10)


# ---------------------------------------------------------------- values that are gone


def without(column: str, numbers: range) -> Callable[[Bench], None]:
    """What a column turning null for some users looks like: no delta tells of it."""

    def take(bench: Bench) -> None:
        for number in numbers:
            identifier = str(person(number)["id"])
            bench.tenant.people[identifier] = bench.tenant.people[identifier] | {column: None}

    return take


def with_job_titles(bench: Bench, count: int) -> None:
    for number in range(count):
        bench.tenant.put(person(number, jobTitle="Clerk", mail=f"user{number}@contoso.example"))


@pytest.mark.parametrize(
    ("column", "had", "lost", "held"),
    [
        ("jobTitle", 10, range(10), True),
        ("jobTitle", 10, range(3), True),
        ("jobTitle", 10, range(2), False),
        ("jobTitle", 6, range(6), True),
        ("jobTitle", 2, range(2), False),
        ("displayName", 10, range(1), True),
        ("userPrincipalName", 10, range(1), True),
        ("accountEnabled", 10, range(10), True),
    ],
)
async def test_a_full_read_that_empties_a_column_is_held_until_confirmed(
    bench: Bench, column: str, had: int, lost: range, held: bool
) -> None:
    with_job_titles(bench, had)
    await bench.run()
    before = bench.entries()
    without(column, lost)(bench)

    end = end_of(await bench.run(full=True))

    if not held:
        assert isinstance(end, Finished)
        assert bench.entries() == bench.expected
        return
    assert isinstance(end, Held)
    assert [(loss.column, loss.rows) for loss in end.losses] == [(column, len(lost))]
    assert end.code == "columns-emptied"
    assert bench.lists.runs(USERS)[0].reason == "columns-emptied"
    assert bench.entries() == before
    await bench.finish(full=True, confirmed=True)
    assert bench.entries() == bench.expected
    await bench.finish(full=True)


async def test_every_column_that_is_emptied_is_named(bench: Bench) -> None:
    with_job_titles(bench, 10)
    await bench.run()
    for number in range(10):
        bench.tenant.people[str(person(number)["id"])] = {"id": person(number)["id"]}

    end = end_of(await bench.run(full=True))

    assert isinstance(end, Held)
    assert {loss.column for loss in end.losses} == {
        *("displayName", "userPrincipalName", "jobTitle", "mail", "accountEnabled")
    }
    assert all(loss.everywhere for loss in end.losses)


async def test_in_a_short_list_a_column_that_all_lose_is_held(bench: Bench) -> None:
    for number in range(4, 10):
        bench.tenant.remove(str(person(number)["id"]))
    with_job_titles(bench, 4)
    await bench.run()
    without("jobTitle", range(4))(bench)

    assert isinstance(end_of(await bench.run(full=True)), Held)


async def test_a_delta_that_empties_a_column_is_held_too(bench: Bench) -> None:
    with_job_titles(bench, 10)
    await bench.run()
    for number in range(3):
        bench.tenant.put(person(number, jobTitle=None, mail=f"user{number}@contoso.example"))

    end = end_of(await bench.run())

    assert isinstance(end, Held)
    assert [(loss.column, loss.rows, loss.everywhere) for loss in end.losses] == [("jobTitle", 3, False)]
    assert bench.lists.runs(USERS)[0].report.warnings == ("It would empty jobTitle of 3 entries.",)
    await bench.finish(confirmed=True)
    assert bench.entries() == bench.expected


async def test_a_column_that_was_chosen_away_is_not_missed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with_job_titles(bench, 10)
    await bench.run()
    chosen = ("id", "userPrincipalName", "displayName")
    monkeypatch.setattr(type(bench), "synchronizer", property(lambda self: _reading(self, chosen)))

    assert isinstance(end_of(await bench.run()), Finished)


def _reading(bench: Bench, columns: tuple[str, ...]) -> Synchronizer:
    return Synchronizer(bench.http, bench.lists, explain=explain, page_size=bench.page_size, columns=columns)
