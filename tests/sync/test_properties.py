from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from entra_tui.graph.retry import WaitReason
from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.lists import ListDatabase, RunOutcome
from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, RestartReason, Waiting
from tests.sync.bench import USERS, Bench, only
from tests.sync.tenant import CREDENTIALS, SmallTenant, cut, cut_json, person, refusal, refuse, say, without_value

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from entra_tui.sync.events import SyncEvent

    Fault = Callable[[httpx.Request, SmallTenant], httpx.Response | None]

STALE = 3_601
DOUBTS = frozenset({RestartReason.COUNT_DIFFERS, RestartReason.SHORT_READ})
IDS = st.integers(0, 30)
TEXTS = st.text(max_size=6)


def expired_page(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
    return refusal(400, "Directory_ExpiredPageToken") if "skiptoken" in str(request.url) else None


def expired_delta(request: httpx.Request, tenant: SmallTenant) -> httpx.Response | None:
    if "users/delta" not in request.url.path or "latest" in str(request.url):
        return None
    tenant.expire_delta_links()
    return refusal(410, "syncStateNotFound")


HEALING: dict[str, Fault] = {
    "throttled": refuse(429, "TooManyRequests", retry_after="30"),
    "throttled without a time": refuse(429, "TooManyRequests"),
    "unavailable": refuse(503, "ServiceUnavailable"),
    "gateway": refuse(504, "GatewayTimeout"),
    "cut": cut,
    "half": cut_json,
    "no value": without_value,
    "html": say("<html>proxy</html>"),
    "token": refuse(401, "InvalidAuthenticationToken"),
    "expired page": expired_page,
    "expired delta": expired_delta,
}
FATAL: dict[str, Fault] = {"forbidden": refuse(403, "Authorization_RequestDenied"), "odd": refuse(418, "Teapot")}

CHANGES = st.one_of(
    st.tuples(st.just("put"), IDS, TEXTS),
    st.tuples(st.just("remove"), IDS, st.just("")),
)
FAULTS = st.dictionaries(st.integers(1, 30), st.sampled_from(sorted(HEALING)), max_size=6)


def change(tenant: SmallTenant, kind: str, number: int, text: str) -> None:
    """One change in the tenant."""
    one = person(number, displayName=text, jobTitle=text or None)
    if kind == "put":
        tenant.put(one)
    else:
        tenant.remove(str(one["id"]))


@settings(
    max_examples=int(os.environ.get("ENTRA_TUI_EXAMPLES", "30")),
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    report_multiple_bugs=False,
)
@given(data=st.data())
def test_the_list_is_the_tenant_or_what_it_was(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_random_life(data, Path(folder)))


async def _random_life(data: st.DataObject, folder: Path) -> None:
    """Some runs over one list, each with faults, changes while it reads, perhaps an end in the middle."""
    draw = data.draw
    has_delta = draw(st.booleans(), "delta")
    tenant = SmallTenant.of(
        draw(st.integers(0, 25), "users"),
        largest_page=draw(st.integers(1, 12), "page"),
        delta_page=draw(st.integers(1, 6), "delta page"),
        padding=draw(st.sampled_from([0, 5_000]), "padding"),
        has_delta=has_delta,
        has_count=draw(st.booleans(), "count"),
        minimal=draw(st.booleans(), "minimal"),
    )
    bench = Bench(tenant, ListDatabase(folder / "lists.db"), ManualClock())
    try:
        for _ in range(draw(st.integers(1, 4), "runs")):
            await _random_run(data, bench, has_delta=has_delta)
        bench.clock.advance(STALE)
        await bench.finish(confirmed=True)
        assert bench.entries() == bench.expected
    finally:
        await bench.aclose()


async def _random_run(data: st.DataObject, bench: Bench, *, has_delta: bool) -> None:
    draw, tenant = data.draw, bench.tenant
    begun = len(tenant.graph_requests)
    faults = draw(FAULTS, "faults")
    fatal = draw(st.dictionaries(st.integers(1, 30), st.sampled_from(sorted(FATAL)), max_size=1), "fatal")
    tenant.faults = {begun + at: (HEALING | FATAL)[name] for at, name in (faults | fatal).items()}
    meanwhile = draw(st.dictionaries(st.integers(1, 12), CHANGES, max_size=6), "meanwhile")
    if not has_delta:
        # Nobody tells what changed behind what was read before an interruption, so that is worth an hour only.
        bench.clock.advance(STALE)
    for one in draw(st.lists(CHANGES, max_size=6), "before"):
        change(tenant, *one)
    if has_delta:
        # Without delta, nobody can tell what changes behind the reader's back.
        tenant.before_each = lambda number: (
            change(tenant, *meanwhile[number - begun]) if number - begun in meanwhile else None
        )
    before = bench.entries() if bench.lists.overview() else {}
    stop_after = draw(st.none() | st.integers(1, 6), "stop")
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
    for page in only(events, PageRead):
        assert page.entries <= 31
    _requests_are_explained(bench, begun, events, faults=len(faults) + len(fatal))
    if isinstance(events[-1], Failed):
        assert faults or fatal
    if isinstance(events[-1], Finished) and meanwhile:
        # What changed after the last page that was asked for is for the next run to tell.
        await bench.finish(confirmed=True)
    _list_is_whole(bench, before, events[-1])


def _list_is_whole(bench: Bench, before: object, last: SyncEvent) -> None:
    """The list is the tenant after a run that finished, and what it was before any other."""
    if isinstance(last, Finished):
        assert bench.entries() == bench.expected
        assert bench.lists.count(USERS) == len(bench.tenant.people)
    elif isinstance(last, Failed | Held) or bench.lists.runs(USERS)[0].outcome is not RunOutcome.SUCCEEDED:
        assert bench.entries() == before


def _requests_are_explained(bench: Bench, begun: int, events: list[SyncEvent], *, faults: int) -> None:
    """Each fault costs one more request, or one more reading; nothing is asked for without reason."""
    tenant = bench.tenant
    once = 31 // tenant.largest_page + 31 // tenant.delta_page + 6
    # What changes while it is read may make the count differ, so that everything is read again.
    doubts = sum(event.reason in DOUBTS for event in only(events, Restarted))
    assert doubts <= 2
    assert len(tenant.graph_requests) - begun <= once * (1 + faults + doubts) + faults
    assert sum(event.wait.reason is not WaitReason.COUNT_BEHIND for event in only(events, Waiting)) <= faults
