"""Keys from `config.toml`: those that can be used are, the others are named in one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.storage.folders import Folders
from entra_tui.widgets.keymap import ACTIONS, read_keymap
from tests.terminal.session import ENTER, Session

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("keys", ["f12", "ctrl+k", "x", "F9", "f6, ctrl+r", "shift+f1", "question_mark"])
def test_a_key_that_can_be_used(keys: str) -> None:
    keymap, problems = read_keymap({"help": keys})
    assert problems == []
    assert keymap == {"help": ",".join(key.strip().lower() for key in keys.split(","))}


@pytest.mark.parametrize("keys", ["", "f99", "ctrl", "ctrl+", "any+x", "\x1b[31m", "f1,,f2"])
def test_a_key_that_cannot(keys: str) -> None:
    keymap, problems = read_keymap({"help": keys})
    assert keymap == {}
    assert len(problems) == 1
    assert "is no key for help" in problems[0]
    assert "\x1b" not in problems[0]


def test_an_action_that_is_none() -> None:
    keymap, problems = read_keymap({"explode": "f1", "help": "f12"})
    assert keymap == {"help": "f12"}
    assert problems == [f"config.toml: there is no action 'explode' under [keys]; choose from {', '.join(ACTIONS)}."]


def test_the_program_takes_them(tmp_path: Path) -> None:
    folders = Folders.locate(tmp_path / "demo")
    folders.ensure()
    (folders.config / "config.toml").write_text('version = 1\n[keys]\nhelp = "f12"\nquit = "f10"\nexplode = "f1"\n')
    session = Session(tmp_path, "demo", "healthy", "--data-dir", str(tmp_path))
    session.wait_for("Set up a connector")
    session.wait_for("config.toml: there is no")
    session.send("\x1b[24~")  # F12
    session.wait_for("Help: ")
    session.send(ENTER)
    session.send("\x1b[21~")  # F10
    assert session.end() == 0
