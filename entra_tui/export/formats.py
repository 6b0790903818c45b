"""CSV, JSON and JSON Lines, in UTF-8, row by row."""

from __future__ import annotations

import csv
import io
import json
from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    from entra_tui.model.entry import Entry, Scalar

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class ExportFormat(Enum):
    """How a list may be written."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


def write_csv(entries: Iterable[Entry], columns: Sequence[str], out: BinaryIO, harmless_only: bool) -> int:
    """A line of headings, then a line for each entry (RFC 4180, with LF); what is not set is empty.

    A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line break) has a
    single quote put before it, as OWASP's page on CSV injection advises.

    Args:
        entries: The rows.
        columns: The columns, `id` among them.
        out: Where the bytes go.
        harmless_only: True for a terminal: no control character gets through.

    Returns:
        How many entries were written.
    """
    line = io.StringIO()
    # The module quotes just those line breaks that are in its terminator, so it must be both.
    writer = csv.writer(line, lineterminator="\r\n")

    def put(cells: Iterable[str]) -> None:
        line.seek(0)
        line.truncate()
        writer.writerow(cells)
        out.write(_bytes(line.getvalue().removesuffix("\r\n") + "\n"))

    put(columns)
    count = 0
    for entry in entries:
        put(_cell(value, harmless_only) for value in _row(entry, columns).values())
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


WRITERS: Final[dict[ExportFormat, Callable[[Iterable[Entry], Sequence[str], BinaryIO, bool], int]]] = {
    ExportFormat.CSV: write_csv,
    ExportFormat.JSON: write_json,
    ExportFormat.JSONL: write_json_lines,
}
"""Who writes which format."""


def _row(entry: Entry, columns: Sequence[str]) -> dict[str, Scalar]:
    """An entry's values in the order of the columns; what is not set is None."""
    values: dict[str, Scalar] = {**entry.values, "id": entry.id}
    return {column: values.get(column) for column in columns}


def _object(entry: Entry, columns: Sequence[str], harmless_only: bool) -> bytes:
    # Escaped to ASCII, nothing in a text is more than letters to a terminal.
    return _bytes(json.dumps(_row(entry, columns), ensure_ascii=harmless_only))


def _cell(value: Scalar, harmless_only: bool) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            text = f"'{value}" if value.startswith(_FORMULA_STARTS) else value
            return harmless(text, limit=len(text) + 1) if harmless_only else text
        case _:
            return str(value)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
