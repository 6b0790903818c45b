"""`report` and `replay` as commands, against the practice tenant over real TLS."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from tests.commands.program import serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.program import Practice, Program


def _saved(practice: Practice, home: Path) -> Program:
    program = practice.program(home)
    practice.add(program)
    return program


def test_a_report_replays_to_what_check_said_without_a_network(tmp_path: Path) -> None:
    file, scenario = tmp_path / "report.md", tmp_path / "again.toml"
    with serving(tmp_path, "missing-permission") as practice:
        program = _saved(practice, tmp_path / "home")
        checked = program.run("check", "Contoso", "--json")
        made = program.run("report", "contoso", "-o", str(file))
        assert made.returncode == 0, made.stderr
        assert made.stdout == ""
        assert "The report will hold:" in made.stderr
        assert practice.client_secret not in made.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert practice.client_secret.encode() not in file.read_bytes()
    replayed = program.run("replay", str(file), "--json")
    assert replayed.returncode == checked.returncode == 1
    assert replayed.stderr == ""
    said, again = json.loads(checked.stdout), json.loads(replayed.stdout)
    for each in (said, again):
        for check in each["checks"]:
            if check["finding"]:
                # Two runs: each request has ids of its own.
                assert check["finding"]["evidence"]["request_id"]
                check["finding"]["evidence"] = None
    assert again == said
    written = program.run("replay", str(file), "--scenario", str(scenario))
    assert written.returncode == 0, written.stderr
    assert 'code = "permission-missing"' in scenario.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, b"", b"# A report", b"\xff\xff", b'```json\n{"format": "x"}\n```\n'])
def test_a_bad_file_is_one_sentence_and_exit_code_2(
    healthy: Practice,
    tmp_path: Path,
    content: bytes | None,
) -> None:
    file = tmp_path / "report.md"
    if content is not None:
        file.write_bytes(content)
    refused = healthy.program(tmp_path / "home").run("replay", str(file), "--json")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith("entra-tui: ")
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stderr


def test_a_report_that_cannot_be_written_or_has_no_connector(healthy: Practice, tmp_path: Path) -> None:
    program = _saved(healthy, tmp_path / "home")
    nowhere = program.run("report", "Contoso", "-o", str(tmp_path / "none" / "r.md"))
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert "cannot be written" in nowhere.stderr
    unknown = program.run("report", "Fabrikam", "-o", str(tmp_path / "r.md"))
    assert unknown.returncode == 2
    assert "There is no connector 'Fabrikam'" in unknown.stderr
    assert not (tmp_path / "r.md").exists()
