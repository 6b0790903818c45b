"""Plain mode of the installed program, in a real pseudo-terminal and in pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import termios
from typing import TYPE_CHECKING

import pytest

from entra_tui.simulator.scenario import find_scenario
from tests.commands.program import bare_environment, command
from tests.terminal.session import ENTER, Session
from tests.test_imports import loaded

if TYPE_CHECKING:
    from pathlib import Path

HEALTHY = find_scenario("healthy").inputs
CTRL_C, CTRL_D = "\x03", "\x04"


def walk_to_the_secret(session: Session) -> None:
    session.wait_for("Enter a number")
    session.send("1", ENTER)
    session.wait_for("Tenant ID or domain name")
    session.send(ENTER)
    session.wait_for("Its number")
    session.send(ENTER)
    session.wait_for("Application (client) ID [")
    session.send(ENTER)
    session.wait_for("(what you type is not shown): ")


def echoes(session: Session) -> bool:
    return bool(termios.tcgetattr(session.child.child_fd)[3] & termios.ECHO)


def test_the_secret_is_typed_unseen(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "--plain")
    walk_to_the_secret(session)
    assert not echoes(session)
    session.send(HEALTHY.secret.reveal(), ENTER)
    session.wait_for("39 characters entered.")
    session.wait_for("Day on which it ends")
    assert echoes(session)
    session.send(CTRL_D)
    assert session.end() == 0
    assert HEALTHY.secret.reveal() not in session.shown
    assert "\x1b" not in session.shown
    assert "The input has ended. What was entered is kept" in session.shown


def test_ctrl_c_goes_to_the_menu_and_from_there_out(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "--plain")
    walk_to_the_secret(session)
    session.send(CTRL_C)
    session.wait_for("Back to the menu")
    session.wait_for("Go on at step 3, Client secret")
    session.wait_for("Enter a number")
    assert echoes(session)
    session.send(CTRL_C)
    assert session.end() == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_a_hidden_question_and_gives_the_echo_back(number: signal.Signals, tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "--plain", "--data-dir", str(tmp_path / "home"))
    walk_to_the_secret(session)
    os.kill(session.pid, number)
    assert session.end() == 128 + number
    again = Session(tmp_path, "demo", "--plain", "--data-dir", str(tmp_path / "home"))
    again.wait_for("Go on at step 3, Client secret")
    again.send(CTRL_D)
    assert again.end() == 0


def test_enter_stops_the_watch_for_consent(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "missing-permission", "--plain")
    walk_to_the_secret(session)
    session.send(ENTER)
    for question in ("Day on which", "Read groups", "Read directory roles", "Ask only", "when they are added"):
        session.wait_for(question)
        session.send(ENTER)
    session.wait_for("Press Enter to watch")
    session.send(ENTER)
    session.wait_for("Look 1:")
    session.send(ENTER)
    session.wait_for("stopped watching")
    session.wait_for("Press Enter to watch")
    session.send("q", ENTER)
    session.wait_for("Enter a number")
    session.send("q", ENTER)
    assert session.end() == 0


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"TERM": ""}, {"ACCESSIBLE": "1"}], ids=str)
def test_it_comes_by_itself_where_nothing_can_be_drawn(variables: dict[str, str], tmp_path: Path) -> None:
    session = Session(tmp_path, **variables)
    session.wait_for("in plain lines.")
    session.wait_for("Enter a number: ")
    session.send("q", ENTER)
    assert session.end() == 0
    assert "\x1b" not in session.shown


def test_in_a_pipe_it_answers_line_by_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [*command(), "demo", "--plain"],
        input="1\n\n\n\n\n\n\n\n\n\n\n\n\n\nq\n",
        env=bare_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "1,000 added" in done.stdout


def test_without_a_terminal_it_ends_with_the_input(tmp_path: Path) -> None:
    done = subprocess.run(
        command(),
        stdin=subprocess.DEVNULL,
        env=bare_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "1. Set up a connector" in done.stdout


def test_in_the_c_locale_all_is_ascii(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "awkward-names", "--plain", LC_ALL="C", LANG="C")
    session.wait_for("Enter a number")
    session.send("q", ENTER)
    assert session.end() == 0
    assert session.shown.isascii()


def test_it_loads_no_screen(tmp_path: Path) -> None:
    assert not loaded(tmp_path) & {"textual", "msal", "starlette", "uvicorn", "keyring"}
