from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.commands.arguments import _COMMANDS, build_parser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.commands.parser import Parser


def understood(parser: Parser, line: Sequence[str], capsys: pytest.CaptureFixture[str]) -> object:
    """All that comes of a line: its values and what is left, or the exit code; and what was written."""
    try:
        outcome: object = parser.parse_known_args(line)
    except SystemExit as end:
        outcome = end.code
    return outcome, capsys.readouterr()


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_command_is_understood_alone_as_among_all_others(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    values = (["list"], ["show", "one"], ["nonsense"]) if name == "connector" else (["value"], ["one", "two", "three"])
    for rest in ([], ["--help"], ["--version"], ["--nonsense"], ["--json"], ["--data-dir", "folder"], *values):
        line = [name, *rest]
        assert understood(build_parser(name), line, capsys) == understood(build_parser(), line, capsys), line


def test_a_line_that_begins_otherwise_is_understood_whole() -> None:
    arguments = build_parser("--data-dir").parse_args(["--data-dir", "folder", "list"])
    assert (arguments.command, arguments.data_dir) == ("list", "folder")
