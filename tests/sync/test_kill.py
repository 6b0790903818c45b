"""`kill -9` at random moments of a real run against a real server. `ENTRA_TUI_KILLS` sets how often."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.sync.practice_server import USERS, PracticeServer, practice_server

if TYPE_CHECKING:
    from pathlib import Path

KILLS = int(os.environ.get("ENTRA_TUI_KILLS", "6"))
PEOPLE = 12_000
LINE = "title = 'A line of ten milliseconds'\ndescription = 'For kill -9.'\n[line]\nlatency_ms = 10\n"


def run_and_kill(server: PracticeServer, seconds: float, *options: str) -> bool:
    """Kill a run `seconds` after it told its first event; whether it was killed in time."""
    with subprocess.Popen(
        server.command("sync", "Contoso", "--json", *options),
        env=server.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([process.stdout], [], [], left)
            if ready and not process.stdout.readline():
                return False
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def entries(server: PracticeServer) -> int:
    """How many entries the list has, after a look at the database's health."""
    with closing(sqlite3.connect(server.data / "lists.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    listed = json.loads(server.call("list", "--json"))
    return next(int(one["entries"]) for one in listed if one["name"] == USERS)


@pytest.mark.timeout(60 + 20 * KILLS)
def test_the_list_survives_every_kill(tmp_path: Path) -> None:
    chance = random.Random(os.environ.get("ENTRA_TUI_SEED", "kill"))
    with practice_server(tmp_path, LINE, users=PEOPLE) as server:
        present = 0
        for turn in range(KILLS):
            options = ("--full",) if present and turn % 3 == 0 else ()
            run_and_kill(server, chance.uniform(0.0, 1.5), *options)
            assert entries(server) in {present, PEOPLE}
            present = entries(server)
            if turn % 3 == 2:
                events = [json.loads(line) for line in server.call("sync", "Contoso", "--json").splitlines()]
                assert events[-1]["event"] == "finished"
                present = entries(server)
                assert present == PEOPLE
        ids = [json.loads(line)["id"] for line in server.call("export", USERS, "--format", "jsonl").splitlines()]
        assert len(ids) == len(set(ids)) == PEOPLE
