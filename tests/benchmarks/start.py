"""How long the commands take that have next to nothing to do: `list`, `check`, and `sync` where nothing changed.

`python -m tests.benchmarks.start [--rounds N] [--latency MS]`. In turn, each a process of its own: the commands, and a
script that loads the same libraries, signs in as Microsoft's documents show, and makes the same requests; for `list` it
makes none, and `python -c pass` is measured besides. The program ends with 1 when a number is over its limit.
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

PYTHON = "python -c pass"
LIST, CHECK, SYNC = "entra-tui list", "entra-tui check", "entra-tui sync, nothing to do"
PURPOSES = {LIST: "nothing", CHECK: "check", SYNC: "sync"}
MOST = 1.3
MOST_OF_LIST = 0.15
"""Seconds more than Python itself."""


def contenders(tenant: ServedTenant, folder: Path) -> Iterator[Contender]:
    """One round, on a list that is up to date."""
    program = tenant.program(folder / "data")
    program.call("sync", CONNECTOR)
    yield Contender(PYTHON, [sys.executable, "-c", "pass"], program.environment)
    commands = {LIST: ("list",), CHECK: ("check", CONNECTOR), SYNC: ("sync", CONNECTOR)}
    for name, purpose in PURPOSES.items():
        yield Contender(script_of(name), tenant.script("asking", purpose), program.environment)
        yield Contender(name, program.command(*commands[name]), program.environment)


def script_of(name: str) -> str:
    """The name of the script that a command is compared with."""
    return f"script that asks for {PURPOSES[name]}"


def limits(results: Results) -> Iterator[Limit]:
    """What is compared."""
    for name in PURPOSES:
        for what, of in (("wall", wall_of), ("cpu", cpu_of)):
            yield Limit(f"{name} to its script, {what}", results.ratio(name, script_of(name), of), MOST)
    more = results.median(LIST, wall_of) - results.median(PYTHON, wall_of)
    yield Limit(f"{LIST} more than {PYTHON}, wall", more, MOST_OF_LIST, "s")


def main() -> int:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--latency", type=int, default=0, help="milliseconds before each page")
    asked = parser.parse_args()
    with served_tenant(users=asked.users, latency=asked.latency, groups=10, memberships=100) as tenant:
        results = in_turn(asked.rounds, lambda folder: contenders(tenant, folder), tenant)
    return conclude(f"{asked.rounds} rounds in turn; medians", results, list(limits(results)))


if __name__ == "__main__":
    sys.exit(main())
