"""Whole processes, measured in turn: wall, processor time, memory, requests; medians, and ratios with their limits.

A process counts from its start to its end; the least memory that can be told of one is that of this one, about 25 MiB,
which starts it. A ratio is the median of the rounds' own ratios, since what disturbs the machine for a while disturbs
the neighbours within a round alike.
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.served_tenant import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tests.benchmarks.served_tenant import ServedTenant

_HEAD = f"{'':<36}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'requests':>10}{'server cpu s':>14}"
_LEFT_OUT = frozenset(
    {
        # An uncompiled module would be compiled at each start, which an installed program never does.
        "PYTHONDONTWRITEBYTECODE",
        # To the library requests, which MSAL uses, they count more than the certificate that it is given.
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    }
)
_NOTHING = Tally(0, 0, 0.0)


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that is measured.

    Attributes:
        name: Which.
        command: Its process.
        environment: The process's variables.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """One process from its start to its end.

    Attributes:
        wall: Seconds.
        cpu: Seconds of processor time.
        peak: Its largest memory, in MiB.
        requests: How many it made.
        pages: How many of the answers were pages.
        server_cpu: Seconds of processor time that its requests cost the tenant.
        told: The last line that it wrote.
    """

    wall: float
    cpu: float
    peak: float
    requests: int
    pages: int
    server_cpu: float
    told: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A number with the most that it may be.

    Attributes:
        name: What the number is.
        value: The number.
        most: The most.
        unit: What stands behind it.
    """

    name: str
    value: float
    most: float
    unit: str = "times"

    @property
    def is_over(self) -> bool:
        """Whether it is more."""
        return self.value > self.most

    def __str__(self) -> str:
        over = "  OVER" if self.is_over else ""
        return f"{self.name}: {self.value:.3f} {self.unit} (at most {self.most:g}){over}"


class Results:
    """The runs of each contender, a round's behind that of the one before."""

    def __init__(self) -> None:
        self._runs: dict[str, list[Run]] = {}

    def add(self, name: str, run: Run) -> None:
        """Take a contender's next run."""
        self._runs.setdefault(name, []).append(run)

    def ratio(self, name: str, other: str, of: Callable[[Run], float]) -> float:
        """How many times the other's a contender's number is."""
        pairs = zip(self._runs[name], self._runs[other], strict=True)
        return statistics.median(of(one) / of(two) for one, two in pairs)

    def median(self, name: str, of: Callable[[Run], float]) -> float:
        """A contender's median of some number."""
        return statistics.median(map(of, self._runs[name]))

    def table(self) -> str:
        """The medians of all contenders."""
        lines = [_HEAD]
        for name in self._runs:
            wall, cpu, peak, requests, server = (
                self.median(name, of) for of in (wall_of, cpu_of, peak_of, requests_of, server_cpu_of)
            )
            lines.append(f"{name:<36}{wall:>9.3f}{cpu:>9.3f}{peak:>10.1f}{requests:>10.0f}{server:>14.3f}")
        return "\n".join(lines)


def wall_of(run: Run) -> float:
    """Its time."""
    return run.wall


def cpu_of(run: Run) -> float:
    """Its processor time."""
    return run.cpu


def peak_of(run: Run) -> float:
    """Its memory."""
    return run.peak


def requests_of(run: Run) -> float:
    """Its requests."""
    return run.requests


def server_cpu_of(run: Run) -> float:
    """What its requests cost the tenant."""
    return run.server_cpu


def in_turn(
    rounds: int,
    contenders: Callable[[Path], Iterable[Contender]],
    tenant: ServedTenant | None = None,
) -> Results:
    """Run every contender once a round, for some rounds.

    Args:
        rounds: How many.
        contenders: Gives those of a round. The folder is new in each round; what is done between two of them is not
            measured.
        tenant: Whom they ask, if anybody.
    """
    # The first one to start would else compile for all that follow.
    for package in ("entra_tui", "tests/benchmarks"):
        compileall.compile_dir(package, quiet=1)
    results = Results()
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for contender in contenders(Path(folder)):
                results.add(contender.name, measured(contender, tenant))
    return results


def measured(contender: Contender, tenant: ServedTenant | None = None) -> Run:
    """Run a process to its end.

    Raises:
        SystemExit: It failed.
    """
    environment = {name: value for name, value in contender.environment.items() if name not in _LEFT_OUT}
    # What the one before wrote is none of this one's work.
    os.sync()
    before = tenant.tally() if tenant is not None else _NOTHING
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            contender.command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        told = output.read().decode(errors="replace").strip()
        if process.returncode:
            raise SystemExit(f"{contender.name} failed:\n{told[-3_000:]}")
    after = tenant.tally() if tenant is not None else _NOTHING
    return Run(
        wall,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1_024,
        after.requests - before.requests,
        after.pages - before.pages,
        after.cpu - before.cpu,
        told.rpartition("\n")[2],
    )


def conclude(title: str, results: Results, limits: Sequence[Limit]) -> int:
    """Print the medians and the limits; gives the exit code."""
    lines = [title, results.table(), *map(str, limits), ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
    return 1 if any(limit.is_over for limit in limits) else 0
