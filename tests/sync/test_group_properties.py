"""Random lives of groups and their members: the list is the tenant, or what it was."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from entra_tui.model.connector import list_name
from entra_tui.model.permission import Feature
from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.lists import ListDatabase, RunOutcome
from entra_tui.sync.events import Failed, Finished, Held, PageRead
from tests.sync.bench import CONNECTOR, Bench, only
from tests.sync.group_tenant import GroupTenant
from tests.sync.tenant import CREDENTIALS, refusal
from tests.sync.test_properties import FATAL, HEALING

if TYPE_CHECKING:
    import httpx

    from entra_tui.sync.events import SyncEvent
    from tests.sync.tenant import SmallTenant

GROUPS = list_name(Feature.GROUPS, CONNECTOR.name)
NUMBERS = st.integers(0, 8)
CHANGES = st.tuples(NUMBERS, st.text("ab", max_size=2), st.none() | st.frozensets(st.integers(0, 9), max_size=7))
"""A group's number, its name, and its members; None for a group that goes."""


def expired_groups(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
    if "groups/delta" not in request.url.path or "deltatoken" not in str(request.url):
        return None
    tenant.expire_delta_links()
    return refusal(410, "syncStateNotFound")


FAULTS = HEALING | {"expired groups": expired_groups}


def change(tenant: GroupTenant, number: int, name: str, members: frozenset[int] | None) -> None:
    """One change in the tenant."""
    if members is None:
        tenant.delete_group(number)
    else:
        tenant.set_group(number, name, members)


@settings(
    max_examples=int(os.environ.get("ENTRA_TUI_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    report_multiple_bugs=False,
)
@given(data=st.data())
def test_groups_and_members_are_the_tenants_or_what_they_were(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_random_life(data, Path(folder)))


async def _random_life(data: st.DataObject, folder: Path) -> None:
    draw = data.draw
    tenant = GroupTenant.of(
        draw(st.integers(1, 3), "users"),
        delta_page=draw(st.integers(1, 5), "delta page"),
        members_page=draw(st.integers(1, 3), "members page"),
        padding=draw(st.sampled_from([0, 5_000]), "padding"),
    )
    assert isinstance(tenant, GroupTenant)
    for one in draw(st.lists(CHANGES, max_size=8), "at first"):
        change(tenant, *one)
    connector = replace(CONNECTOR, features=frozenset({Feature.USERS, Feature.GROUPS}))
    bench = Bench(tenant, ListDatabase(folder / "lists.db"), ManualClock(), connector=connector)
    try:
        for _ in range(draw(st.integers(1, 3), "runs")):
            await _random_run(data, bench, tenant)
        await bench.finish(confirmed=True)
        assert bench.groups(GROUPS) == tenant.expected_groups
    finally:
        await bench.aclose()


async def _random_run(data: st.DataObject, bench: Bench, tenant: GroupTenant) -> None:
    draw = data.draw
    begun = len(tenant.graph_requests)
    faults = draw(st.dictionaries(st.integers(1, 25), st.sampled_from(sorted(FAULTS)), max_size=5), "faults")
    fatal = draw(st.dictionaries(st.integers(1, 25), st.sampled_from(sorted(FATAL)), max_size=1), "fatal")
    tenant.faults = {begun + at: (FAULTS | FATAL)[name] for at, name in (faults | fatal).items()}
    for one in draw(st.lists(CHANGES, max_size=5), "before"):
        change(tenant, *one)
    meanwhile = draw(st.dictionaries(st.integers(1, 12), CHANGES, max_size=4), "meanwhile")
    tenant.before_each = lambda number: (
        change(tenant, *meanwhile[number - begun]) if number - begun in meanwhile else None
    )
    known = {one.name for one in bench.lists.overview()}
    before = bench.groups(GROUPS) if GROUPS in known else {}
    stop_after = draw(st.none() | st.integers(1, 8), "stop")
    events: list[SyncEvent] = []
    running = bench.synchronizer.run(
        bench.connector, CREDENTIALS, full=draw(st.booleans(), "full"), confirmed=draw(st.booleans(), "confirmed")
    )
    async with aclosing(running):
        async for event in running:
            events.append(event)
            if len(events) == stop_after:
                break
    tenant.before_each = lambda _: None
    tenant.faults = {}
    assert all(page.entries <= 9 for page in only(events, PageRead) if page.list == GROUPS)
    # Five groups of seven members, one by one, is the longest round; each fault costs a request, or a reading.
    once = 3 + 9 * 7 // tenant.delta_page + 9 + 6
    assert len(tenant.graph_requests) - begun <= once * (1 + len(faults) + len(fatal))
    ends = [event for event in events if isinstance(event, Finished | Held | Failed) and event.list == GROUPS]
    if ends and isinstance(ends[0], Finished):
        if meanwhile:
            # What changed after the round was begun is for the next run to tell.
            await bench.finish(confirmed=True)
        assert bench.groups(GROUPS) == tenant.expected_groups
        assert bench.lists.count(GROUPS) == len(tenant.groups)
    elif GROUPS in {one.name for one in bench.lists.overview()}:
        runs = bench.lists.runs(GROUPS, limit=1)
        if ends or not runs or runs[0].outcome is not RunOutcome.SUCCEEDED:
            assert bench.groups(GROUPS) == before
