"""An Excel workbook whose every cell is text, or true or false: nothing in it is a formula, a link or a number."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from entra_tui.export.cells import cells_of, rows_of, text_of_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, BinaryIO

    from entra_tui.model.entry import Entry, Scalar
    from entra_tui.model.list_row import ListRow

MOST_ROWS: Final = 1_048_576
"""Rows that a sheet of Excel has, the headings among them."""

LONGEST_TEXT: Final = 32_767
"""UTF-16 units that a cell of Excel holds."""

_WIDTH: Final = 24
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_NO_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")


def write_excel(
    entries: Iterable[Entry | ListRow],
    columns: Sequence[str],
    out: BinaryIO,
    harmless_only: bool,  # noqa: ARG001 - no terminal shows a workbook
    *,
    most_rows: int = MOST_ROWS,
) -> int:
    """A workbook (.xlsx) with the headings in each sheet's first row, and further sheets where one is full.

    The rows go through temporary files, so memory stays flat. A text longer than `LONGEST_TEXT` ends with an ellipsis.

    Args:
        entries: The rows.
        columns: The columns, `id` among them.
        out: Where the bytes go; it may be a pipe.
        harmless_only: Without a meaning here.
        most_rows: Rows of a sheet.

    Returns:
        How many entries were written.

    Raises:
        OSError: There is no room for the temporary files, or `out` cannot be written.
    """
    count = 0
    with (
        TemporaryDirectory(prefix="entra-tui-") as folder,
        closing(_Workbook(Path(folder), columns, most_rows)) as book,
    ):
        for row in rows_of(entries, columns):
            book.add(cells_of(row))
            count += 1
        with book.finish().open("rb") as whole:
            shutil.copyfileobj(whole, out)
    out.flush()
    return count


class _Workbook:
    """A workbook that grows by rows, on disk.

    Args:
        folder: Where its temporary files go.
        columns: The headings.
        most_rows: Rows of a sheet.
    """

    def __init__(self, folder: Path, columns: Sequence[str], most_rows: int) -> None:
        # Loading it takes longer than writing a small list in another format.
        from xlsxwriter import Workbook  # noqa: PLC0415

        self._path = folder / "workbook.xlsx"
        options = {"constant_memory": True, "tmpdir": str(folder), "use_zip64": True}
        self._book = Workbook(str(self._path), options)
        self._bold = self._book.add_format({"bold": True})
        self._columns = columns
        self._most_rows = most_rows
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        number = len(self._book.worksheets()) + 1
        sheet: Any = self._book.add_worksheet("List" if number == 1 else f"List {number}")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(self._columns) - 1, _WIDTH)
        # Phone numbers and employee IDs are meant to be text.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
        for place, column in enumerate(self._columns):
            sheet.write_string(0, place, _legal(column), self._bold)
        self._sheet, self._rows = sheet, 1

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, self._rows - 1, len(self._columns) - 1)

    def add(self, values: Iterable[Scalar]) -> None:
        """Write a row."""
        if self._rows == self._most_rows:
            self._end_sheet()
            self._begin_sheet()
        for place, value in enumerate(values):
            if isinstance(value, bool):
                self._sheet.write_boolean(self._rows, place, value)
            elif value is not None:
                self._write_text(place, _legal(text_of_cell(value)))
        self._rows += 1

    def _write_text(self, place: int, text: str) -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            # The library would take such a text for the markup of one that is partly bold.
            self._sheet.write_rich_string(self._rows, place, "<", "r", text[2:])
        else:
            self._sheet.write_string(self._rows, place, text)

    def finish(self) -> Path:
        """Put the file together.

        Raises:
            OSError: There is no room for it.
        """
        from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - see above

        self._end_sheet()
        try:
            self._book.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else error
            raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error
        return self._path

    def close(self) -> None:
        """Close the temporary files, finished or not, so that they can be removed."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()


def _legal(text: str) -> str:
    """`text` as a cell of Excel can hold it."""
    if text.isascii() and len(text) <= LONGEST_TEXT:
        return text
    text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    if len(text) > LONGEST_TEXT // 2 and len(encoded := text.encode("utf-16-le")) > LONGEST_TEXT * 2:
        # Half a character at the end is dropped.
        return encoded[: (LONGEST_TEXT - 1) * 2].decode("utf-16-le", "ignore") + _ELLIPSIS
    return text
