"""The program on a real disk that is full or read-only, where this machine lets a test mount one."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from tests.commands.program import Program, command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.commands.program import Practice

LIST: Final = "Users - Contoso"
_FULL: Final = "cat /dev/zero > DISK/fill 2>/dev/null || true"
_READ_ONLY: Final = "mount -o remount,ro DISK"


def _mounts() -> bool:
    if shutil.which("unshare") is None:
        return False
    attempt = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
    return subprocess.run(attempt, capture_output=True, check=False).returncode == 0


@pytest.fixture
def filled(healthy: Practice, tmp_path: Path) -> Program:
    """A home with a synchronized list."""
    program = healthy.program(tmp_path / "home")
    healthy.add(program)
    done = program.run("sync", "Contoso")
    assert done.returncode == 0, done.stderr
    return program


def on_disk(
    program: Program, trouble: str, arguments: Sequence[str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the program with its home on a small disk of its own that then comes into trouble."""
    if not _mounts():
        pytest.skip("this machine lets nobody mount a disk")
    disk = program.home.with_name("disk")
    disk.mkdir(exist_ok=True)
    script = (
        f"set -e; mount -t tmpfs -o size=4m none DISK; cp -p HOME/* DISK/; {trouble};"
        f" exec {shlex.join([*command(), *arguments, '--data-dir', str(disk)])}"
    )
    script = script.replace("DISK", shlex.quote(str(disk))).replace("HOME", shlex.quote(str(program.home)))
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        env=program.environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("trouble", "word"), [(_FULL, "full"), (_READ_ONLY, "read-only")])
def test_what_is_stored_can_be_read(filled: Program, trouble: str, word: str) -> None:
    said = f"entra-tui: The disk is {word}: lists can be read, not synchronized.\n"
    for arguments in (("list",), ("list", "--runs", LIST), ("export", LIST, "--format", "jsonl")):
        sound = filled.run(*arguments)
        here = on_disk(filled, trouble, arguments)
        assert (here.returncode, here.stderr, here.stdout) == (0, said, sound.stdout)
    here = on_disk(filled, trouble, ("--plain",), stdin="q\n")
    assert here.returncode == 0
    assert "Lookup lists: 1" in here.stdout


@pytest.mark.parametrize(
    ("trouble", "code", "remedy"),
    [(_FULL, "disk-full", "Make room"), (_READ_ONLY, "disk-read-only", "Make the disk writable")],
)
def test_a_synchronization_fails_with_its_finding(filled: Program, trouble: str, code: str, remedy: str) -> None:
    done = on_disk(filled, trouble, ("sync", "Contoso", "--json"))
    assert done.returncode == 1, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["event"], last["finding"]["code"]) == ("failed", code)
    assert last["finding"]["remedy"][0].startswith(remedy)


@pytest.mark.parametrize("trouble", [_FULL, _READ_ONLY])
def test_what_must_write_says_why_it_did_not(filled: Program, trouble: str) -> None:
    done = on_disk(filled, trouble, ("connector", "remove", "Contoso", "--yes"))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "defect" not in done.stderr
