"""A line that drops, in whatever way: the program is gone, the terminal as it was, and what was entered kept."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from entra_tui.simulator.scenario import find_scenario
from tests.commands.program import bare_environment, command
from tests.terminal.session import CTRL_Q, ENTER, Session, left_behind

if TYPE_CHECKING:
    from collections.abc import Callable

HEALTHY = find_scenario("healthy").inputs
AT_ONCE = 2.0
# A machine on which other tests run at the same time may be slow to schedule; the program itself waits for nothing.
PATIENCE = 15.0


def until(condition: Callable[[], bool]) -> float:
    """Seconds until something holds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE, "it never came to that"
        os.sched_yield()
    return time.monotonic() - began


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return True


def processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds_without_a_processor(pid: int) -> float:
    """How long a process was ready to run while others ran, which is the machine's time and not the program's."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


class Watch:
    """The seconds that a process takes from now on, less those for which it, or this test, waited for a processor."""

    def __init__(self, pid: int) -> None:
        self._pids = (pid, os.getpid())
        self._began = time.monotonic()
        self._waited = self._waits()

    def seconds(self) -> float:
        """Until now; the process has ended, but nobody has taken note of that yet."""
        return time.monotonic() - self._began - (self._waits() - self._waited)

    def _waits(self) -> float:
        return sum(map(seconds_without_a_processor, self._pids))


def at_the_tenant(session: Session) -> None:
    session.wait_for("Set up a connector")
    session.send(ENTER)
    session.wait_for("Find the tenant")
    session.paste(HEALTHY.tenant)
    session.send(ENTER)
    session.wait_for("Found in Azure Public Cloud")


def assert_kept(home: Path) -> None:
    again = Session(home, "demo", "healthy", "--data-dir", str(home))
    again.wait_for("Go on at step 1, Tenant")
    again.send(CTRL_Q)
    assert again.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal(number: signal.Signals, tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", "--data-dir", str(tmp_path))
    at_the_tenant(session)
    watch = Watch(session.pid)
    os.kill(session.pid, number)
    session.read_to_the_end()
    until(lambda: is_gone(session.pid))
    assert watch.seconds() < AT_ONCE
    assert session.end() == 128 + number
    assert left_behind(session.shown) == []
    assert_kept(tmp_path)


def test_a_terminal_that_is_closed(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", "--data-dir", str(tmp_path))
    at_the_tenant(session)
    watch = Watch(session.pid)
    os.close(session.child.child_fd)
    until(lambda: is_gone(session.pid))
    assert watch.seconds() < AT_ONCE
    os.waitpid(session.pid, 0)
    assert_kept(tmp_path)


def test_a_terminal_that_is_closed_while_the_hang_up_is_ignored(tmp_path: Path) -> None:
    session = _started_ignoring(tmp_path, signal.SIGHUP)
    at_the_tenant(session)
    used = processor_seconds(session.pid)
    os.close(session.child.child_fd)
    seconds = until(lambda: is_gone(session.pid) or processor_seconds(session.pid) - used > AT_ONCE)
    assert is_gone(session.pid), f"{seconds:.1f} s later it is still there, and busy"
    os.waitpid(session.pid, 0)
    assert_kept(tmp_path)


def test_a_hang_up_that_is_ignored_ends_nothing_while_the_terminal_is_there(tmp_path: Path) -> None:
    session = _started_ignoring(tmp_path, signal.SIGHUP)
    at_the_tenant(session)
    os.kill(session.pid, signal.SIGHUP)
    session.send(ENTER)
    session.wait_to_see("Step 2 of 7")
    session.send(CTRL_Q)
    assert session.end() == 0


def test_a_terminal_that_takes_no_more_bytes(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", "--data-dir", str(tmp_path))
    at_the_tenant(session)
    # Nobody reads any more: the terminal's buffer fills, and whoever writes waits.
    for _ in range(400):
        session.send("\x1b[Z")
    os.kill(session.pid, signal.SIGTERM)
    until(lambda: is_gone(session.pid))
    _, status = os.waitpid(session.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGTERM


def test_suspend_and_continue(tmp_path: Path) -> None:
    shell = pexpect.spawn(
        "/bin/bash",
        ["--norc", "--noprofile", "-i"],
        env={**bare_environment(tmp_path), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PS1": "prompt> "},
        dimensions=(24, 80),
        encoding="utf-8",
        codec_errors="replace",
        timeout=PATIENCE,
    )
    shell.delaybeforesend = None
    shell.expect_exact("prompt> ")
    shell.sendline(f"{shlex.join(command())} demo healthy; echo code $?")
    shell.expect_exact("Set up a connector")
    shell.send("\x1a")
    shell.expect_exact("Stopped")
    before = shell.before or ""
    assert "\x1b[?1049l" in before
    assert "\x1b[?1000l" in before
    shell.expect_exact("prompt> ")
    shell.sendline("fg")
    shell.expect_exact("\x1b[?1049h")
    shell.expect_exact("Set up a connector")
    shell.send(CTRL_Q)
    shell.expect_exact("prompt> ")
    shell.sendline("exit")
    shell.expect(pexpect.EOF)
    shell.close()


def test_without_a_shell_nothing_is_suspended(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy")
    session.wait_for("Set up a connector")
    session.send("\x1a", ENTER)
    session.wait_for("Find the tenant")
    session.send(CTRL_Q)
    assert session.end() == 0


def test_an_odd_end_turns_off_what_was_on(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom entra_tui.line import restored_at_exit\n"
        "with restored_at_exit():\n"
        "    sys.stderr.write('\\x1b[?1049h\\x1b[?1000h\\x1b[?25l')\n"
        "    raise SystemExit(3)\n"
    )
    child = pexpect.spawn(sys.executable, ["-c", script], encoding="utf-8", timeout=PATIENCE)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 3
    assert left_behind(child.before or "") == []


def _started_ignoring(home: Path, number: signal.Signals) -> Session:
    """A session whose program was started by something that ignores a signal, as nohup does."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        return Session(home, "demo", "healthy", "--data-dir", str(home))
    finally:
        signal.signal(number, before)
