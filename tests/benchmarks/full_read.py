"""How long a full read takes, beside scripts that a good engineer would write for it.

`python -m tests.benchmarks.full_read [--users N] [--latency MS] [--rounds N]`. In turn, each a process of its own: a
script with httpx and one with the standard library's client, both with typed decoding, plain rows in one transaction
and an index at the end; `entra-tui sync` for the first time; and `entra-tui sync --full` over the list that is there.

The first is compared with the script that uses httpx, and the second with the first, by wall and processor time; with
a long latency also with what no reader of pages can go below: the pages times the latency. A page takes 3 ms where
nothing is said, as one of a server does that has it at hand. The program ends with 1 when a number is over.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tests.benchmarks.measure import Contender, Limit, Results, conclude, cpu_of, in_turn, wall_of
from tests.benchmarks.served_tenant import ServedTenant, served_tenant
from tests.sync.practice_server import CONNECTOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HTTPX, HTTP_CLIENT = "script with httpx", "script with http.client"
FIRST, AGAIN = "entra-tui sync, first", "entra-tui sync --full, over it"
MOST_OF_WALL = 1.25
MOST_OF_CPU = 1.5
MOST_OVER_FIRST = 1.5
MOST_OF_LATENCY = 1.03
LONG_LATENCY = 100


def contenders(tenant: ServedTenant, folder: Path) -> Iterator[Contender]:
    """One round, each with a database of its own but for the last, which reads over that of the one before."""
    program = tenant.program(folder / "data")
    for name, script in ((HTTPX, "full_read_httpx"), (HTTP_CLIENT, "full_read_http_client")):
        yield Contender(name, tenant.script(script, str(folder / f"{script}.db")), program.environment)
    yield Contender(FIRST, program.command("sync", CONNECTOR), program.environment)
    yield Contender(AGAIN, program.command("sync", CONNECTOR, "--full"), program.environment)


def beside_scripts(results: Results) -> list[Limit]:
    """The ratios to the script that uses the same libraries, and of the second read to the first."""
    return [
        Limit(f"{FIRST} to {HTTPX}, wall", results.ratio(FIRST, HTTPX, wall_of), MOST_OF_WALL),
        Limit(f"{FIRST} to {HTTPX}, cpu", results.ratio(FIRST, HTTPX, cpu_of), MOST_OF_CPU),
        Limit(f"{AGAIN} to the first, wall", results.ratio(AGAIN, FIRST, wall_of), MOST_OVER_FIRST),
        Limit(f"{AGAIN} to the first, cpu", results.ratio(AGAIN, FIRST, cpu_of), MOST_OVER_FIRST),
    ]


def beside_latency(results: Results, latency: float) -> list[Limit]:
    """The ratios to the latency of the pages alone."""
    return [
        Limit(
            f"{name} to pages x latency, wall",
            results.median(name, lambda run: run.wall / (run.pages * latency)),
            MOST_OF_LATENCY,
        )
        for name in (FIRST, AGAIN)
    ]


def main() -> int:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--latency", type=int, default=3, help="milliseconds before each page")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with served_tenant(users=asked.users, latency=asked.latency) as tenant:
        results = in_turn(asked.rounds, lambda folder: contenders(tenant, folder), tenant)
    limits = beside_scripts(results)
    if asked.latency >= LONG_LATENCY:
        limits += beside_latency(results, asked.latency / 1_000)
    title = f"{asked.users:,} users, {asked.latency} ms a page, {asked.rounds} rounds in turn; medians"
    return conclude(title, results, limits)


if __name__ == "__main__":
    sys.exit(main())
