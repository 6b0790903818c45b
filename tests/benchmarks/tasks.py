"""How long other tasks take, each beside a script that does no more than the task.

`python -m tests.benchmarks.tasks [delta] [groups] [compare] [export] [search] [--rounds N]`, all of them by default:

- delta: 10,000 of 100,000 users changed;
- groups: 200 groups with 100,000 memberships of 2,000 users;
- compare: a full read of 100,000 users over a list of the same;
- export: 100,000 users as CSV, JSON Lines and an Excel workbook;
- search: two names, key by key as they are typed, in 1,000,000 users; also the slowest key of each.

In turn, each a process of its own, and each on databases of its own where it writes. The program ends with 1 when a
number is over its limit.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measure import Contender, Limit, Results, Run, conclude, cpu_of, in_turn, wall_of
from tests.benchmarks.served_tenant import ServedTenant, script, served_tenant
from tests.sync.practice_server import CONNECTOR, USERS, PracticeServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST = 1.5
USUAL_USERS = 100_000
SEARCHED_USERS = 1_000_000
TYPED = ("müller", "karin so")
FORMATS = {"csv": "csv", "jsonl": "jsonl", "excel": "xlsx"}


@dataclass(frozen=True, slots=True)
class Lists:
    """A tenant's users as both keep them after a first full read.

    Attributes:
        program: The program with its data folder.
        database: The script's.
    """

    program: PracticeServer
    database: Path

    def copied(self, folder: Path) -> Lists:
        """The same in another folder."""
        data = folder / "data"
        shutil.copytree(self.program.data, data)
        return Lists(replace(self.program, data=data), Path(shutil.copy(self.database, folder / "script.db")))


@contextmanager
def read_lists(tenant: ServedTenant) -> Iterator[Lists]:
    """Lists for as long as the block takes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        program, database = tenant.program(folder / "data"), folder / "script.db"
        program.call("sync", CONNECTOR)
        # The program has asked already what changed while it read; so the script does now.
        for name in ("full_read_httpx", "delta"):
            subprocess.run(tenant.script(name, str(database)), env=program.environment, check=True)
        yield Lists(program, database)


def delta(rounds: int) -> int:
    """What changed."""
    ours, theirs = "entra-tui sync, by delta", "script, delta"
    with served_tenant(users=USUAL_USERS, changes=10_000) as tenant, read_lists(tenant) as lists:

        def contenders(folder: Path) -> Iterator[Contender]:
            copy = lists.copied(folder)
            environment = copy.program.environment
            yield Contender(theirs, tenant.script("delta", str(copy.database)), environment)
            yield Contender(ours, copy.program.command("sync", CONNECTOR), environment)

        results = in_turn(rounds, contenders, tenant)
    return conclude(f"10,000 changes, {rounds} rounds", results, beside(results, [(ours, theirs)]))


def compare(rounds: int) -> int:
    """A full read over a list."""
    ours, theirs = "entra-tui sync --full", "script, compare"
    with served_tenant(users=USUAL_USERS) as tenant, read_lists(tenant) as lists:

        def contenders(folder: Path) -> Iterator[Contender]:
            copy = lists.copied(folder)
            environment = copy.program.environment
            yield Contender(theirs, tenant.script("compare", str(copy.database)), environment)
            yield Contender(ours, copy.program.command("sync", CONNECTOR, "--full"), environment)

        results = in_turn(rounds, contenders, tenant)
    return conclude(f"{USUAL_USERS:,} users compared, {rounds} rounds", results, beside(results, [(ours, theirs)]))


def groups(rounds: int) -> int:
    """Users and groups with their members."""
    ours, theirs = "entra-tui sync, with groups", "script, groups"
    with served_tenant(users=2_000, groups=200, memberships=100_000) as tenant:

        def contenders(folder: Path) -> Iterator[Contender]:
            program = tenant.program(folder / "data", "--feature", "groups")
            yield Contender(theirs, tenant.script("groups", str(folder / "script.db")), program.environment)
            yield Contender(ours, program.command("sync", CONNECTOR), program.environment)

        results = in_turn(rounds, contenders, tenant)
    return conclude(f"100,000 memberships, {rounds} rounds", results, beside(results, [(ours, theirs)]))


def export(rounds: int) -> int:
    """A list as a file."""
    pairs = [(f"entra-tui export, {form}", f"script, {form}") for form in FORMATS]
    with served_tenant(users=USUAL_USERS) as tenant, read_lists(tenant) as lists:

        def contenders(folder: Path) -> Iterator[Contender]:
            for (ours, theirs), (form, ending) in zip(pairs, FORMATS.items(), strict=True):
                environment = lists.program.environment
                file = str(folder / f"script.{ending}")
                yield Contender(theirs, script("export", str(lists.database), form, file), environment)
                file = str(folder / f"program.{ending}")
                yield Contender(ours, lists.program.command("export", USERS, "-o", file), environment)

        results = in_turn(rounds, contenders)
    return conclude(f"{USUAL_USERS:,} users exported, {rounds} rounds", results, beside(results, pairs))


def search(rounds: int) -> int:
    """Names as they are typed."""
    ours, theirs = "entra-tui, search as typed", "script, search as typed"
    with served_tenant(users=SEARCHED_USERS) as tenant, read_lists(tenant) as lists:
        program = [sys.executable, "-m", "tests.benchmarks.typed_search", str(lists.program.data / "lists.db"), USERS]

        def contenders(_: Path) -> Iterator[Contender]:
            environment = lists.program.environment
            yield Contender(theirs, script("search", str(lists.database), *TYPED), environment)
            yield Contender(ours, [*program, *TYPED], environment)

        results = in_turn(rounds, contenders)
    slowest = Limit(f"{ours} to {theirs}, slowest key", results.ratio(ours, theirs, slowest_key_of), MOST)
    keys = sum(map(len, TYPED))
    seconds = " and ".join(f"{results.median(name, slowest_key_of):.3f} s" for name in (theirs, ours))
    title = f"{keys} keys in {SEARCHED_USERS:,} users, the slowest {seconds}, {rounds} rounds"
    return conclude(title, results, [*beside(results, [(ours, theirs)]), slowest])


def slowest_key_of(run: Run) -> float:
    """Seconds, as a search tells them in the end."""
    return float(run.told)


def beside(results: Results, pairs: Sequence[tuple[str, str]]) -> list[Limit]:
    """The ratios of the program to the scripts."""
    return [
        Limit(f"{ours} to {theirs}, {what}", results.ratio(ours, theirs, of), MOST)
        for ours, theirs in pairs
        for what, of in (("wall", wall_of), ("cpu", cpu_of))
    ]


TASKS: dict[str, Callable[[int], int]] = {
    "delta": delta,
    "groups": groups,
    "compare": compare,
    "export": export,
    "search": search,
}


def main() -> int:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="what to measure; all by default")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    if unknown := set(asked.tasks) - set(TASKS):
        parser.error(f"no such task: {', '.join(sorted(unknown))}")
    return max([TASKS[name](asked.rounds) for name in asked.tasks or TASKS])


if __name__ == "__main__":
    sys.exit(main())
