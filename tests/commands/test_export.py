"""Exports: what a spreadsheet, a script and a terminal get."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sqlite3
import stat
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest

from entra_tui.__main__ import main
from entra_tui.commands.console import Console
from entra_tui.export.formats import write_csv, write_json, write_json_lines
from entra_tui.model.entry import Entry
from entra_tui.model.permission import Feature
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.storage.errors import FolderError
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.lists import ListDatabase, RunMode, RunReport
from entra_tui.storage.private_output import private_output
from tests.commands.program import Program, command

if TYPE_CHECKING:
    from pathlib import Path

AWKWARD = [
    Entry("1", {"displayName": "=HYPERLINK(1)", "jobTitle": "+1", "department": "-2", "mail": "@here"}),
    Entry("2", {"displayName": "\tTab", "jobTitle": "\rReturn", "department": "\nLine", "mail": "a=b"}),
    Entry("3", {"displayName": 'Say "hi", twice\nthen go', "accountEnabled": False, "mail": None}),
    Entry("4", {"displayName": "Zoë \U0001f600 \x1b[2J\x9b31m\u202e"}),
    Entry("5", {}),
]
COLUMNS = ("id", "displayName", "jobTitle", "department", "mail", "accountEnabled")


def fill(home: Path, entries: list[Entry], feature: Feature = Feature.USERS) -> None:
    home.mkdir(exist_ok=True)
    with ListDatabase(home / LISTS_FILE) as database:
        database.create_list(feature, "Contoso")
        now = datetime.now(UTC)
        database.apply(f"{feature.label} - Contoso", entries, (), RunReport(RunMode.FULL, now, now, 1), delta_link=None)


def test_csv_cannot_be_run_as_formulas() -> None:
    out = io.BytesIO()
    assert write_csv(AWKWARD, COLUMNS, out, False) == 5
    rows = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))
    assert rows == [
        list(COLUMNS),
        ["1", "'=HYPERLINK(1)", "'+1", "'-2", "'@here", ""],
        ["2", "'\tTab", "'\rReturn", "'\nLine", "a=b", ""],
        ["3", 'Say "hi", twice\nthen go', "", "", "", "false"],
        ["4", "Zoë \U0001f600 \x1b[2J\x9b31m\u202e", "", "", "", ""],
        ["5", "", "", "", "", ""],
    ]


def test_json_has_every_value_as_it_is() -> None:
    out, lines = io.BytesIO(), io.BytesIO()
    assert write_json(AWKWARD, COLUMNS, out, False) == write_json_lines(AWKWARD, COLUMNS, lines, False) == 5
    whole = json.loads(out.getvalue())
    assert whole == [json.loads(line) for line in lines.getvalue().split(b"\n") if line]
    assert whole[0] == {
        "id": "1",
        "displayName": "=HYPERLINK(1)",
        "jobTitle": "+1",
        "department": "-2",
        "mail": "@here",
        "accountEnabled": None,
    }
    assert whole[2]["accountEnabled"] is False
    assert "Zoë" in out.getvalue().decode()


@pytest.mark.parametrize("write", [write_csv, write_json, write_json_lines])
def test_a_terminal_gets_no_control_characters(write: object) -> None:
    out = io.BytesIO()
    write(AWKWARD, COLUMNS, out, True)  # type: ignore[operator]
    text = out.getvalue().decode()
    assert not any(character in text for character in "\x1b\x9b\u202e\t\r")


def test_an_empty_list(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    fill(home, [])
    for form, expected in (("csv", f"{','.join(USER_COLUMNS)}\n"), ("json", "[]\n"), ("jsonl", "")):
        assert main(["export", "Users - Contoso", "--format", form]) == 0
        assert capfdbinary.readouterr().out.decode() == expected


def test_a_list_that_is_not_of_users_shows_the_columns_it_has(
    home: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    fill(
        home,
        [Entry("1", {"displayName": "A", "members": 3}), Entry("2", {"displayName": "B", "mail": "b@x"})],
        Feature.GROUPS,
    )
    assert main(["export", "Groups - Contoso", "-o", "-"]) == 0
    assert capfdbinary.readouterr().out.decode() == "id,displayName,members,mail\n1,A,3,\n2,B,,b@x\n"


PHONES = [
    Entry("1", {"displayName": "M\u00fcller", "employeeId": "00042", "jobTitle": "+49 30 123456"}),
    Entry("2", {"displayName": "x;=1", "employeeId": "12345678901234567890", "accountEnabled": True}),
]


def sheet(content: bytes) -> list[dict[str, object]]:
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    headings = [str(heading) for heading in next(rows)]
    return [{key: value for key, value in zip(headings, row, strict=True) if value is not None} for row in rows]


@pytest.mark.parametrize("options", [("--format", "excel", "-o", "users"), ("-o", "users.xlsx")])
def test_excel_gets_umlauts_phone_numbers_and_leading_zeros(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    fill(home, PHONES)
    monkeypatch.chdir(tmp_path)
    assert main(["export", "Users - Contoso", *options]) == 0
    assert sheet((tmp_path / options[-1]).read_bytes()) == [{"id": each.id, **each.values} for each in PHONES]


@pytest.mark.parametrize("options", [("-o", "users.xls"), ("-o", "USERS.XLS"), ("--format", "excel", "-o", "a.xlsm")])
def test_a_workbook_of_another_kind_is_refused(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
) -> None:
    fill(home, PHONES)
    monkeypatch.chdir(tmp_path)
    assert main(["export", "Users - Contoso", *options]) == 2
    assert "name the file .xlsx" in capsys.readouterr().err
    assert not (tmp_path / options[-1]).exists()


def test_a_pipe_gets_a_workbook(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    fill(home, PHONES)
    assert main(["export", "Users - Contoso", "--format", "excel"]) == 0
    told = capfdbinary.readouterr()
    assert told.err == b""
    assert [row["id"] for row in sheet(told.out)] == ["1", "2"]


def test_a_terminal_is_no_place_for_a_workbook(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, PHONES)
    monkeypatch.setattr(Console, "shows_data", True)
    assert main(["export", "Users - Contoso", "--format", "excel"]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err == "entra-tui: A terminal cannot show the format excel; write it to a file with -o FILE.\n"


@pytest.mark.parametrize(
    ("options", "shown"),
    [((), "'+49 30 123456"), (("--raw",), "+49 30 123456"), (("--raw", "--format", "json"), "+49 30 123456")],
)
def test_raw_takes_the_single_quotes_out(
    home: Path, capfdbinary: pytest.CaptureFixture[bytes], options: tuple[str, ...], shown: str
) -> None:
    fill(home, [Entry("1", {"displayName": "+49 30 123456"})])
    assert main(["export", "Users - Contoso", *options]) == 0
    told = capfdbinary.readouterr().out.decode()
    assert shown in told
    assert ("'" in told) == shown.startswith("'")


def test_an_unknown_list_is_told_with_the_known_ones(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(home, [])
    assert main(["export", "Users"]) == 2
    assert capsys.readouterr().err == "entra-tui: There is no lookup list 'Users'; choose from 'Users - Contoso'.\n"


def test_a_file_is_private_and_replaced_whole(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(home, AWKWARD)
    target = tmp_path / "users.csv"
    target.write_text("what was there before")
    target.chmod(0o644)
    assert main(["export", "Users - Contoso", "-o", str(target)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"Wrote 5 entries of 'Users - Contoso' to {target}.\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_bytes().count(b"Zo") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "users.csv"]


@pytest.mark.parametrize("name", ["", "nowhere/users.csv"])
def test_a_file_that_cannot_be_written(
    name: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(home, AWKWARD)
    assert main(["export", "Users - Contoso", "-o", str(tmp_path / name)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_half_a_file_is_never_left(tmp_path: Path) -> None:
    target = tmp_path / "users.csv"
    target.write_text("what was there before")

    def fail() -> None:
        with private_output(target) as file:
            file.write(b"half")
            raise RuntimeError("the rows end here")

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text() == "what was there before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FolderError, match="No space left"), private_output(home.parent / "full") as file:
        raise OSError(28, "No space left on device", file.name)


def test_a_device_is_written_as_it_is(home: Path) -> None:
    fill(home, AWKWARD)
    assert main(["export", "Users - Contoso", "-o", os.devnull]) == 0


def test_a_reader_that_has_seen_enough_is_no_error(program: Program) -> None:
    fill(program.home, [Entry(str(number), {"displayName": "x" * 500}) for number in range(2000)])
    process = subprocess.Popen(
        [*command(), "export", "Users - Contoso"],
        env=program.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 130


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_damaged_rows_end_an_export_with_a_sentence_and_no_file(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    fill(home, [Entry(str(number), {"displayName": f"User {number}"}) for number in range(3)])
    with contextlib.closing(sqlite3.connect(home / LISTS_FILE)) as connection:
        connection.execute("UPDATE rows_1 SET body = replace(body, 'User 2', 'User 9')")
        connection.commit()
    target = tmp_path / "users"
    for arguments in ((), ("-o", str(target))):
        assert main(["export", "Users - Contoso", "--format", form, *arguments]) == 1
        told = capsys.readouterr()
        assert "are damaged; read the list anew with `entra-tui sync Contoso --full`" in told.err
        assert "User 9" not in told.out
    assert not target.exists()
    assert not list(tmp_path.glob(".users*"))
