"""CSV, Excel, JSON and JSON Lines, some rows at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from entra_tui.export.cells import cells_of, rows_of
from entra_tui.export.csv_text import csv_lines
from entra_tui.export.json_text import json_objects
from entra_tui.export.workbook import write_excel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from entra_tui.export.cells import Row
    from entra_tui.model.entry import Entry
    from entra_tui.model.list_row import ListRow

_BATCH: Final = 200
"""Rows that are made and written together: enough that a call counts for little, and soon there for a reader."""


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
    write: Callable[[Iterable[Entry | ListRow], Sequence[str], BinaryIO, bool], int]
    for_terminal: bool = True


def write_csv(
    entries: Iterable[Entry | ListRow],
    columns: Sequence[str],
    out: BinaryIO,
    harmless_only: bool,
    *,
    raw: bool = False,
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
    lines = partial(csv_lines, raw=raw, harmless_only=harmless_only)
    out.write(_bytes(lines([columns])))
    count = 0
    for rows in _batches(entries, columns):
        out.write(_bytes(lines(map(cells_of, rows))))
        count += len(rows)
    out.flush()
    return count


def write_json(entries: Iterable[Entry | ListRow], columns: Sequence[str], out: BinaryIO, harmless_only: bool) -> int:
    """One array of objects, an object a line; the arguments and the result are those of `write_csv`."""
    count = 0
    out.write(b"[")
    for rows in _batches(entries, columns):
        out.write(b",\n " if count else b"\n ")
        out.write(b",\n ".join(json_objects(rows, harmless_only=harmless_only)))
        count += len(rows)
    out.write(b"\n]\n" if count else b"]\n")
    out.flush()
    return count


def write_json_lines(
    entries: Iterable[Entry | ListRow], columns: Sequence[str], out: BinaryIO, harmless_only: bool
) -> int:
    """One object a line; the arguments and the result are those of `write_csv`."""
    count = 0
    for rows in _batches(entries, columns):
        out.write(b"\n".join([*json_objects(rows, harmless_only=harmless_only), b""]))
        count += len(rows)
    out.flush()
    return count


def _batches(entries: Iterable[Entry | ListRow], columns: Sequence[str]) -> Iterator[list[Row]]:
    rows = rows_of(entries, columns)
    while batch := [*islice(rows, _BATCH)]:
        yield batch


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
