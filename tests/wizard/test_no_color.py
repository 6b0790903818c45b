"""Without color, and in a theme that the environment names, a person sees where they are."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, OptionList

from entra_tui.onboarding import Step
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path

    from textual.strip import Strip

_LIGHT = """
import asyncio, sys, pathlib
from tests.wizard.walk import Walk

async def look():
    async with Walk(pathlib.Path(sys.argv[1])).started() as walk:
        print(walk.app.screen.styles.background.hex)

asyncio.run(look())
"""


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    monkeypatch.setenv("NO_COLOR", "1")
    return Walk(tmp_path / "home")


def marks(strip: Strip) -> set[str]:
    """How the letters of a line are set off, other than by color."""
    styles = [segment.style for segment in strip if segment.text and segment.style is not None]
    return {name for style in styles for name in ("reverse", "underline") if getattr(style, name)}


async def test_the_chosen_line_of_a_menu_is_told_by_its_letters(person: Walk) -> None:
    async with person.started():
        menu = person.app.screen.query_one(OptionList)
        marked = [bool(marks(menu.render_line(y))) for y in range(menu.virtual_size.height)]
        assert marked.count(True) == 1
        assert marked[0]


async def test_the_cursor_of_a_field_is_told_by_its_letters(person: Walk) -> None:
    async with person.started():
        await person.open_wizard()
        assert person.step is Step.TENANT
        fields = list(person.app.screen.query(Input))
        assert [bool(marks(field.render_line(0))) for field in fields] == [field.has_focus for field in fields]
        assert any(field.has_focus for field in fields)


@pytest.mark.parametrize(("theme", "background"), [("entra-light", "#FBFCFD"), ("entra-dark", "#11161D")])
def test_a_theme_may_come_from_the_environment(theme: str, background: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    told = subprocess.run(
        [sys.executable, "-c", _LIGHT, str(tmp_path)],
        env=environment | {"TEXTUAL_THEME": theme, "TERM": "xterm-256color"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == background
