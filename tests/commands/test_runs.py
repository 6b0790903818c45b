"""`entra-tui list --runs`: what a script is told of a list's history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from entra_tui.__main__ import main
from entra_tui.model.entry import Changes, Entry
from entra_tui.model.permission import Feature
from entra_tui.storage.folders import LISTS_FILE
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
    numbers = {"added": 0, "changed": 0, "removed": 0, "unchanged": 0, "joined": 0, "left": 0}
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
            "warnings": [],
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
            "warnings": [],
        },
    ]


def test_runs_as_a_table(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(home)
    assert main(["list", "--runs", LIST]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [cell.strip() for cell in lines[2] if cell.strip()] == [
        "2026-11-23 09:00:00", "1.2", "full", "4", "2", "0", "0", "succeeded",
    ]  # fmt: skip


def test_members_and_warnings_of_a_run(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    groups, warning = "Groups - Contoso", "1 object has no ID and cannot be listed: 'Ada'."
    with ListDatabase(home / LISTS_FILE) as database:
        database.create_list(Feature.GROUPS, "Contoso")
        told = ({"a": True, "b": True}, {"a": False, "c": True, "d": True, "e": True})
        for number, members in enumerate(told):
            at = BEGUN + timedelta(hours=number)
            report = RunReport(RunMode.DELTA, at, at, 1, (warning,) * number)
            database.apply(
                groups, [Entry("g", {"displayName": "G"})], (), report, delta_link=None, members={"g": members}
            )
    assert main(["list", "--runs", groups, "--json"]) == 0
    latest, first = json.loads(capsys.readouterr().out)
    assert (latest["joined"], latest["left"], latest["warnings"]) == (3, 1, [warning])
    assert (first["joined"], first["left"], first["warnings"]) == (0, 0, [])
    assert main(["list", "--runs", groups]) == 0
    _, newest, oldest = capsys.readouterr().out.splitlines()
    assert newest.endswith("  succeeded, 1 warning")
    assert oldest.endswith("  succeeded")


def test_lists_tell_the_age_of_the_last_full_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    now = datetime.now(UTC)
    with ListDatabase(home / LISTS_FILE) as database:
        for feature in Feature:
            database.create_list(feature, "Contoso")
        stage = database.begin_stage(LIST, now)
        read_at = now - timedelta(days=2, hours=3)
        stage.swap(RunReport(RunMode.FULL, read_at, read_at, 1), delta_link="later")
        report = RunReport(RunMode.DELTA, now, now, 1)
        database.apply(LIST, [Entry("1", {})], (), report, delta_link="later")
        # Rows of before the program kept it.
        database.apply("Groups - Contoso", [], (), report, delta_link=None)
    assert main(["list", "--json"]) == 0
    listed = {each["name"]: each["full_read_at"] for each in json.loads(capsys.readouterr().out)}
    assert listed == {
        LIST: f"{read_at:%Y-%m-%dT%H:%M:%SZ}",
        "Groups - Contoso": None,
        "Directory roles - Contoso": None,
    }
    assert main(["list"]) == 0
    heading, *rows = capsys.readouterr().out.splitlines()
    assert "LAST FULL READ" in heading
    place = heading.index("LAST FULL READ")
    assert {row.split("  ")[0]: row[place:].split("  ")[0] for row in rows} == {
        LIST: "2 d ago",
        "Groups - Contoso": "unknown",
        "Directory roles - Contoso": "never",
    }


def test_no_run_and_no_list(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(home, runs=False)
    assert main(["list", "--runs", LIST, "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"
    assert main(["list", "--runs", LIST]) == 0
    assert "never synchronized" in capsys.readouterr().err
    assert main(["list", "--runs", "nobody"]) == 2
    assert "There is no lookup list 'nobody'" in capsys.readouterr().err
