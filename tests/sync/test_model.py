"""A list against a tenant that is wrong in every way: after each run it is the tenant, or what it was, with a reason.

Five hundred runs in each suite; `ENTRA_TUI_MODEL_RUNS=50000 pytest tests/sync/test_model.py` for as many as wanted.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.lists import ListDatabase
from entra_tui.sync.events import Failed, Finished, Held, PageRead
from tests.sync.bench import USERS, Bench
from tests.sync.lying_tenant import Behavior, LyingTenant

if TYPE_CHECKING:
    from entra_tui.sync.events import SyncEvent

RUNS: Final = int(os.environ.get("ENTRA_TUI_MODEL_RUNS", "500"))
RUNS_OF_A_LIFE: Final = 5
PARTS: Final = 10
MOST_REQUESTS: Final = 900
"""No behavior makes a run of some two dozen people go on and on."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_list_is_the_tenant_or_what_it_was_with_a_reason(part: int) -> None:
    for life in range(RUNS // RUNS_OF_A_LIFE // PARTS):
        seed = life * PARTS + part
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(_life(seed, Path(folder)))


async def _life(seed: int, folder: Path) -> None:
    dice = Random(seed)
    tenant = LyingTenant.of(
        dice.randint(0, 22),
        largest_page=dice.randint(2, 9),
        delta_page=dice.randint(1, 6),
        has_delta=dice.random() < 0.8,
    )
    assert isinstance(tenant, LyingTenant)
    tenant.dice = dice
    bench = Bench(tenant, ListDatabase(folder / "lists.db"), ManualClock())
    try:
        for number in range(RUNS_OF_A_LIFE):
            await _run(bench, tenant, f"seed {seed}, run {number}")
    finally:
        await bench.aclose()


async def _run(bench: Bench, tenant: LyingTenant, where: str) -> None:
    dice = tenant.dice
    before = bench.entries() if bench.lists.overview() else {}
    tenant.listed = frozenset(before)
    # A count that was off by as many before says nothing new.
    is_count_known_off = bool(before) and bench.lists.state(USERS).surplus != 0
    tenant.behave(
        Behavior.drawn(dice, has_rows=bool(before) and not is_count_known_off, is_unhealed=tenant.is_unhealed)
    )
    tenant.live(dice.randint(0, 4))
    tenant.told.clear()
    asked = len(tenant.requests)
    # Without delta nobody tells what changed since a read was interrupted, so that is worth an hour only.
    bench.clock.advance(dice.choice((60, 3_700, 8 * 86_400) if tenant.has_delta else (3_700, 8 * 86_400)))
    events: list[SyncEvent] = []
    stop_after = dice.choice((None, None, None, None, dice.randint(1, 5)))
    running = bench.synchronizer.run(bench.connector, bench.credentials, full=dice.random() < 0.2)
    async for event in running:
        events.append(event)
        if sum(isinstance(one, PageRead) for one in events) == stop_after:
            break
    await running.aclose()
    told = f"{where}: {tenant.behavior}, {tenant.told}, {events[-1]}"
    assert len(tenant.requests) - asked < MOST_REQUESTS, told
    now = bench.entries()
    match events[-1]:
        case Finished():
            assert now == bench.expected, told
            assert bench.lists.count(USERS) == len(bench.expected), told
            tenant.is_unhealed = False
        case Failed(finding=finding):
            assert now == before, told
            assert finding.code, told
        case Held(code=code):
            assert now == before, told
            assert code, told
        case _:
            # It was stopped: the list may be the new one only where it was swapped in just then.
            assert now in (before, bench.expected), told
