from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.entry import Changes, ListStatus
from entra_tui.storage.lists import RunOutcome
from entra_tui.sync.events import Failed, Finished, PageRead, Restarted, RestartReason, SyncMode, Waiting
from tests.sync.bench import USERS, end_of, only, started
from tests.sync.tenant import CREDENTIALS, person, refuse

if TYPE_CHECKING:
    from tests.sync.bench import Bench


async def test_a_first_run_reads_everything(bench: Bench) -> None:
    events = await bench.run()

    assert bench.entries() == bench.expected
    assert started(events).mode is SyncMode.FULL
    assert [(page.entries, page.total) for page in only(events, PageRead)] == [(n, 10) for n in (3, 6, 9, 10, 10)]
    end = end_of(events)
    assert isinstance(end, Finished)
    assert (end.list, end.changes, end.mode, end.pages) == (USERS, Changes(added=10), SyncMode.FULL, 5)
    assert end.requests == len(bench.tenant.requests)
    assert bench.lists.overview()[0].status is ListStatus.SYNCHRONIZED


async def test_a_first_run_costs_two_requests_more_than_its_pages(bench: Bench) -> None:
    await bench.run()

    assert bench.tenant.kinds == {"users": 4, "users/delta": 2}
    first_pages = [request.url.params for request in bench.tenant.graph_requests if request.url.path.endswith("users")]
    assert first_pages[0]["$count"] == "true"
    assert first_pages[0]["$top"] == "3"


async def test_what_changes_during_a_full_read_is_caught_up_with(bench: Bench) -> None:
    def change(number: int) -> None:
        if number == 4:
            bench.tenant.remove(person(0)["id"])  # type: ignore[arg-type]
            bench.tenant.put(person(1, displayName="Renamed"))
            bench.tenant.put(person(77) | {"id": "00000000-1111-4000-8000-000000000000"})

    bench.tenant.before_each = change

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_later_run_reads_only_what_changed(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(3, displayName="Renamed", jobTitle=None))
    bench.tenant.put(person(50))
    bench.tenant.remove(str(person(4)["id"]))
    before = len(bench.tenant.graph_requests)

    end = await bench.finish()

    assert bench.entries() == bench.expected
    assert end.mode is SyncMode.DELTA
    assert end.changes == Changes(added=1, changed=1, removed=1, unchanged=8)
    assert len(bench.tenant.graph_requests) == before + 1


async def test_a_delta_of_changed_properties_only_is_merged(bench: Bench) -> None:
    bench.tenant.put(person(3, jobTitle="Clerk", department="Sales"))
    await bench.run()
    bench.tenant.minimal = True
    bench.tenant.put(person(3, jobTitle=None, department="Marketing"))

    await bench.finish()

    assert bench.entries()[str(person(3)["id"])] == {
        **{key: value for key, value in person(3).items() if key != "id"},
        "department": "Marketing",
    }


async def test_full_reads_everything_again_and_compares(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(3, displayName="Renamed"))

    end = await bench.finish(full=True)

    assert (end.mode, end.changes) == (SyncMode.FULL, Changes(changed=1, unchanged=9))


async def test_an_expired_delta_link_leads_to_a_full_read(bench: Bench) -> None:
    await bench.run()
    bench.tenant.put(person(50))
    bench.tenant.expire_delta_links()

    events = await bench.run()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.DELTA_EXPIRED)]
    assert bench.entries() == bench.expected


async def test_without_delta_full_reads_are_compared(bench: Bench) -> None:
    bench.tenant.has_delta = False
    events = await bench.run()
    bench.tenant.put(person(3, displayName="Renamed"))
    bench.tenant.remove(str(person(4)["id"]))

    end = await bench.finish()

    assert only(events, Restarted) == [Restarted(USERS, RestartReason.DELTA_REFUSED)]
    assert end.changes == Changes(changed=1, removed=1, unchanged=8)
    assert bench.entries() == bench.expected


async def test_delta_that_is_no_longer_offered_leads_to_full_reads(bench: Bench) -> None:
    await bench.run()
    bench.tenant.has_delta = False
    bench.tenant.put(person(50))

    events = await bench.run()

    assert [event.reason for event in only(events, Restarted)] == [
        RestartReason.CHECKPOINT_LOST,
        RestartReason.DELTA_REFUSED,
    ]
    assert bench.entries() == bench.expected


async def test_without_count_there_is_no_total(bench: Bench) -> None:
    bench.tenant.has_count = False

    events = await bench.run()

    assert {page.total for page in only(events, PageRead)} == {None}
    assert bench.entries() == bench.expected


async def test_a_page_size_that_is_refused_is_lowered(bench: Bench) -> None:
    bench.page_size = 999
    bench.tenant.most_top = 100

    await bench.finish()

    assert bench.entries() == bench.expected


async def test_a_tenant_of_nobody(bench: Bench) -> None:
    bench.tenant.people.clear()

    end = await bench.finish()

    assert end.changes == Changes()


async def test_throttling_is_waited_for_and_shown(bench: Bench) -> None:
    bench.tenant.faults = {3: refuse(429, "TooManyRequests", retry_after="7"), 4: refuse(503)}

    events = await bench.run()

    waits = [event.wait for event in only(events, Waiting)]
    assert [(wait.seconds, wait.status) for wait in waits[:1]] == [(7.0, 429)]
    assert waits[1].status == 503
    assert bench.entries() == bench.expected


async def test_patience_ends(bench: Bench) -> None:
    bench.patience_seconds = 60
    bench.tenant.faults = dict.fromkeys(range(4, 200), refuse(503, "ServiceUnavailable"))

    end = end_of(await bench.run())

    assert isinstance(end, Failed)
    assert end.finding.code == "ServiceUnavailable"
    assert end.can_resume
    assert 30 < end.seconds <= 60
    assert bench.lists.overview()[0].entries == 0
    assert bench.lists.runs(USERS)[0].outcome is RunOutcome.FAILED


async def test_a_refused_token_is_renewed(bench: Bench) -> None:
    def refuse_first(number: int) -> None:
        if number == 4:
            bench.tenant.refused_tokens.add("opaque-token-0001")

    bench.tenant.before_each = refuse_first

    await bench.finish()

    assert bench.tenant.tokens == 2
    assert bench.entries() == bench.expected


async def test_the_secret_and_tokens_are_in_no_link_and_no_file(bench: Bench) -> None:
    await bench.run()

    stored = b"".join(path.read_bytes() for path in bench.lists.path.parent.iterdir() if path.is_file())
    for secret in (CREDENTIALS.secret.reveal().encode(), b"opaque-token"):
        assert secret not in stored
