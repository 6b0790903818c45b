"""Only what has changed goes over the line: Textual sends a refreshed region whole, however little of it is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.control import Control
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console
    from rich.style import Style

_WORTH_A_MOVE: Final = 16
"""Cells that are sent again rather than passed over: a move, a style and its end are about forty bytes."""

Cell = tuple[str, "Style | None"] | tuple[Strip, int]
"""A character with its style, no character behind a wide one; or a place in a strip whose cells nobody can tell."""


class Picture:
    """What the terminal shows, cell by cell, as far as it is known."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Cell]] = {}

    def forget(self) -> None:
        """Nothing is known any more: the terminal was resized, or another program has written on it."""
        self._rows.clear()

    def take(self, x: int, y: int, strip: Strip) -> list[tuple[int, Strip]]:
        """The pieces of `strip`, each with its column, that were not there before; all of it is shown from now on.

        Args:
            x: Column of its first cell.
            y: Its row.
            strip: What is shown there.
        """
        cells = _cells(strip)
        row = self._rows.setdefault(y, {})
        new = [place for place, cell in enumerate(cells) if row.get(x + place) != cell]
        row.update(enumerate(cells, x))
        if new and not all(_stands_alone(cell) for cell in cells):
            return [(x, strip)]
        return [(x + begin, strip.crop(begin, end)) for begin, end in _runs(new)]


class Changes(CompositorUpdate):
    """The pieces of an update that the terminal does not show yet.

    Args:
        update: What Textual would send.
        picture: What the terminal shows.
    """

    def __init__(self, update: LayoutUpdate | ChopsUpdate, picture: Picture) -> None:
        self._update = update
        self._picture = picture

    def render_segments(self, console: Console) -> str:
        """Moves and texts for the terminal."""
        return "".join(
            f"{Control.move_to(column, y).segment.text}{new.render(console)}"
            for x, y, strip in _pieces(self._update)
            for column, new in self._picture.take(x, y, strip)
        )


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Column, row and text of each piece, as Textual 8.2.8 cuts them."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield update.region.x, y, Strip.join(line)
        return
    for y, begin, end in update.spans:
        for piece_end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > end or piece_end <= begin:
                continue
            whole = begin <= x < end and piece_end <= end
            yield x, y, strip if whole else strip.crop(0, min(piece_end, end) - x)


def _runs(places: Iterable[int]) -> list[tuple[int, int]]:
    """Begin and end of each run of places, where what lies between two is not worth a move and a style."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place - runs[-1][1] < _WORTH_A_MOVE:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs


def _cells(strip: Strip) -> list[Cell]:
    cells: list[Cell] = []
    for segment in strip:
        for character in segment.text:
            cells.append((character, segment.style))
            if not character.isascii() and cell_len(character) > 1:
                # A wide character covers the next cell as well.
                cells.append(("", segment.style))
    if len(cells) == strip.cell_length:
        return cells
    # Combining marks, and emoji that are one though they are written as several.
    return [(strip, place) for place in range(strip.cell_length)]


def _stands_alone(cell: Cell) -> bool:
    """Whether the terminal can be sent this cell and what follows, without what stands before it."""
    return bool(cell[0]) and isinstance(cell[0], str)
