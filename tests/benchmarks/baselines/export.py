"""The users of `full_read_httpx` as a file: `... export DATABASE (csv | jsonl | excel) FILE`."""

from __future__ import annotations

import csv
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    Rows = Iterable[tuple[str | int | None, ...]]

_ENABLED = 10


def write_csv(rows: Rows, columns: list[str], path: Path) -> None:
    """A line of headings and a line for each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows((*row[:_ENABLED], "true" if row[_ENABLED] else "false", *row[_ENABLED + 1 :]) for row in rows)


def write_json_lines(rows: Rows, columns: list[str], path: Path) -> None:
    """An object a line."""
    import msgspec  # noqa: PLC0415 - the other formats do without

    encoder, line = msgspec.json.Encoder(), bytearray()
    with path.open("wb") as file:
        for row in rows:
            user: dict[str, object] = dict(zip(columns, row, strict=True))
            user["accountEnabled"] = bool(user["accountEnabled"])
            encoder.encode_into(user, line)
            line += b"\n"
            file.write(line)


def write_excel(rows: Rows, columns: list[str], path: Path) -> None:
    """A workbook whose cells are texts."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - the other formats do without

    with Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if place == _ENABLED:
                    sheet.write_boolean(number, place, bool(value))
                elif value is not None:
                    sheet.write_string(number, place, value)


WRITERS = {"csv": write_csv, "jsonl": write_json_lines, "excel": write_excel}


def main() -> None:
    """Write it."""
    path, form, file = sys.argv[1:]
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM users ORDER BY displayName COLLATE NOCASE")
        WRITERS[form](rows, [column[0] for column in rows.description], Path(file))


if __name__ == "__main__":
    main()
