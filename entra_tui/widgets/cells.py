"""Text of a directory in a fixed number of terminal cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from entra_tui.model.text import harmless
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from entra_tui.model.entry import Scalar

_LONGEST: Final = 512


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells: filled with blanks, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    # A character of two cells that does not fit leaves a blank, which would stand before the ellipsis.
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + symbols().ellipsis, width)


def shown(value: Scalar) -> str:
    """A value of the directory as a person reads it; blank where it is not set."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return harmless(str(value), limit=_LONGEST)
