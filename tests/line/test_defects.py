"""A defect of the program's own: one sentence, no traceback on the terminal, the terminal as it was."""

from __future__ import annotations

import sys
import termios
from typing import TYPE_CHECKING

import pytest

from tests.terminal.session import ENTER, Session, left_behind

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "Zx8Q~a-secret-that-is-in-a-local-variable_0123"
# What a person does, and the method that breaks then: while the screen is drawn, in a handler, in a worker.
WHERE = {
    "drawing": ("home", "HomeScreen.compose_body", ""),
    "key": ("home", "HomeScreen.help_pages", "?"),
    "worker": ("wizard.tenant", "TenantStep.check", ENTER + "contoso.com" + ENTER),
}
BREAKS = """
import sys
from entra_tui.__main__ import main
from entra_tui.screens.{module} import {kind}

def broken(*arguments):
    secret = "{secret}"
    raise RuntimeError("It broke with the secret " + secret)

{kind}.{method} = broken
sys.exit(main([]))
"""


@pytest.mark.parametrize("where", WHERE)
def test_a_defect_is_told_in_one_sentence(where: str, tmp_path: Path) -> None:
    module, broken, keys = WHERE[where]
    kind, method = broken.split(".")
    script = BREAKS.format(module=module, kind=kind, method=method, secret=SECRET)
    session = Session(tmp_path, program=[sys.executable, "-c", script], ENTRA_TUI_CLIENT_SECRET=SECRET)
    usual = termios.tcgetattr(session.child.child_fd)
    if keys:
        session.wait_to_see("Set up a connector")
    if keys.startswith(ENTER):
        session.send(ENTER)
        session.wait_to_see("Find the tenant")
        keys = keys.removeprefix(ENTER)
    session.send(keys)
    session.read_to_the_end()
    assert termios.tcgetattr(session.child.child_fd) == usual
    assert session.end() == 1
    assert left_behind(session.shown) == []
    said = session.shown.rpartition("\x1b[?1049l")[2]
    assert "entra-tui: This is a defect of the program" in said
    (log,) = tmp_path.rglob("entra-tui.log")
    assert str(log) in said.replace("\r\n", "")
    assert "Traceback" not in session.shown
    assert SECRET not in session.shown
    told = log.read_text()
    assert "Traceback" in told
    assert "RuntimeError" in told
    assert SECRET not in told
