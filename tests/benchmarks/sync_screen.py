"""How quickly the sync screen answers a key, and what it sends, while a large list goes by.

`python -m tests.benchmarks.sync_screen [--users N]` starts `entra-tui simulate` in another process and the program in a
real pseudo-terminal. Tab is pressed again and again, first while the synchronization is paused, which is the baseline,
then while it runs; a key is answered when the button whose focus changed is painted anew. In a second run nothing is
pressed, and what the screen sends is counted second by second. The program ends with 1 when a key took over 100 ms, or
a second over 1 kB.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pexpect

from tests.sync.practice_server import CONNECTOR, practice_server
from tests.terminal.session import CTRL_Q, DOWN, ENTER, TAB, Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from tests.sync.practice_server import PracticeServer

SLOWEST = 0.1
MOST_BYTES = 1000
KEYS = 60
SCENARIO = "title = 'Benchmark'\ndescription = 'For the benchmark.'\n"
RUNNING, PAUSED = "Pause", "Resume"
DONE = "Synchronized"


class Watched:
    """The program on its sync screen, where a synchronization runs."""

    def __init__(self, server: PracticeServer, folder: Path) -> None:
        self._secret = server.environment["ENTRA_TUI_CLIENT_SECRET"]
        self._session = Session(
            folder, "--data-dir", str(server.data), SSL_CERT_FILE=server.environment["SSL_CERT_FILE"]
        )

    def __enter__(self) -> Self:
        session = self._session
        session.wait_to_see("Set up a connector")
        session.send(DOWN, DOWN, ENTER)
        session.wait_to_see(f"Users - {CONNECTOR}")
        session.send(ENTER)
        session.wait_to_see("History")
        session.send("s")
        session.wait_to_see("Enter the client secret")
        session.paste(self._secret)
        session.send(ENTER)
        session.wait_to_see(" a second")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.send(CTRL_Q)
        self._session.end()

    def pause(self) -> None:
        """Hold it."""
        self._session.send("p")
        self._session.wait_to_see(PAUSED)
        self._quiet()

    def go_on(self) -> None:
        """Let it run."""
        self._session.send("p")
        self._session.wait_to_see(RUNNING)

    def answers(self, first: str) -> list[float]:
        """Seconds until each of some keys is answered, or until the synchronization has ended.

        Args:
            first: What the first button says, from which Tab goes to Cancel, and back.
        """
        took = []
        self._quiet()
        for _, label in zip(range(KEYS), cycle(("Cancel", first)), strict=False):
            if DONE in self._session.picture.text:
                break
            begun = time.perf_counter()
            self._session.send(TAB)
            if self._session.child.expect_exact([f" {label} ", DONE]):
                break
            took.append(time.perf_counter() - begun)
            self._quiet(0.05)
        return took

    def bytes_by_second(self) -> list[int]:
        """What each second sends, until the synchronization has ended."""
        sent = []
        while DONE not in self._session.picture.text:
            sent.append(len(self._quiet(1.0).encode()))
        return sent[:-1]

    def _quiet(self, seconds: float = 0.3) -> str:
        """What comes within some time."""
        text, end = "", time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if self._session.child.expect([r"(?s).+", pexpect.TIMEOUT], timeout=left) == 0:
                text += str(self._session.child.after)
        return text


@contextmanager
def watched_sync(users: int) -> Iterator[Watched]:
    """The first synchronization of a tenant of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        practice_server(Path(folder), SCENARIO, users=users) as server,
        Watched(server, Path(folder)) as watched,
    ):
        yield watched


def main() -> int:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    users = parser.parse_args().users
    with watched_sync(users) as watched:
        watched.pause()
        idle = watched.answers(PAUSED)
        watched.go_on()
        busy = watched.answers(RUNNING)
    with watched_sync(users) as watched:
        sent = watched.bytes_by_second()
    slowest, fullest, usual, median = max(busy), max(sent), statistics.median(idle), statistics.median(busy)
    sys.stdout.write(
        f"{len(busy)} keys, {users:,} users going by: slowest {slowest * 1000:.0f} ms (at most {SLOWEST * 1000:.0f}), "
        f"median {median * 1000:.0f} ms, {median / usual:.2f} times the {usual * 1000:.0f} ms while it is paused\n"
        f"{len(sent)} seconds without a key: fullest {fullest:,} bytes (at most {MOST_BYTES:,}), "
        f"median {statistics.median(sent):,.0f}\n"
    )
    return 1 if slowest > SLOWEST or fullest > MOST_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
