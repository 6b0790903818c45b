"""What `sync` says of a result that counts with warnings, and of one that would empty columns."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.entry import Entry
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.lists import ListDatabase, RunMode, RunReport
from tests.commands.program import serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.program import Program

USERS = "Users - Contoso"
ROLES = "Directory roles - Contoso"
UNTOLD = """
title = "One role does not tell its holders"
description = "The first role whose holders are asked for refuses."

[users]
count = 5

[[faults]]
kind = "forbidden"
where = "directory-roles"
after = 1
times = 1
"""
FEW = """
title = "Forty people"
description = "Nobody has a city."

[users]
count = 40
"""


def configure(program: Program, old: str, new: str) -> None:
    path = program.home / "config.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("as_json", [False, True])
def test_warnings_are_sentences_on_stderr_and_no_failure(tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "untold.toml").write_text(UNTOLD)
    with serving(tmp_path, str(tmp_path / "untold.toml")) as practice:
        program = practice.program(tmp_path / "home")
        practice.add(program)
        configure(program, '    "users",', '    "users",\n    "directory-roles",')
        done = program.run("sync", "Contoso", *(("--json",) if as_json else ()))
        assert done.returncode == 0, done.stderr
        (latest,) = program.json("list", "--runs", ROLES)
    (warning,) = latest["warnings"]
    assert warning.startswith("The holders of '")
    assert warning.endswith("' could not be read: their number is unknown.")
    if as_json:
        ends = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "finished"]
        assert {end["list"]: end["warnings"] for end in ends} == {USERS: [], ROLES: [warning], "": [warning]}
    else:
        # Once, and not again for the sum.
        assert done.stderr.count("Warning") == 1
        assert f"{ROLES}: Warning: {warning}" in done.stderr.splitlines()


def test_a_result_that_empties_columns_says_which_and_waits_for_a_yes(tmp_path: Path) -> None:
    (tmp_path / "few.toml").write_text(FEW)
    with serving(tmp_path, str(tmp_path / "few.toml")) as practice:
        program = practice.program(tmp_path / "home")
        practice.add(program)
        path = program.home / "config.toml"
        path.write_text(path.read_text() + '\n[lists]\nuser_columns = ["mail", "city"]\n')
        assert program.run("sync", "Contoso").returncode == 0
        with closing(ListDatabase(program.home / LISTS_FILE)) as lists:
            (run,) = lists.runs(USERS)
            at = run.report.ended_at
            cities = [Entry(row.id, {"city": "Bergen"}) for row in lists.rows(USERS, limit=30)]
            lists.apply(USERS, cities, (), RunReport(RunMode.DELTA, at, at, 1), delta_link=lists.delta_link(USERS))
        held = program.run("sync", "Contoso", "--full")
        said = " ".join(held.stdout.split())
        assert held.returncode == 1
        assert f"{USERS}: held back, nothing was changed. It would empty city of 30 entries (0 added" in said
        assert "would remove" not in said
        assert "entra-tui sync Contoso --yes" in said
        as_json = program.run("sync", "Contoso", "--full", "--json")
        assert as_json.returncode == 1
        told, last = (json.loads(line) for line in as_json.stdout.splitlines()[-2:])
        assert (told["event"], told["reason"]) == ("held", "columns-emptied")
        assert told["columns"] == [{"column": "city", "rows": 30, "everywhere": True}]
        assert (last["event"], last["finding"]["code"]) == ("failed", "columns-emptied")
        assert last["finding"]["title"] == "Held back: it would empty city"
        assert "city of 30 entries" in last["finding"]["cause"]
        assert program.run("sync", "Contoso", "--full", "--yes").returncode == 0
        with closing(ListDatabase(program.home / LISTS_FILE)) as lists:
            assert not any("city" in row.values for row in lists.rows(USERS, limit=40))
