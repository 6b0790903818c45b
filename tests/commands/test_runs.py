"""`entra-tui list --runs`: what a script is told of a list's history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from entra_tui.__main__ import main
from entra_tui.model.entry import Changes, Entry
from entra_tui.model.permission import Feature
from entra_tui.services import LISTS_FILE
from entra_tui.storage.lists import ListDatabase, RunMode, RunOutcome, RunReport

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LIST = "Users - Contoso"
BEGUN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def fill(home: Path, *, runs: bool = True) -> None:
    home.mkdir(exist_ok=True)
    with ListDatabase(home / LISTS_FILE) as database:
        database.create_list(Feature.USERS, "Contoso")
        if runs:
            done = RunReport(RunMode.FULL, BEGUN, BEGUN + timedelta(seconds=1.25), 4)
            database.apply(LIST, [Entry("1", {}), Entry("2", {})], (), done, delta_link=None)
            held = RunReport(RunMode.DELTA, BEGUN + timedelta(days=1), BEGUN + timedelta(days=1), 1)
            database.record_unfinished(
                LIST, held, RunOutcome.HELD, reason="too-many-removals", changes=Changes(removed=2)
            )


def test_runs_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(home)
    assert main(["list", "--runs", LIST.lower(), "--json"]) == 0
    numbers = {"added": 0, "changed": 0, "removed": 0, "unchanged": 0}
    assert json.loads(capsys.readouterr().out) == [
        {
            "started_at": "2026-11-24T09:00:00Z",
            "seconds": 0.0,
            "mode": "delta",
            "requests": 1,
            **numbers,
            "removed": 2,
            "outcome": "held back",
            "reason": "too-many-removals",
        },
        {
            "started_at": "2026-11-23T09:00:00Z",
            "seconds": 1.25,
            "mode": "full",
            "requests": 4,
            **numbers,
            "added": 2,
            "outcome": "succeeded",
            "reason": None,
        },
    ]


def test_runs_as_a_table(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(home)
    assert main(["list", "--runs", LIST]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [cell.strip() for cell in lines[2] if cell.strip()] == [
        "2026-11-23 09:00:00", "1.2", "full", "4", "2", "0", "0", "succeeded",
    ]  # fmt: skip


def test_no_run_and_no_list(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(home, runs=False)
    assert main(["list", "--runs", LIST, "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert main(["list", "--runs", LIST]) == 0
    assert "never synchronized" in capsys.readouterr().err
    assert main(["list", "--runs", "nobody"]) == 2
    assert "There is no lookup list 'nobody'" in capsys.readouterr().err
