"""The installed program in a real pseudo-terminal: questions that stay unseen, a progress bar that is gentle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.commands.program import SECONDS, Practice, Program, command, serving

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "abc8Q~typed-at-a-terminal-37-characters"
ADD = (
    "connector",
    "add",
    "Contoso",
    "--tenant-id",
    "11111111-1111-4111-8111-111111111111",
    "--client-id",
    "22222222-2222-4222-8222-222222222222",
)


class Session:
    """A person's terminal with the program in it; remembers every byte that was shown."""

    def __init__(self, program: Program, *arguments: str, rows: int = 24, columns: int = 80, **variables: str) -> None:
        first, *rest = command()
        environment = {**program.environment, "TERM": "xterm-256color", **variables}
        self.child: pexpect.spawn[str] = pexpect.spawn(
            first,
            [*rest, *arguments],
            env=environment,
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=SECONDS,
        )
        self.shown = ""

    def wait_for(self, text: str) -> None:
        self.child.expect_exact(text)
        self.shown += f"{self.child.before}{text}"

    def send(self, line: str) -> None:
        # Typed only when the terminal does not echo any more; pexpect looks at the line discipline.
        self.child.waitnoecho(SECONDS)
        self.child.sendline(line)

    def end(self) -> int:
        self.child.expect(pexpect.EOF)
        self.shown += self.child.before or ""
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else -(self.child.signalstatus or 0)


def test_what_is_typed_in_answer_is_never_shown(program: Program) -> None:
    session = Session(program, *ADD, "--secret-store", "file")
    session.wait_for("Client secret")
    session.send(SECRET)
    session.wait_for("Choose a passphrase")
    session.send("four words and more")
    session.wait_for("again")
    session.send("four words and more")
    session.wait_for("Saved the connector 'Contoso'")
    assert session.end() == 0
    assert SECRET not in session.shown
    assert "four words" not in session.shown


def test_a_piped_secret_is_asked_for_unseen_where_stdin_is_the_terminal(program: Program) -> None:
    session = Session(program, *ADD, "--client-secret-stdin")
    session.wait_for("Client secret")
    session.send(SECRET)
    assert session.end() == 0
    assert SECRET not in session.shown


def test_ctrl_c_at_a_question_ends_at_once(program: Program) -> None:
    session = Session(program, *ADD, "--secret-store", "file")
    session.wait_for("Client secret")
    session.child.waitnoecho(SECONDS)
    session.child.sendintr()
    assert session.end() == 130
    assert "Traceback" not in session.shown
    assert not (program.home / "config.toml").exists()


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 1)])
def test_removing_is_confirmed(answer: str, left: int, program: Program) -> None:
    assert program.run(*ADD).returncode == 0
    session = Session(program, "connector", "remove", "Contoso")
    session.wait_for("[y/N] ")
    session.child.sendline(answer)
    assert session.end() == (130 if left else 0)
    assert len(program.json("connector", "list")) == left


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A scenario whose second page is throttled for three seconds."""
    path = tmp_path / "slow.toml"
    path.write_text("""
title = "Throttled"
description = "The second page is throttled once."

[users]
count = 3000

[[faults]]
kind = "throttled"
where = "users"
after = 1
seconds = 3
""")
    return path


def test_the_progress_bar_counts_down_and_is_gentle(slow: Path, tmp_path: Path) -> None:
    with serving(tmp_path, str(slow)) as practice:
        program = practice.program(tmp_path / "home")
        practice.add(program)
        session = Session(program, "sync", "Contoso")
        assert session.end() == 0
    assert "Practice tenant: " in session.shown
    for word in ("Users - Contoso", "999/3,000", "throttled by Microsoft: 3 s", "throttled by Microsoft: 1 s"):
        assert word in session.shown, session.shown
    assert "3,000 entries (3,000 added" in session.shown
    # About three seconds at four redraws a second, and no more than a kilobyte a second.
    assert len(session.shown.encode()) < 5_000
    # Whatever hid the cursor has shown it again.
    assert session.shown.count("\x1b[?25l") == session.shown.count("\x1b[?25h")


def test_a_narrow_terminal_keeps_the_bar_on_one_line(slow: Path, tmp_path: Path) -> None:
    name = "A connector with quite a long name for such a small terminal"
    with serving(tmp_path, str(slow)) as practice:
        program = practice.program(tmp_path / "home")
        practice.add(program, name)
        session = Session(program, "sync", name, columns=60, NO_COLOR="1")
        assert session.end() == 0
    assert "throttled by Microsoft: 3 s" in session.shown
    assert name not in session.shown.partition("throttled by Microsoft")[0]
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", session.shown)


def test_a_dumb_terminal_gets_plain_lines(healthy: Practice, tmp_path: Path) -> None:
    program = healthy.program(tmp_path / "home")
    healthy.add(program)
    session = Session(program, "sync", "Contoso", TERM="dumb")
    assert session.end() == 0
    assert "\x1b" not in session.shown


def test_ctrl_c_ends_a_sync_and_gives_the_terminal_back(tmp_path: Path, slow: Path) -> None:
    slow.write_text(slow.read_text().replace("seconds = 3", "seconds = 600"))
    with serving(tmp_path, str(slow)) as practice:
        program = practice.program(tmp_path / "home")
        practice.add(program)
        session = Session(program, "sync", "Contoso")
        session.wait_for("throttled by Microsoft")
        session.child.sendintr()
        assert session.end() == 130
        assert "The list is unchanged. The next run resumes from the last page." in session.shown
        assert session.shown.count("\x1b[?25l") == session.shown.count("\x1b[?25h")
        assert program.json("list")[0]["entries"] == 0


def test_a_terminal_that_is_closed_ends_a_sync_and_the_next_one_goes_on(tmp_path: Path, slow: Path) -> None:
    slow.write_text(slow.read_text().replace("seconds = 3", "seconds = 600"))
    with serving(tmp_path, str(slow)) as practice:
        program = practice.program(tmp_path / "home")
        practice.add(program)
        session = Session(program, "sync", "Contoso")
        session.wait_for("throttled by Microsoft")
        session.child.ptyproc.fileobj.close()  # type: ignore[attr-defined]  # unknown to the stubs
        assert session.child.wait() == 130
        assert program.json("list")[0]["entries"] == 0
        done = program.run("sync", "Contoso")
        assert done.returncode == 0, done.stderr
        assert "resuming after 999 entries" in done.stderr
