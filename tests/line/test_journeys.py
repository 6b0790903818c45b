"""The whole way to a synchronized list in a real pseudo-terminal of 80 by 24, in every kind of terminal.

Kinds, colors and character sets are combined in pairs, not each with each.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from entra_tui.simulator.scenario import find_scenario
from tests.line.test_terminal_kinds import FIRST_PAINT, colors_in, quiet
from tests.plain.test_terminal import walk_to_the_secret
from tests.terminal.session import CTRL_Q, ENTER, Session, left_behind

if TYPE_CHECKING:
    from pathlib import Path

F5 = "\x1b[15~"
SECRET = find_scenario("healthy").inputs.secret.reveal()
FEW_COLORS = {"linux", "vt100", "xterm", "screen"}
QUICK = """
title = "Everything works, over a quick line"
description = "As healthy, answered at once."
[line]
latency_ms = 1
"""
UTF_8, C = "C.UTF-8", "C"


@pytest.mark.parametrize(
    ("term", "no_color", "locale"),
    [
        ("xterm-256color", "", C),
        ("xterm-256color", "1", UTF_8),
        ("tmux-256color", "", UTF_8),
        ("screen", "1", C),
        ("xterm", "", UTF_8),
        ("vt100", "1", UTF_8),
        ("linux", "", C),
    ],
)
def test_the_whole_way(term: str, no_color: str, locale: str, tmp_path: Path) -> None:
    scenario = tmp_path / "quick.toml"
    scenario.write_text(QUICK)
    settings = {"TERM": term, "NO_COLOR": no_color, "LC_ALL": locale, "LANG": locale, "COLORTERM": ""}
    session = Session(tmp_path, "demo", str(scenario), "--users", "1000", **settings)
    session.wait_for("Set up a connector")
    session.shown += quiet(session, 0.5)
    assert len(session.shown.encode()) <= FIRST_PAINT
    walk_by_fill_and_enter(session)
    session.send(CTRL_Q)
    assert session.end() == 0
    assert left_behind(session.shown) == []
    assert "Traceback" not in session.shown
    assert SECRET not in session.shown
    if no_color:
        assert colors_in(session.shown) == set()
    elif term in FEW_COLORS:
        assert not colors_in(session.shown) & {38, 48}
    else:
        assert colors_in(session.shown)
    assert any(map(is_drawn, session.shown)) is (locale != C)


def walk_by_fill_and_enter(session: Session) -> None:
    session.send(ENTER)
    for label, step in (("Find the tenant", 2), ("Find the app", 3), ("Sign in", 4)):
        session.wait_to_see(label)
        session.send(F5, ENTER)
        session.wait_to_see("Continue")
        session.enter_until(f"Step {step} of 7")
    for step in (5, 6):
        session.wait_to_see("Continue")
        session.enter_until(f"Step {step} of 7")
    session.wait_to_see("Check and save")
    session.send(ENTER)
    session.wait_to_see("Continue")
    session.enter_until("Step 7 of 7")
    session.send(ENTER)
    session.wait_to_see("Open the list")
    session.enter_until("1,000 entries")


def is_drawn(character: str) -> bool:
    """Whether it is a line or a sign of the program's own; letters come from the directory and stay what they are."""
    return not character.isascii() and unicodedata.category(character)[0] not in "LM"


def test_a_terminal_that_cannot_draw_gets_the_whole_way_in_lines(tmp_path: Path) -> None:
    session = Session(tmp_path, "demo", "healthy", TERM="dumb")
    walk_to_the_secret(session)
    session.send(ENTER)
    while session.child.expect_exact(["1,000 added", ": "]):
        session.shown += session.child.before or ""
        session.send(ENTER)
    session.wait_for("Enter a number")
    session.send("q", ENTER)
    assert session.end() == 0
    assert "\x1b" not in session.shown
    assert SECRET not in session.shown
