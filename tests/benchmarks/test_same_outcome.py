"""A comparison of times counts only where both come to the same: the scripts against the program, on a small tenant."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.served_tenant import ServedTenant, script, served_tenant
from tests.sync.practice_server import CONNECTOR, USERS, PracticeServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@pytest.fixture
def tenant() -> Iterator[ServedTenant]:
    with served_tenant(users=1_200, changes=250, groups=12, memberships=7_000) as serving:
        yield serving


@pytest.fixture
def program(tenant: ServedTenant, tmp_path: Path) -> PracticeServer:
    program = tenant.program(tmp_path / "data", "--feature", "groups")
    program.call("sync", CONNECTOR)
    return program


def done(command: Sequence[str], program: PracticeServer) -> str:
    return subprocess.run(command, env=program.environment, check=True, capture_output=True, text=True).stdout


def rows(database: Path, query: str = "SELECT * FROM users ORDER BY id") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def exported(program: PracticeServer, file: Path, *options: str) -> list[str]:
    program.call("export", *options, "-o", str(file))
    return sorted(file.read_text("utf-8").splitlines())


def lines_of(database: Path, form: str, file: Path, program: PracticeServer) -> list[str]:
    done(script("export", str(database), form, str(file)), program)
    return sorted(file.read_text("utf-8").splitlines())


def test_full_reads_deltas_and_exports(tenant: ServedTenant, program: PracticeServer, tmp_path: Path) -> None:
    database, other = tmp_path / "httpx.db", tmp_path / "http_client.db"
    done(tenant.script("full_read_httpx", str(database)), program)
    done(tenant.script("full_read_http_client", str(other)), program)
    assert rows(database) == rows(other)
    assert len(rows(database)) == 1_200
    theirs = lines_of(database, "csv", tmp_path / "script.csv", program)
    assert theirs == exported(program, tmp_path / "program.csv", USERS)

    # What changed while everything was read, which the program has asked already; then what changed since.
    for _ in range(2):
        done(tenant.script("delta", str(database)), program)
    program.call("sync", CONNECTOR)
    theirs = lines_of(database, "jsonl", tmp_path / "script.jsonl", program)
    ours = exported(program, tmp_path / "program.jsonl", USERS)
    assert list(map(json.loads, theirs)) == list(map(json.loads, ours))
    assert sum('"Coordinator"' in line for line in ours) == 250

    assert done(tenant.script("compare", str(database)), program) == "0 added, 250 changed, 0 removed\n"
    assert "(0 added, 250 changed, 0 removed, 950 unchanged)" in program.call("sync", CONNECTOR, "--full")


def test_groups_and_searches(tenant: ServedTenant, program: PracticeServer, tmp_path: Path) -> None:
    database = tmp_path / "script.db"
    done(tenant.script("groups", str(database)), program)
    lines = exported(program, tmp_path / "members.csv", f"Groups - {CONNECTOR}", "--memberships")
    ours = {(line[0], line[2]) for line in csv.reader(lines) if line[0] != "id"}
    assert ours == set(rows(database, "SELECT group_id, member_id FROM members"))
    assert len(ours) == 7_000

    theirs = done(script("search", str(database), "müller", "karin so"), program).splitlines()
    ours_too = [sys.executable, "-m", "tests.benchmarks.typed_search", str(program.data / "lists.db"), USERS]
    assert done([*ours_too, "müller", "karin so"], program).splitlines()[:-1] == theirs[:-1]
