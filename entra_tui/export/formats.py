"""CSV, Excel, JSON and JSON Lines, row by row."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from entra_tui.export.cells import row_of, text_of_cell
from entra_tui.export.formulas import without_formulas
from entra_tui.export.workbook import write_excel
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    from entra_tui.model.entry import Entry, Scalar


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """How a list may be written.

    Attributes:
        name: As it is chosen on the command line.
        label: As it is called on screen.
        ending: How its files end, without the dot.
        note: What a person should know before choosing it.
        write: Writes entries with these columns to a file, for a terminal (where no control character may get through)
            or not, and returns how many there were.
        for_terminal: Whether it is text that a terminal can show.
    """

    name: str
    label: str
    ending: str
    note: str
    write: Callable[[Iterable[Entry], Sequence[str], BinaryIO, bool], int]
    for_terminal: bool = True


def write_csv(
    entries: Iterable[Entry], columns: Sequence[str], out: BinaryIO, harmless_only: bool, *, raw: bool = False
) -> int:
    """A line of headings, then a line for each entry (RFC 4180, with LF); what is not set is empty.

    Args:
        entries: The rows.
        columns: The columns, `id` among them.
        out: Where the bytes go.
        harmless_only: True for a terminal: no control character gets through.
        raw: Whether texts that a spreadsheet could run as a formula stay as they are.

    Returns:
        How many entries were written.
    """
    line = io.StringIO()
    # The module quotes just those line breaks that are in its terminator, so it must be both.
    writer = csv.writer(line, lineterminator="\r\n")

    def cell(value: Scalar) -> str:
        text = text_of_cell(value)
        text = text if raw else without_formulas(text)
        return harmless(text, limit=len(text) + 1) if harmless_only else text

    def put(values: Iterable[Scalar]) -> None:
        line.seek(0)
        line.truncate()
        writer.writerow(map(cell, values))
        out.write(_bytes(line.getvalue().removesuffix("\r\n") + "\n"))

    put(columns)
    count = 0
    for entry in entries:
        put(row_of(entry, columns).values())
        count += 1
    out.flush()
    return count


def write_json(entries: Iterable[Entry], columns: Sequence[str], out: BinaryIO, harmless_only: bool) -> int:
    """One array of objects, an object a line; the arguments and the result are those of `write_csv`."""
    count = 0
    out.write(b"[")
    for entry in entries:
        out.write(b",\n " if count else b"\n ")
        out.write(_object(entry, columns, harmless_only))
        count += 1
    out.write(b"\n]\n" if count else b"]\n")
    out.flush()
    return count


def write_json_lines(entries: Iterable[Entry], columns: Sequence[str], out: BinaryIO, harmless_only: bool) -> int:
    """One object a line; the arguments and the result are those of `write_csv`."""
    count = 0
    for entry in entries:
        out.write(_object(entry, columns, harmless_only))
        out.write(b"\n")
        count += 1
    out.flush()
    return count


def _object(entry: Entry, columns: Sequence[str], harmless_only: bool) -> bytes:
    # Escaped to ASCII, nothing in a text is more than letters to a terminal.
    return _bytes(json.dumps(row_of(entry, columns), ensure_ascii=harmless_only))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


CSV: Final = ExportFormat(
    "csv",
    "CSV",
    "csv",
    "For programs that read CSV. A text that a spreadsheet would run as a formula gets a single quote before it.",
    write_csv,
)
RAW_CSV: Final = replace(CSV, note="Every value as it is.", write=partial(write_csv, raw=True))
"""CSV for programs alone: in a spreadsheet, what somebody wrote into a name runs as a formula."""

EXCEL: Final = ExportFormat(
    "excel",
    "Excel",
    "xlsx",
    "A workbook. Every value is text, so leading zeros, phone numbers and umlauts stay as they are.",
    write_excel,
    for_terminal=False,
)
JSON: Final = ExportFormat("json", "JSON", "json", "One array, every value as it is.", write_json)
JSON_LINES: Final = ExportFormat(
    "jsonl", "JSON Lines", "jsonl", "One object a line, every value as it is.", write_json_lines
)

FORMATS: Final = {form.name: form for form in (CSV, EXCEL, JSON, JSON_LINES)}
"""The formats by name, as they are offered."""


def format_of_file(name: str) -> ExportFormat:
    """The format that a file's ending names; CSV where it names none."""
    ending = name.rpartition(".")[2].lower()
    return next((form for form in FORMATS.values() if form.ending == ending), CSV)
