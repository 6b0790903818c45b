"""The main job as commands: the installed program against the practice tenant over real TLS."""

from __future__ import annotations

import csv
import json
import re
import stat
from typing import TYPE_CHECKING

import pytest

from entra_tui.checks.ladder import LADDER
from entra_tui.model.user_columns import USER_COLUMNS
from tests.commands.program import Practice, serving

if TYPE_CHECKING:
    from pathlib import Path


def test_from_a_tenant_id_to_an_exported_list(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home", give_secret=False)
    added = program.run(
        "connector",
        "add",
        "Contoso",
        *healthy.ids,
        "--environment",
        "practice",
        "--secret-store",
        "file",
        "--client-secret-stdin",
        stdin=f"\n  {healthy.client_secret} \r\n",
        ENTRA_TUI_PASSPHRASE="four words and more",
    )
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout == "Saved the connector 'Contoso'; its lookup list is 'Users - Contoso'.\n"

    unlocked = {"ENTRA_TUI_PASSPHRASE": "four words and more"}
    report = program.json("check", **unlocked)
    assert report["healthy"] is True
    assert [check["id"] for check in report["checks"]] == [check.value for check in LADDER]
    assert {check["status"] for check in report["checks"]} == {"passed"}
    assert all(set(check) == {"id", "status", "summary", "finding"} for check in report["checks"])

    before = program.json("list")
    assert before == [
        {
            "name": "Users - Contoso",
            "connector": "Contoso",
            "entries": 0,
            "synchronized_at": None,
            "full_read_at": None,
            "status": "not synchronized yet",
            "orphan": False,
        }
    ]

    synchronized = program.run("sync", "contoso", "--json", **unlocked)
    events = [json.loads(line) for line in synchronized.stdout.splitlines()]
    assert synchronized.returncode == 0, synchronized.stderr
    assert synchronized.stderr == ""
    assert [event["event"] for event in events if event["event"] != "restarted"][:2] == ["started", "page"]
    assert all(next(iter(event)) == "event" and event["list"] == "Users - Contoso" for event in events)
    last = events[-1]
    assert last["event"] == "finished"
    assert (last["total"], last["added"], last["changed"], last["removed"], last["unchanged"]) == (30, 30, 0, 0, 0)
    assert last["requests"] >= 2
    assert last["seconds"] > 0

    (after,) = program.json("list")
    assert after["entries"] == 30
    assert after["status"] == "synchronized"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", after["synchronized_at"])

    target = tmp_path / "users.csv"
    exported = program.run("export", "users - CONTOSO", "-o", str(target))
    assert exported.returncode == 0, exported.stderr
    assert exported.stdout == ""
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 30
    assert tuple(rows[0]) == USER_COLUMNS
    as_json = json.loads(program.run("export", "Users - Contoso", "--format", "json").stdout)
    as_lines = program.run("export", "Users - Contoso", "--format", "jsonl").stdout.splitlines()
    assert as_json == [json.loads(line) for line in as_lines]
    assert [row["id"] for row in as_json] == [row["id"] for row in rows]

    again = program.run("sync", "Contoso", **unlocked)
    assert again.returncode == 0
    assert "30 entries (0 added, 0 changed, 0 removed, 30 unchanged)" in again.stdout


def test_a_person_reads_what_holds_and_that_it_is_practice(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home")
    done = program.run("check", *healthy.ids, "--environment", "practice")
    assert done.returncode == 0
    assert "✓ passed   sign-in" in done.stdout
    assert done.stdout.endswith(f"Healthy: {done.stdout.count('✓')} passed.\n")
    assert done.stderr.startswith("Practice tenant: ")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_an_ascii_terminal_gets_ascii(healthy: Practice, tmp_path: Path) -> None:
    done = healthy.program(tmp_path / "home").run(
        "check", *healthy.ids, "--environment", "practice", PYTHONIOENCODING="ascii"
    )
    assert done.stdout.isascii()
    assert "+ passed   sign-in" in done.stdout


def test_a_domain_name_is_accepted_as_the_tenant(healthy: Practice, tmp_path: Path) -> None:
    report = healthy.program(tmp_path / "home").json(
        "check",
        "--tenant-id",
        "larkspur-trading.example",
        "--client-id",
        healthy.client_id,
        "--environment",
        "practice",
    )
    assert report["healthy"] is True


def test_a_plain_sync_tells_of_itself_on_stderr_and_of_its_result_on_stdout(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home")
    healthy.add(program)
    done = program.run("sync", "Contoso")
    assert done.returncode == 0
    assert re.fullmatch(
        r"Users - Contoso: 30 entries \(30 added, 0 changed, 0 removed, 0 unchanged\), \d+ requests, \d+\.\d s\.\n",
        done.stdout,
    )
    assert "Users - Contoso: reading everything." in done.stderr


def test_a_certificate_that_nobody_vouches_for_is_a_finding(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home")
    healthy.add(program)
    done = program.run("check", "--json", SSL_CERT_FILE="")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    (broken,) = (check for check in report["checks"] if check["status"] == "failed")
    assert broken["finding"]["code"] == "certificate-not-trusted"
    synchronized = program.run("sync", "Contoso", "--json", SSL_CERT_FILE="")
    assert synchronized.returncode == 1
    last = json.loads(synchronized.stdout.splitlines()[-1])
    assert last["event"] == "failed"
    assert last["finding"]["code"] == "certificate-not-trusted"


@pytest.mark.parametrize(("confirm", "code"), [((), 1), (("--yes",), 0)])
def test_a_result_that_removes_much_waits_for_a_yes(tmp_path: Path, confirm: tuple[str, ...], code: int) -> None:
    scenario = tmp_path / "exodus.toml"
    scenario.write_text("""
title = "Most users leave"
description = "After the first full read most users are deleted."

[users]
count = 40

[[timeline]]
action = "delete-users"
after = "token"
nth = 2
count = 30
""")
    with serving(tmp_path, str(scenario)) as practice:
        program = practice.program(tmp_path / "home")
        practice.add(program)
        assert program.run("sync", "Contoso").returncode == 0
        done = program.run("sync", "Contoso", "--full", *confirm)
        assert done.returncode == code, done.stderr
        (listed,) = program.json("list")
        if confirm:
            assert (listed["entries"], listed["status"]) == (10, "synchronized")
            return
        assert (listed["entries"], listed["status"]) == (40, "last synchronization held back")
        assert "nothing was changed" in " ".join(done.stdout.split())
        assert "entra-tui sync Contoso --yes" in " ".join(done.stdout.split())
        held = program.run("sync", "Contoso", "--full", "--json")
        assert held.returncode == 1
        told, last = (json.loads(line) for line in held.stdout.splitlines()[-2:])
        assert (told["event"], told["entries"], told["removed"]) == ("held", 40, 30)
        assert (last["event"], last["finding"]["code"]) == ("failed", "too-many-removals")
        assert "30 of 40" in last["finding"]["title"]
