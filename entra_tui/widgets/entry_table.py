"""The entries of a list, however many: only the rows that are seen are read and drawn."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual import work
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from entra_tui.storage.errors import StorageError
from entra_tui.widgets.cells import fit, shown
from entra_tui.widgets.entry_columns import GAP, USER_TABLE, Column, lay_out
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual import events

    from entra_tui.model.entry import Entry

BLOCK: Final = 100
"""Rows that are read at once."""

_KEPT_BLOCKS: Final = 24
_MARK_WIDTH: Final = 2
_HEADER: Final = 1


class EntryTable(ScrollView, can_focus=True):
    """Rows under a line of titles, with a cursor that is a sign as well as a color.

    A row that is not read yet shows an ellipsis; its block is read outside the event loop's way, and drawn when it is
    there.
    """

    @dataclass
    class Selected(Message):
        """A person chose an entry.

        Attributes:
            table: Where.
            entry: The entry.
        """

        table: EntryTable
        entry: Entry

    @dataclass
    class Unreadable(Message):
        """Rows cannot be read.

        Attributes:
            sentence: Why, and what to do.
        """

        sentence: str

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, system=True),
        Binding("down", "move(1)", "Down", show=False, system=True),
        Binding("pageup", "page(-1)", "Page up", show=False, system=True),
        Binding("pagedown", "page(1)", "Page down", show=False, system=True),
        Binding("home", "first", "First", show=False, system=True),
        Binding("end", "last", "Last", show=False, system=True),
        Binding("enter", "select", "Open", show=False, system=True),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"entry-table--titles", "entry-table--cursor", "entry-table--blurred"}
    DEFAULT_CSS = """
    EntryTable { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; background: $background; }
    EntryTable > .entry-table--titles { color: $text-muted; text-style: bold; }
    EntryTable > .entry-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    EntryTable > .entry-table--blurred { background: $surface; text-style: bold; }
    EntryTable:ansi > .entry-table--cursor { text-style: reverse; }
    """

    cursor: reactive[int] = reactive(0, repaint=False)

    def __init__(self, columns: Sequence[Column] = USER_TABLE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._count = 0
        self._fetch: Callable[[int, int], Awaitable[Sequence[Entry]]] | None = None
        self._blocks: OrderedDict[int, Sequence[Entry]] = OrderedDict()
        self._generation = 0
        self._reading = False

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self._count

    def show_rows(
        self,
        count: int,
        fetch: Callable[[int, int], Awaitable[Sequence[Entry]]],
        *,
        columns: Sequence[Column] | None = None,
    ) -> None:
        """Show other rows, from the first one on.

        Args:
            count: How many there are.
            fetch: Gives the rows from an offset on, at most as many as a limit; may raise StorageError.
            columns: Their columns; None for those before.
        """
        if columns is not None:
            self._columns = tuple(columns)
        self._generation += 1
        self._count, self._fetch = count, fetch
        self._blocks.clear()
        self.virtual_size = Size(self.size.width, count + _HEADER)
        self.set_reactive(EntryTable.cursor, 0)
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()

    def entry_at(self, row: int) -> Entry | None:
        """The entry in a row; None where it is not read yet, or there is no such row."""
        block = self._blocks.get(row // BLOCK)
        if block is None or not 0 <= row < self._count:
            return None
        self._blocks.move_to_end(row // BLOCK)
        place = row % BLOCK
        return block[place] if place < len(block) else None

    # ------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        """One line of the part that is seen; the first holds the titles."""
        width = self.scrollable_content_region.width
        if y == 0:
            titles = self._line([column.title for column, _ in self._layout()], " ")
            return Strip([Segment(fit(titles, width), self.get_component_rich_style("entry-table--titles"))])
        row = self.scroll_offset.y + y - _HEADER
        if row >= self._count:
            return Strip.blank(width, self.rich_style)
        here = row == self.cursor
        entry = self.entry_at(row)
        if entry is None:
            self._read_soon()
            text = self._line([symbols().ellipsis], symbols().here if here else " ")
        else:
            cells = [shown(entry.values.get(column.name)) or column.absent for column, _ in self._layout()]
            text = self._line(cells, symbols().here if here else " ")
        style = self.rich_style
        if here:
            style = self.get_component_rich_style("entry-table--cursor" if self.has_focus else "entry-table--blurred")
        return Strip([Segment(fit(text, width), style)])

    def _layout(self) -> tuple[tuple[Column, int], ...]:
        return lay_out(self._columns, self.scrollable_content_region.width - _MARK_WIDTH)

    def _line(self, cells: Sequence[str], mark: str) -> str:
        parts = [fit(cell, width) for cell, (_, width) in zip(cells, self._layout(), strict=False)]
        return fit(mark, _MARK_WIDTH) + (" " * GAP).join(parts)

    def _draw_rows(self, *rows: int) -> None:
        width = self.size.width
        for row in rows:
            y = row - self.scroll_offset.y + _HEADER
            if _HEADER <= y < self.size.height:
                self.refresh(Region(0, y, width, 1))

    def on_focus(self) -> None:
        """The cursor looks different."""
        self._draw_rows(self.cursor)

    def on_blur(self) -> None:
        """The cursor looks different."""
        self._draw_rows(self.cursor)

    def on_resize(self, event: events.Resize) -> None:
        """Widths change with the table's."""
        self.virtual_size = Size(event.size.width, self._count + _HEADER)
        self._keep_in_view()

    # ------------------------------------------------------------ reading

    def _read_soon(self) -> None:
        if not self._reading and self._fetch is not None:
            self._reading = True
            self.call_later(self._read_seen)

    @work(group="rows")
    async def _read_seen(self) -> None:
        """Read the blocks that are seen, as long as one is missing: who pages fast skips those in between."""
        try:
            while (block := self._missing()) is not None and self._fetch is not None:
                generation = self._generation
                entries = await self._fetch(block * BLOCK, BLOCK)
                if generation != self._generation:
                    continue
                self._blocks[block] = entries
                while len(self._blocks) > _KEPT_BLOCKS:
                    self._blocks.popitem(last=False)
                self.refresh()
        except StorageError as error:
            # Asking again with each repaint would tell it again and again.
            self._fetch = None
            self.post_message(self.Unreadable(error.sentence))
        finally:
            self._reading = False

    def _missing(self) -> int | None:
        first = self.scroll_offset.y
        last = min(self._count, first + max(1, self.size.height)) - 1
        blocks = range(first // BLOCK, last // BLOCK + 1) if last >= first else range(0)
        return next((block for block in blocks if block not in self._blocks), None)

    # ------------------------------------------------------------ moving

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw the two rows that changed, and scroll where the new one is out of sight."""
        self._draw_rows(before, now)
        self._keep_in_view()

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._go_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by some pages."""
        self._go_to(self.cursor + pages * max(1, self.size.height - _HEADER))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go_to(self._count - 1)

    def action_select(self) -> None:
        """Choose the entry under the cursor."""
        entry = self.entry_at(self.cursor)
        if entry is not None:
            self.post_message(self.Selected(self, entry))

    def on_click(self, event: events.Click) -> None:
        """Go to a row; a click on the cursor's chooses it."""
        row = self.scroll_offset.y + event.y - _HEADER
        if event.y < _HEADER or row >= self._count:
            return
        if row == self.cursor:
            self.action_select()
        else:
            self._go_to(row)

    def _go_to(self, row: int) -> None:
        self.cursor = max(0, min(row, self._count - 1))

    def _keep_in_view(self) -> None:
        rows = max(1, self.size.height - _HEADER)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + rows:
            self.scroll_to(y=self.cursor - rows + 1, animate=False, immediate=True)
