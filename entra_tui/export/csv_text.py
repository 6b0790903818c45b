"""Rows as lines of CSV (RFC 4180, with LF).

They are made column by column, since one look at all cells of a column tells whether any of them needs care. The
module csv takes as long for its quotes alone as all of this does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.export.cells import text_of_cell
from entra_tui.export.formulas import all_without_formulas
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from entra_tui.model.entry import Scalar

_ALONE_AND_EMPTY: Final = '""'
"""How an empty cell is written that is its row's only one, since readers skip an empty line."""


def csv_lines(rows: Iterable[Collection[Scalar]], *, raw: bool, harmless_only: bool) -> str:
    """A line for each row, with its end.

    Args:
        rows: Their cells, as many in each.
        raw: Whether texts that a spreadsheet could run as a formula stay as they are.
        harmless_only: True for a terminal: no control character gets through.
    """
    columns = [_cells(values, raw=raw, harmless_only=harmless_only) for values in zip(*rows, strict=True)]
    return "".join([f"{','.join(cells) or _ALONE_AND_EMPTY}\n" for cells in zip(*columns, strict=True)])


def _cells(values: Sequence[Scalar], *, raw: bool, harmless_only: bool) -> Sequence[str]:
    """A column's values as they stand in the lines."""
    # Most are text, for which a call takes longer than all else here.
    texts: Sequence[str] = [
        "" if value is None else value if type(value) is str else text_of_cell(value) for value in values
    ]
    if not raw:
        texts = all_without_formulas(texts)
    if harmless_only:
        texts = [harmless(text, limit=len(text) + 1) for text in texts]
    return [*map(_quoted, texts)] if _needs_quotes("\0".join(texts)) else texts


def _quoted(text: str) -> str:
    if not _needs_quotes(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _needs_quotes(text: str) -> bool:
    return '"' in text or "," in text or "\r" in text or "\n" in text
