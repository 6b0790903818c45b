"""Figures of the practice tenant: page time, start time, memory. Run it: `python -m tests.benchmarks.practice_tenant`.

Each figure stands beside the most that it may be; the program ends with 1 when one is over.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.transport import PracticeTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import SimpleQueue

PAGES = 20
SELECT = ",".join(USER_COLUMNS)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure with its limit."""

    name: str
    value: float
    limit: float
    unit: str


async def _pages(cloud: PracticeCloud, link: str, most: int) -> list[float]:
    inputs = cloud.inputs
    async with httpx.AsyncClient(transport=PracticeTransport(cloud)) as http:
        answer = await http.post(
            f"https://login.microsoftonline.com/{inputs.tenant}/oauth2/v2.0/token",
            data={
                "client_id": inputs.client_id,
                "client_secret": inputs.secret.reveal(),
                "grant_type": "client_credentials",
                "scope": "https://graph.microsoft.com/.default",
            },
        )
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        times: list[float] = []
        following: str | None = f"https://graph.microsoft.com/v1.0/{link}"
        while following and len(times) < most:
            # A core's own time: on a busy machine the clock on the wall tells of the others.
            start = time.process_time()
            answer = await http.get(following)
            times.append((time.process_time() - start) * 1_000)
            # Found without parsing: the reader's own work is no figure of the server's.
            head, found, rest = answer.text[:2_000].partition('"@odata.nextLink":"')
            following = rest.partition('"')[0] if found and head else None
        return times


def page_time() -> Figure:
    """The median time on one core of a page of 999 users with every column of the lookup list."""
    cloud = PracticeCloud(find_scenario("healthy"), users=200_000)
    times = asyncio.run(_pages(cloud, f"users?$top=999&$select={SELECT}", PAGES))
    return Figure("page of 999 users", statistics.median(times), 20.0, "ms")


def start_time() -> Figure:
    """From a scenario's name to 200,000 users that can be asked for."""
    start = time.perf_counter()
    PracticeCloud(find_scenario("large-tenant"))
    return Figure("start with 200,000 users", (time.perf_counter() - start) * 1_000, 1_000.0, "ms")


def memory() -> Figure:
    """The most memory of a process that reads 1,000,000 users once."""
    cloud = PracticeCloud(find_scenario("healthy"), users=1_000_000)
    asyncio.run(_pages(cloud, f"users?$top=999&$select={SELECT}", 2_000))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Figure("memory at 1,000,000 users", peak / 1_024, 150.0, "MB")


def _in_a_process_of_its_own(measure: Callable[[], Figure]) -> Figure:
    context = multiprocessing.get_context("spawn")
    results: SimpleQueue[Figure] = context.SimpleQueue()
    process = context.Process(target=_run, args=(measure, results))
    process.start()
    process.join()
    return results.get()


def _run(measure: Callable[[], Figure], results: SimpleQueue[Figure]) -> None:
    results.put(measure())


def main() -> int:
    """Measure everything and say it."""
    over = 0
    for measure in (page_time, start_time, memory):
        figure = _in_a_process_of_its_own(measure)
        over += figure.value > figure.limit
        sys.stdout.write(f"{figure.name}: {figure.value:.1f} {figure.unit} (at most {figure.limit:g})\n")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
