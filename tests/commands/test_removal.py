"""Removing a connector, or what a removed one left, while other processes are at work."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.program import SECONDS, Practice, Program, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIST = "Users - Contoso"
STUCK = """
title = "Throttled for long"
description = "After the first page every request for users is throttled, once."

[users]
count = 1500

[[faults]]
kind = "throttled"
where = "users"
after = 1
seconds = 600
"""
KILLED_AFTER = """
import asyncio, os, signal, sys
from pathlib import Path
from entra_tui.services import open_services
from entra_tui.storage.folders import Folders
from entra_tui.storage.lists import database
from entra_tui.storage.secrets import SecretVault
from entra_tui.storage.settings_file import SettingsFile

def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

owner, name = {"config": (SettingsFile, "remove_connector"), "lists": (database, "delete_list"),
               "secret": (SecretVault, "forget")}[sys.argv[2]]
setattr(owner, name, kill)
asyncio.run(open_services(Folders.locate(Path(sys.argv[1]))).remove_connector("Contoso"))
"""


@pytest.fixture
def stuck(tmp_path: Path) -> Iterator[Practice]:
    (tmp_path / "stuck.toml").write_text(STUCK)
    with serving(tmp_path, str(tmp_path / "stuck.toml")) as practice:
        yield practice


@contextmanager
def held_sync(program: Program, name: str = "Contoso") -> Iterator[subprocess.Popen[str]]:
    """A synchronization that waits in the middle of its pages, until the block ends."""
    with program.start("sync", name, "--json") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "waiting":
                break
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=SECONDS)


def names(program: Program) -> tuple[list[str], list[str]]:
    """The names of the connectors and of the lists that are stored."""
    return (
        [each["name"] for each in program.json("connector", "list")],
        [each["name"] for each in program.json("list")],
    )


def lists(program: Program) -> list[tuple[str, bool]]:
    """The names of the lists, and whether each is an orphan."""
    return [(each["name"], each["orphan"]) for each in program.json("list")]


def forget_connector(program: Program, name: str = "Contoso") -> None:
    """Take a connector out of `config.toml` as a person with an editor does."""
    config = program.home / "config.toml"
    tables = re.split(r"(?m)^(?=\[)", config.read_text())
    config.write_text("".join(table for table in tables if f'name = "{name}"' not in table))


def test_removing_while_another_process_synchronizes_is_refused_and_changes_nothing(
    stuck: Practice, tmp_path: Path
) -> None:
    program = stuck.program(tmp_path / "home")
    store = ("--secret-store", "file")
    program = Program(program.home, {**program.variables, "ENTRA_TUI_PASSPHRASE": "four words and more"})
    stuck.add(program, "Contoso", *store)
    before = (program.home / "secrets.json").read_bytes()
    with held_sync(program):
        refused = program.run("connector", "remove", "Contoso", "--yes", "--json")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert re.fullmatch(
            r"entra-tui: Another running copy \(process \d+, lock .*\.lock\) is synchronizing "
            f"'{LIST}', so nothing was removed; wait for it to finish, or close it\\.\n",
            refused.stderr,
        )
        assert names(program) == (["Contoso"], [LIST])
        assert (program.home / "secrets.json").read_bytes() == before

    done = program.run("sync", "Contoso", "--json")
    assert json.loads(done.stdout.splitlines()[0])["resumed_entries"] == 999
    assert json.loads(done.stdout.splitlines()[-1])["total"] == 1500
    gone = program.run("connector", "remove", "Contoso", "--yes")
    assert (gone.returncode, gone.stdout) == (
        0,
        "Removed the connector 'Contoso', its secret and its lookup lists.\n",
    )
    assert names(program) == ([], [])
    assert json.loads((program.home / "secrets.json").read_text())["secrets"] == {}


def test_another_connector_of_the_same_app_goes_while_one_synchronizes(stuck: Practice, tmp_path: Path) -> None:
    program = stuck.program(tmp_path / "home")
    program = Program(program.home, {**program.variables, "ENTRA_TUI_PASSPHRASE": "four words and more"})
    stuck.add(program, "Contoso", "--secret-store", "file")
    stuck.add(program, "Fabrikam", "--secret-store", "file")
    with held_sync(program):
        done = program.run("connector", "remove", "Fabrikam", "--yes")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == (
            "Removed the connector 'Fabrikam' and its lookup lists. "
            "Its secret stays in the encrypted secrets file for 'Contoso'.\n"
        )
    assert names(program) == (["Contoso"], [LIST])
    assert len(json.loads((program.home / "secrets.json").read_text())["secrets"]) == 1


def test_two_processes_that_remove_at_once_leave_nothing_and_both_say_so(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home")
    healthy.add(program, "Contoso", "--feature", "groups")
    both = [program.start("connector", "remove", "Contoso", "--yes") for _ in range(2)]
    told = [(process.communicate(timeout=SECONDS)[1], process.returncode) for process in both]
    codes = sorted(code for _, code in told)
    assert codes[0] == 0
    assert codes[1] in {0, 1, 2}, told
    assert all(err.count("\n") == (1 if code else 0) for err, code in told), told
    assert names(program) == ([], [])


@pytest.mark.parametrize("at", ["config", "lists", "secret"])
def test_a_removal_that_is_killed_leaves_a_whole_connector_or_lists_that_can_be_removed(
    at: str, healthy: Practice, tmp_path: Path
) -> None:
    program = healthy.program(tmp_path / "home")
    program = Program(program.home, {**program.variables, "ENTRA_TUI_PASSPHRASE": "four words and more"})
    healthy.add(program, "Contoso", "--feature", "groups", "--secret-store", "file")
    assert program.run("sync", "Contoso").returncode == 0
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AFTER, str(program.home), at],
        env=program.environment,
        timeout=SECONDS,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    kept = [LIST, "Groups - Contoso"]
    expected = {"config": (["Contoso"], kept), "lists": ([], kept), "secret": (["Contoso"], kept)}[at]
    assert names(program) == expected
    assert lists(program) == [(name, not expected[0]) for name in expected[1]]
    done = program.run("connector", "remove", "contoso", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert names(program) == ([], [])
    assert json.loads((program.home / "secrets.json").read_text())["secrets"] == {}


def test_what_a_removed_connector_left_is_shown_and_removed(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home")
    healthy.add(program, "Contoso", "--feature", "groups")
    healthy.add(program, "Fabrikam")
    forget_connector(program)

    shown = program.run("list")
    removed = "not synchronized yet, its connector was removed"
    assert shown.returncode == 0
    assert re.search(rf"^{LIST} .* {removed}$", shown.stdout, re.MULTILINE)
    assert re.search(r"^Users - Fabrikam .* not synchronized yet$", shown.stdout, re.MULTILINE)
    assert "`entra-tui list --remove 'Users - Contoso'`" in shown.stderr
    assert "Fabrikam" not in shown.stderr

    saved = program.run("list", "--remove", "Users - Fabrikam", "--yes")
    assert (saved.returncode, saved.stdout) == (2, "")
    assert "`entra-tui connector remove`" in saved.stderr
    unsure = program.run("list", "--remove", LIST)
    assert (unsure.returncode, unsure.stdout) == (2, "")
    assert "needs --yes" in unsure.stderr
    unknown = program.run("list", "--remove", "Users - nobody", "--yes")
    assert (unknown.returncode, "There is no lookup list" in unknown.stderr) == (2, True)
    assert len(lists(program)) == 3

    assert program.json("list", "--remove", LIST.upper(), "--yes") == {"removed": LIST}
    assert lists(program) == [("Groups - Contoso", True), ("Users - Fabrikam", False)]
    asked = program.run("connector", "remove", "Contoso")
    assert (asked.returncode, "needs --yes" in asked.stderr) == (2, True)
    done = program.run("connector", "remove", "Contoso", "--yes")
    assert done.stdout == "Removed the lookup lists that the connector 'Contoso' left: 'Groups - Contoso'.\n"
    assert lists(program) == [("Users - Fabrikam", False)]
    gone = program.run("connector", "remove", "Contoso", "--yes")
    assert (gone.returncode, gone.stdout) == (2, "")
    assert "There is no connector 'Contoso'" in gone.stderr


def test_a_list_that_loses_its_connector_while_it_is_read_is_claimed_to_the_end(
    stuck: Practice, tmp_path: Path
) -> None:
    program = stuck.program(tmp_path / "home")
    stuck.add(program)
    with held_sync(program):
        forget_connector(program)
        for line in (("list", "--remove", LIST), ("connector", "remove", "Contoso")):
            refused = program.run(*line, "--yes")
            assert (refused.returncode, refused.stdout) == (1, "")
            assert "so nothing was removed" in refused.stderr
        assert lists(program) == [(LIST, True)]
    assert program.json("list", "--remove", LIST, "--yes") == {"removed": LIST}


def test_a_connector_that_comes_back_takes_its_lists_again(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home")
    healthy.add(program)
    assert program.run("sync", "Contoso").returncode == 0
    forget_connector(program)
    assert lists(program) == [(LIST, True)]
    healthy.add(program)
    assert lists(program) == [(LIST, False)]
    listed: Any = program.json("list")
    assert listed[0]["entries"] == 30


@pytest.mark.parametrize("line", [("--yes",), ("--runs", LIST, "--remove", LIST)])
def test_options_that_do_not_go_together_are_refused(line: tuple[str, ...], program: Program) -> None:
    refused = program.run("list", *line)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--remove" in refused.stderr
