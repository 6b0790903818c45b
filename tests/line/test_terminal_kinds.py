"""What is sent to which terminal: colors, characters, sizes, bytes."""

from __future__ import annotations

import re
import select
import time
from typing import TYPE_CHECKING

import pytest

from tests.terminal.session import CTRL_Q, DOWN, ENTER, Session

if TYPE_CHECKING:
    from pathlib import Path

FIRST_PAINT = 12_000
A_KEY = 1_500
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
# 39 and 49 name the terminal's own foreground and background, which is to say no color.
_COLORS = {*range(30, 50), *range(90, 108)} - {39, 49}


def colors_in(shown: str) -> set[int]:
    """Parameters of SGR sequences that choose a color."""
    return {
        int(parameter)
        for found in _SGR.findall(shown)
        for parameter in re.split("[;:]", found)
        if parameter.isdecimal() and int(parameter) in _COLORS
    }


def quiet(session: Session, seconds: float) -> str:
    """What comes until nothing has come for some seconds."""
    text = ""
    while select.select([session.child.child_fd], [], [], seconds)[0]:
        text += session.child.read_nonblocking(65_536)
    return text


def walk_around(session: Session) -> None:
    session.wait_for("Set up a connector")
    session.send(ENTER)
    session.wait_for("Find the tenant")
    session.send("nonsense", ENTER)
    session.wait_for("neither a GUID")
    session.send("\x1bOP")
    session.wait_for("Help: ")
    session.send(CTRL_Q)
    assert session.end() == 0


@pytest.mark.parametrize("term", ["xterm-256color", "linux", "vt100", "xterm", "screen", "tmux-256color"])
def test_no_color_is_none_at_all(term: str, tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", NO_COLOR="1", TERM=term)
    walk_around(session)
    assert colors_in(session.shown) == set()


@pytest.mark.parametrize("term", ["linux", "vt100", "xterm", "screen"])
def test_sixteen_colors_are_the_terminals_own(term: str, tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", TERM=term, COLORTERM="")
    walk_around(session)
    assert not colors_in(session.shown) & {38, 48}


def test_an_empty_no_color_says_nothing(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", NO_COLOR="")
    walk_around(session)
    assert colors_in(session.shown)


def test_in_the_c_locale_lines_and_signs_are_ascii(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", LC_ALL="C", LANG="C")
    walk_around(session)
    assert {character for character in session.shown if not character.isascii()} == set()


def test_a_terminal_that_is_too_small_is_told_so_until_it_grows(tmp_path: Path) -> None:
    # A runner may say in the environment how large its own terminal is; what counts is the one that is resized.
    session = Session(tmp_path, "demo", "healthy", COLUMNS="", LINES="")
    session.wait_for("Set up a connector")
    session.shown += quiet(session, 1.0)
    session.child.setwinsize(19, 80)
    session.wait_for("Too small: entra-tui needs")
    session.child.setwinsize(24, 80)
    session.wait_for("Set up a connector")
    session.shown += quiet(session, 1.0)
    session.child.setwinsize(24, 59)
    session.wait_for("needs 60 columns and 20 rows")
    session.send(ENTER)
    session.shown += quiet(session, 1.0)
    session.child.setwinsize(20, 60)
    session.wait_for("Set up a connector")
    session.send(CTRL_Q)
    assert session.end() == 0


def test_few_bytes_go_over_the_line(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy")
    session.wait_for("Set up a connector")
    session.shown += quiet(session, 1.0)
    first = len(session.shown.encode())
    assert first <= FIRST_PAINT, f"{first} bytes for the first paint"
    for key in (DOWN, DOWN, "\x1b[A"):
        session.send(key)
        sent = len(quiet(session, 0.5).encode())
        assert 0 < sent <= A_KEY, f"{sent} bytes for a key"
    began = time.monotonic()
    while (left := began + 2 - time.monotonic()) > 0:
        ready, _, _ = select.select([session.child.child_fd], [], [], left)
        assert not ready, f"idle, and yet it sent {session.child.read_nonblocking(4096)!r}"
    session.send(CTRL_Q)
    assert session.end() == 0


def test_typing_in_a_field_is_cheap(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy")
    session.wait_for("Set up a connector")
    session.send(ENTER)
    session.wait_for("Find the tenant")
    quiet(session, 1.0)
    for key in "con":
        session.send(key)
        sent = len(quiet(session, 0.5).encode())
        assert 0 < sent <= A_KEY, f"{sent} bytes for a key"
    session.send(CTRL_Q)
    assert session.end() == 0


def test_on_the_plain_page_the_mouse_is_the_terminals_own(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy")
    session.wait_for("Set up a connector")
    session.send(ENTER)
    session.wait_for("Find the tenant")
    session.shown += quiet(session, 0.5)
    assert session.shown.rfind("\x1b[?1000h") > session.shown.rfind("\x1b[?1000l")
    session.send("\x1bOR")  # F3
    session.wait_for("sends its value to your terminal")
    session.shown += quiet(session, 0.5)
    assert session.shown.rfind("\x1b[?1000l") > session.shown.rfind("\x1b[?1000h")
    session.send("\x1b")
    session.wait_for("\x1b[?1000h")
    session.send(CTRL_Q)
    assert session.end() == 0
