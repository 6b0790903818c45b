"""What the README tells a stranger to type can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from entra_tui.cli import parse
from entra_tui.storage.folders import Folders
from entra_tui.storage.settings_file import SettingsFile

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


LINES = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("entra-tui")]


def test_there_is_something_to_type() -> None:
    assert len(LINES) > 6


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_is_understood(line: str) -> None:
    program, *arguments = shlex.split(line, comments=True)
    assert program == "entra-tui"
    assert parse(arguments).command


def test_the_configuration_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("\n".join(blocks("toml")), encoding="utf-8")
    settings = SettingsFile(Folders.locate(tmp_path)).read()
    assert settings.environment("practice").graph == "https://127.0.0.1:8443"
    assert settings.preferences.mouse is False
    assert dict(settings.keys) == {"help": "f12"}


def test_every_file_that_is_named_exists() -> None:
    root = Path(__file__).parents[2]
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert links
    assert not [link for link in links if not (root / link).exists()]
