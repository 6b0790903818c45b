"""Which columns a table of entries has, and how wide each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.model.user_columns import USER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_CHOSEN: Final = 2
"""Columns of a person's own choice in the table; the entry in full shows all."""

GAP: Final = 2
"""Blank cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: Graph's name of the property.
        title: The words above it.
        least: Cells that it needs at least.
        weight: Its share of the cells that are left over.
        from_width: Width of the table from which on it is shown.
        absent: What an entry without a value shows.
    """

    name: str
    title: str
    least: int
    weight: int = 0
    from_width: int = 0
    absent: str = ""


USER_TABLE: Final = (
    Column("displayName", "Display name", 18, weight=1),
    Column("userPrincipalName", "User principal name", 22, weight=5),
    Column("userType", "Type", 6),
    Column("accountEnabled", "Enabled", 7),
    Column("department", "Department", 14, weight=1, from_width=100),
    Column("jobTitle", "Job title", 14, weight=2, from_width=100),
)
"""The columns of a list of users, the most telling first."""

OBJECT_TABLE: Final = (
    Column("displayName", "Display name", 20, weight=2),
    Column("description", "Description", 20, weight=3),
    Column("memberCount", "Members", 7, absent="unknown"),
    Column("mail", "Mail", 20, weight=1, from_width=100),
)
"""The columns of a list of groups or roles."""


def user_table(columns: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a list of users that was read with certain properties, chosen ones after the usual ones."""
    usual = tuple(column for column in USER_TABLE if column.name in columns)
    chosen = tuple(name for name in columns if name not in USER_COLUMNS)
    return (*usual, *(Column(name, name, 14, weight=1, from_width=100) for name in chosen[:_MOST_CHOSEN]))


def lay_out(columns: Sequence[Column], width: int) -> tuple[tuple[Column, int], ...]:
    """The columns that are shown in `width` cells, each with its own width, gaps not counted.

    Where there is no room for all, the last ones are left out.
    """
    visible = [column for column in columns if width >= column.from_width]
    while (spare := width - sum(column.least + GAP for column in visible) + GAP) < 0 and len(visible) > 1:
        visible.pop()
    weights = sum(column.weight for column in visible)
    widths = []
    for column in visible:
        share = spare * column.weight // weights if spare > 0 and weights else 0
        widths.append((column, column.least + share))
        spare -= share
        weights -= column.weight
    return tuple(widths)
