"""How quick and how small a synchronization is, against baselines in the same run.

`python -m tests.benchmarks.sync [--users N ...] [--latency MS ...] [--repeat N]` starts `entra-tui simulate` in
another process and, one after another over TLS: (a) a bare loop that only downloads the pages, (b) httpx, parsing and
one SQLite transaction, and `entra-tui sync`: full, again by delta with 100 changes, full again, and resumed after it
was killed half way.

`seconds` is what each tells of itself, from the sign-in to the last commit; `process` is the whole process, with the
start of Python. What is compared is `seconds`: with (a), with (b), with the first full read, and with the latency
alone, which no reader of pages can go below.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.sync.practice_server import PracticeServer, practice_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANGES = 100
HEAD = (
    f"{'':<20}{'seconds':>9}{'process':>9}{'users/s':>10}{'requests':>10}{'cpu s':>8}{'peak MiB':>10}"
    f"{'to (a)':>8}{'to (b)':>8}{'to full':>9}{'to latency':>12}"
)


@dataclass(frozen=True)
class Measured:
    """One contender's result.

    Attributes:
        name: Which.
        users: How many users it dealt with.
        seconds: As it told itself: from the sign-in to the last commit.
        process: From the start of its process to its end.
        requests: How many it made.
        cpu: Seconds of processor time of the whole process.
        peak: Its largest memory, in MiB.
    """

    name: str
    users: int
    seconds: float
    process: float
    requests: int
    cpu: float
    peak: float


def measured(name: str, users: int, command: Sequence[str], environment: Mapping[str, str]) -> Measured:
    """Run a process to its end; its last line is JSON with `seconds` and `requests`."""
    with tempfile.TemporaryFile("w+") as output:
        begun = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        ended = time.monotonic()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        told = json.loads(output.readlines()[-1])
    if process.returncode:
        raise SystemExit(f"{name} failed: {told}")
    cpu = usage.ru_utime + usage.ru_stime
    found = Measured(name, users, told["seconds"], ended - begun, told["requests"], cpu, usage.ru_maxrss / 1024)
    sys.stderr.write(f"{found}\n")
    return found


def killed_half_way(server: PracticeServer, users: int) -> None:
    """Begin a full read and kill it when half of the users are staged."""
    command = server.command("sync", "Contoso", "--json", "--full")
    with subprocess.Popen(
        command, env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("entries", 0) >= users // 2:
                break
        process.kill()


def rounds(users: int, latency: int, repeat: int) -> list[list[Measured]]:
    """Every contender, `repeat` times in turn."""
    # The changes come with the first delta after the full read, and are the same each time.
    scenario = (
        f"title = 'Benchmark'\ndescription = 'For the benchmark.'\n[line]\nlatency_ms = {latency}\n"
        f"[[timeline]]\naction = 'change-users'\nafter = 'users-delta'\nnth = 3\ncount = {CHANGES}\n"
    )
    results = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder, practice_server(Path(folder), scenario, users=users) as server:
            results.append(_one_round(server, users, Path(folder)))
    return results


def _one_round(server: PracticeServer, users: int, folder: Path) -> list[Measured]:
    told = server.endpoints
    token_url = f"{told['authority']}/{told['tenant_id']}/oauth2/v2.0/token"
    sync = server.command("sync", "Contoso", "--json")

    def baseline(kind: str) -> Sequence[str]:
        where = (told["graph"], token_url, told["client_id"], str(folder / "baseline.db"))
        return [sys.executable, "-m", "tests.benchmarks.baselines", kind, *where]

    found = [
        measured("a: bare download", users, baseline("bare"), server.environment),
        measured("b: one transaction", users, baseline("transaction"), server.environment),
        measured("sync: full", users, sync, server.environment),
        measured("sync: delta", users, sync, server.environment),
        measured("sync: full again", users, [*sync, "--full"], server.environment),
    ]
    killed_half_way(server, users)
    found.append(measured("sync: resumed", users, sync, server.environment))
    return found


def table(results: Sequence[Sequence[Measured]], latency: int) -> str:
    """The best of each contender, with its ratio to both baselines and to the latency alone."""
    best = [min(turns, key=lambda one: one.seconds) for turns in zip(*results, strict=True)]
    bare, transaction, full = best[0].seconds, best[1].seconds, best[2].seconds
    lines = [f"{best[0].users:,} users, {latency} ms a request", HEAD]
    for one in best:
        waiting = one.requests * latency / 1000
        lines.append(
            f"{one.name:<20}{one.seconds:>9.2f}{one.process:>9.2f}{one.users / one.seconds:>10,.0f}{one.requests:>10}"
            f"{one.cpu:>8.2f}{one.peak:>10.1f}{one.seconds / bare:>8.2f}{one.seconds / transaction:>8.2f}"
            f"{one.seconds / full:>9.3f}" + (f"{one.seconds / waiting:>12.2f}" if waiting else "")
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 200], help="milliseconds")
    parser.add_argument("--repeat", type=int, default=1)
    asked = parser.parse_args()
    for users in asked.users:
        for latency in asked.latency:
            sys.stdout.write(table(rounds(users, latency, asked.repeat), latency) + "\n\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
