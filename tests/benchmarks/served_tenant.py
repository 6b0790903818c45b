"""A tenant in memory in a process of its own, and what it was asked."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.sync.practice_server import connected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.sync.practice_server import PracticeServer

TALLY = "/tally"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a tenant was asked so far.

    Attributes:
        requests: How often.
        pages: How many of the answers were pages of users, groups or changes.
        cpu: Seconds of processor time of its process.
    """

    requests: int
    pages: int
    cpu: float


@dataclass(frozen=True, slots=True)
class ServedTenant:
    """A tenant that serves.

    Attributes:
        endpoints: What it told of itself.
        line: The connection on which it is asked for its tally, open all the while so that asking costs it little.
    """

    endpoints: Mapping[str, str]
    line: HTTPSConnection

    def tally(self) -> Tally:
        """What it was asked so far; this question is not counted."""
        self.line.request("GET", TALLY)
        told = json.loads(self.line.getresponse().read())
        return Tally(told["requests"], told["pages"], told["cpu"])

    def program(self, data: Path, *options: str) -> PracticeServer:
        """The program with a connector to it in the folder `data`; `options` are those of `connector add`."""
        return connected(self.endpoints, data, *options)

    def script(self, name: str, *arguments: str) -> Sequence[str]:
        """The command of one of the `baselines`, which is told the endpoints first."""
        return script(name, json.dumps(self.endpoints), *arguments)


def script(name: str, *arguments: str) -> Sequence[str]:
    """The command of one of the `baselines`."""
    return [sys.executable, "-m", f"tests.benchmarks.baselines.{name}", *arguments]


@contextmanager
def served_tenant(**sizes: int) -> Iterator[ServedTenant]:
    """Serve a tenant until the block ends; `sizes` are the options of `memory_tenant`."""
    options = [part for name, value in sizes.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.benchmarks.memory_tenant", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            endpoints = json.loads(process.stdout.readline())
            address = urlsplit(endpoints["graph"])
            context = ssl.create_default_context(cafile=endpoints["ca_file"])
            assert address.hostname is not None
            with closing(HTTPSConnection(address.hostname, address.port, context=context)) as line:
                yield ServedTenant(endpoints, line)
        finally:
            process.terminate()
