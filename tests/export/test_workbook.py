"""Excel workbooks, read back by another library than wrote them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entra_tui.export import workbook
from entra_tui.export.workbook import LONGEST_TEXT, write_excel
from entra_tui.model.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from entra_tui.model.entry import Scalar


def read(content: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type in {"s", "b", "inlineStr"}
            assert cell.hyperlink is None
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def written(values: list[Scalar], **options: int) -> dict[str, list[list[object]]]:
    out = io.BytesIO()
    entries = [Entry(f"{number:03}", {"value": value}) for number, value in enumerate(values)]
    assert write_excel(entries, ("id", "value"), out, False, **options) == len(values)
    return read(out.getvalue())


def shown(value: Scalar) -> object:
    """A value as it was written: the other library does not undo Excel's escapes of control characters."""
    return written([value])["List"][1][1]


@pytest.mark.parametrize(
    "text",
    [
        "M\u00fcller",
        "00123",
        "+49 30 123456",
        "12345678901234567890",
        "1E5",
        "2027-01-31",
        "TRUE",
        "=HYPERLINK(1)",
        "{=1}",
        "@SUM(A1)",
        "https://phish.example",
        "mailto:ada@contoso.example",
        " blanks ",
        "two\nlines\tand a tab",
        "\U0001f600",
        "<r><t>&</t></r>",
        "<r></r>",
        "<b>&amp;",
    ],
)
def test_every_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_values_of_other_types() -> None:
    rows = written([True, False, None, 3, -2.5, ""])["List"]
    assert [row[1] for row in rows] == ["value", True, False, None, "3", "-2.5", ""]


@given(text=st.text(st.characters(), max_size=30))
@settings(max_examples=60)
def test_any_text_makes_a_file_that_can_be_read(text: str) -> None:
    assert len(written([text, "next"])["List"]) == 3


def test_control_characters_are_escaped_as_excel_does_it() -> None:
    assert shown("\0a\x07\r_x0041_\ud83d") == "_x0000_a_x0007__x000D__x005F_x0041_\ufffd"


@pytest.mark.parametrize("letter", ["x", "\u00fc", "\U0001f600"])
def test_a_text_is_cut_only_where_no_cell_holds_it(letter: str) -> None:
    units = len(letter.encode("utf-16-le")) // 2
    longest = letter * (LONGEST_TEXT // units)
    assert shown(longest) == longest
    cut = shown(letter * LONGEST_TEXT + letter)
    assert isinstance(cut, str)
    assert cut == letter * ((LONGEST_TEXT - 1) // units) + "\u2026"
    assert len(cut.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def test_what_one_sheet_cannot_hold_goes_on_in_the_next() -> None:
    sheets = written(["a", "b", "c", "d", "e"], most_rows=3)
    assert sheets == {
        "List": [["id", "value"], ["000", "a"], ["001", "b"]],
        "List 2": [["id", "value"], ["002", "c"], ["003", "d"]],
        "List 3": [["id", "value"], ["004", "e"]],
    }
    assert list(written(["a", "b"], most_rows=3)) == ["List"]
    assert written([]) == {"List": [["id", "value"]]}


def test_the_headings_are_bold_and_stay_in_sight() -> None:
    out = io.BytesIO()
    write_excel([Entry("1", {})], ("id", "mail"), out, False)
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert not sheet["A2"].font.bold


def test_a_pipe_gets_the_same_workbook() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError("not seekable")

    out = Pipe()
    write_excel([Entry("1", {"mail": "a@b"})], ("id", "mail"), out, False)
    assert read(out.getvalue())["List"][1] == ["1", "a@b"]


def test_nothing_is_left_behind_when_the_rows_break_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[Entry]:
        yield Entry("1", {})
        assert list(tmp_path.rglob("*"))
        raise RuntimeError("the rows end here")

    out = io.BytesIO()
    with pytest.raises(RuntimeError, match="end here"):
        write_excel(rows(), ("id",), out, False)
    assert out.getvalue() == b""
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_the_temporary_file_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(OSError, match="No space left"):
        write_excel([Entry("1", {})], ("id",), io.BytesIO(), False)


def test_the_limits_are_excels() -> None:
    assert (workbook.MOST_ROWS, LONGEST_TEXT) == (2**20, 2**15 - 1)
