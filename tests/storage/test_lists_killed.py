"""A process killed at any moment leaves the old list, or the new one, and a stage to go on from."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from entra_tui.storage.lists import ListDatabase
from tests.storage.list_samples import CONNECTOR, FULL, NAME, STARTED, USERS

if TYPE_CHECKING:
    from pathlib import Path

_SYNC = """
import sys
from pathlib import Path
from entra_tui.storage.lists import Checkpoint, ListDatabase
from tests.storage.list_samples import FULL, NAME, STARTED, user

with ListDatabase(Path(sys.argv[1])) as lists:
    turn = 0
    while True:
        turn += 1
        stage = lists.begin_stage(NAME, STARTED)
        for page in range(5):
            stage.add(
                [user(page * 100 + number, jobTitle=str(turn)) for number in range(100)],
                checkpoint=Checkpoint(f"page-{page + 1}", "delta", page + 1),
            )
            print(turn, page, flush=True)
        stage.swap(FULL, delta_link="delta")
        print(turn, "swapped", flush=True)
"""


@pytest.mark.parametrize("lines", [1, 3, 6, 9, 14, 20])
def test_killed_in_the_middle(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "lists.db"
    with ListDatabase(path) as lists:
        lists.create_list(USERS, CONNECTOR)
    process = subprocess.Popen([sys.executable, "-c", _SYNC, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline().split() for _ in range(lines)]
    process.kill()
    told += [line.split() for line in process.stdout.read().splitlines() if line.count(" ") == 1]
    process.stdout.close()
    process.wait()
    swaps = sum(step == "swapped" for _, step in told)

    with ListDatabase(path) as lists:
        rows = lists.rows(NAME, limit=1000)
        turns = {entry.values["jobTitle"] for entry in rows}
        assert len(rows) in ({500} if swaps else {0, 500})
        # A swap may have been committed but not told any more.
        assert turns <= {str(swaps), str(swaps + 1)}
        assert len(turns) <= 1
        assert lists.count(NAME) == len(rows)
        assert len(lists.runs(NAME)) in {swaps, swaps + 1}

        stage = lists.open_stage(NAME)
        if stage is not None:
            pages = 0 if stage.checkpoint is None else stage.checkpoint.pages
            assert stage.entries == pages * 100
            assert stage.checkpoint is None or stage.checkpoint.next_link == f"page-{pages}"
        stage = stage or lists.begin_stage(NAME, STARTED)
        last = stage.checkpoint
        assert last is None or last.delta_link == "delta"
        stage.swap(FULL, delta_link=None)
        assert lists.count(NAME) == stage.entries

    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()


_MAKE = """
import sys
from pathlib import Path
from entra_tui.model.permission import Feature
from entra_tui.storage.lists import ListDatabase

print("ready", flush=True)
sys.stdin.readline()
with ListDatabase(Path(sys.argv[1])) as lists:
    for number in range(20):
        lists.create_list(Feature.USERS, f"{sys.argv[2]} {number}")
"""


def test_two_processes_make_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lists.db"
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", _MAKE, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("left", "right")
    ]
    for maker in makers:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("go\n")
        maker.stdin.flush()
    for maker in makers:
        maker.communicate(timeout=60)
    assert [maker.returncode for maker in makers] == [0, 0]
    with ListDatabase(path) as lists:
        assert len(lists.overview()) == 40
