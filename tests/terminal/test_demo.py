"""`entra-tui demo` in a real pseudo-terminal: the whole way by keyboard, and every way to end it."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from entra_tui.simulator.scenario import find_scenario
from tests.commands.program import Program
from tests.terminal.session import CTRL_Q, ENTER, Session, left_behind

if TYPE_CHECKING:
    from pathlib import Path

HEALTHY = find_scenario("healthy").inputs


def walk_to_the_list(session: Session) -> None:
    """Everything a person does from the first screen to the synchronized list."""
    session.wait_to_see("Set up a connector")
    session.send(ENTER)
    session.wait_to_see("Find the tenant")
    session.paste(f"\r\n {{{HEALTHY.tenant}}}\r\n")
    session.wait_to_see("Removed from the paste")
    session.send(ENTER)
    session.wait_to_see("Found in Azure Public Cloud")
    session.wait_to_see("Continue")
    session.send(ENTER)
    session.wait_to_see("Find the app")
    session.paste(HEALTHY.client_id)
    session.send(ENTER)
    session.wait_to_see("The app is registered in this tenant")
    session.wait_to_see("Continue")
    session.send(ENTER)
    session.wait_to_see("Certificates & secrets")
    session.paste(HEALTHY.secret.reveal())
    session.wait_to_see("the usual shape")
    session.send(ENTER)
    session.wait_to_see("Continue")
    session.enter_until("Step 4 of 7")
    session.wait_to_see("Continue")
    session.enter_until("Step 5 of 7")
    session.wait_to_see("Continue")
    session.enter_until("Step 6 of 7")
    session.wait_to_see("Check and save")
    session.send(ENTER)
    session.wait_to_see("Continue")
    session.enter_until("Step 7 of 7")
    session.send(ENTER)
    session.wait_to_see("Open the list")
    session.enter_until("1,000 entries")


def test_the_whole_way_by_keyboard(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", "--data-dir", str(tmp_path / "home"))
    walk_to_the_list(session)
    session.send(CTRL_Q)
    assert session.end() == 0
    assert left_behind(session.shown) == []
    assert "\x1b[?1049h" in session.shown
    assert "Traceback" not in session.shown
    assert HEALTHY.secret.reveal() not in session.shown


def test_ctrl_q_gives_the_terminal_back(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy")
    session.wait_to_see("Set up a connector")
    session.send(CTRL_Q)
    assert session.end() == 0
    assert "\x1b[?1049h" in session.shown
    assert "\x1b[?1000h" in session.shown
    assert left_behind(session.shown) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_it_at_once_and_gives_the_terminal_back(number: signal.Signals, tmp_path: Path) -> None:
    home = tmp_path / "home"
    session = Session(home, "demo", "healthy", "--data-dir", str(home))
    session.wait_to_see("Set up a connector")
    session.send(ENTER)
    session.wait_to_see("Find the tenant")
    session.paste(HEALTHY.tenant)
    session.send(ENTER)
    session.wait_to_see("Found in Azure Public Cloud")
    began = time.monotonic()
    os.kill(session.pid, number)
    assert session.end() == 128 + number
    assert time.monotonic() - began < 2
    assert left_behind(session.shown) == []
    # What was entered is there the next time.
    again = Session(home, "demo", "healthy", "--data-dir", str(home))
    again.wait_for("Go on at step 1, Tenant")
    again.send(CTRL_Q)
    assert again.end() == 0


def test_over_ssh_the_mouse_stays_the_terminals_own(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", SSH_CONNECTION="192.0.2.1 50000 192.0.2.2 22")
    session.wait_to_see("Set up a connector")
    session.send(CTRL_Q)
    assert session.end() == 0
    assert "\x1b[?1000h" not in session.shown
    assert "\x1b[?1003h" not in session.shown


def test_the_check_of_the_terminal_finds_what_is_left_on() -> None:
    assert left_behind("\x1b[?1049h\x1b[?25l") == ["the alternate screen", "a hidden cursor"]
    assert left_behind("\x1b[?1049h\x1b[?25l\x1b[?1049l\x1b[?25h") == []


def test_a_demo_meets_no_real_connector(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    mine = '[[connectors]]\nname = "Contoso"\ntenant_id = "{0}"\nclient_id = "{1}"\nenvironment = "public"\n'
    text = mine.format(HEALTHY.tenant, HEALTHY.client_id)
    (home / "config.toml").write_text(text)
    for options in ((), ("--data-dir", str(home))):
        session = Session(home, "demo", "healthy", *options)
        session.wait_to_see("0 connectors")
        session.send(CTRL_Q)
        assert session.end() == 0
        assert (home / "config.toml").read_text() == text


def test_a_story_plays_where_nothing_can_be_shown(tmp_path: Path) -> None:
    program = Program(tmp_path / "home", {"TERM": "dumb"})
    played = program.run("demo", "secret-id", "--autoplay", "--exit", "--speed", "1000")
    assert (played.returncode, played.stdout, played.stderr) == (0, "", "")
    refused = program.run("demo", "secret-id", "--autoplay")
    assert refused.returncode == 2
    assert "with --exit it plays without one" in refused.stderr
