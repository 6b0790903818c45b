"""The entries that a held result would remove, to look at before it is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.widgets import Static

from entra_tui.model.entry import Entry
from entra_tui.widgets.entry_columns import Column
from entra_tui.widgets.entry_table import EntryTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from entra_tui.sync.events import Held

_MOST_LINES: Final = 7
_NAME_COLUMN: Final = Column("displayName", "Display name", 22, weight=2)
_UPN_COLUMN: Final = Column("details", "User principal name", 26, weight=3)
_OTHER_COLUMN: Final = Column("details", "UPN or description", 26, weight=3)
_LIST_COLUMN: Final = Column("list", "List", 20, weight=1)


class HeldPreview(Vertical):
    """A heading, and the entries that would go; hidden while there are none."""

    DEFAULT_CSS = """
    HeldPreview { height: auto; margin: 1 0 0 0; display: none; }
    HeldPreview > #preview-heading { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def compose(self) -> ComposeResult:
        yield Static("", id="preview-heading", markup=False)
        yield EntryTable((_NAME_COLUMN, _UPN_COLUMN))

    def show(self, results: Sequence[Held]) -> None:
        """Show which entries would go.

        Args:
            results: What is held back; with none of them, or none of their entries known, nothing is shown.
        """
        rows = [_row(entry, held.list) for held in results for entry in held.examples]
        self.display = bool(rows)
        if not rows:
            return
        removed = sum(held.changes.removed for held in results)
        first = f", the first {len(rows):,} of {removed:,}" if len(rows) < removed else ""
        self.query_one("#preview-heading", Static).update(f"These would be removed{first}:")

        async def fetch(offset: int, limit: int) -> Sequence[Entry]:
            return rows[offset : offset + limit]

        table = self.query_one(EntryTable)
        table.styles.height = min(len(rows) + 1, _MOST_LINES)
        only_users = all("userPrincipalName" in entry.values for held in results for entry in held.examples)
        columns = (_NAME_COLUMN, _UPN_COLUMN if only_users else _OTHER_COLUMN)
        table.show_rows(len(rows), fetch, columns=(*columns, _LIST_COLUMN) if len(results) > 1 else columns)


def _row(entry: Entry, list_name: str) -> Entry:
    values = entry.values
    details = values.get("userPrincipalName") or values.get("description") or entry.id
    return Entry(
        entry.id, {"displayName": values.get("displayName") or entry.id, "details": details, "list": list_name}
    )
