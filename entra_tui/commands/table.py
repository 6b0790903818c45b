"""A few columns of text under their headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.commands.console import Console


def write_table(headings: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    """Columns as wide as their widest cell, counted as a terminal counts; nothing is cut off."""
    lines = [headings, *rows]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        console.write("  ".join(padded).rstrip())


def _width(text: str) -> int:
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - only other scripts have wider characters

    return cell_len(text)
