"""Which version a database has by its tables and columns, whatever its number says."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Final

from entra_tui.storage.lists.entry_table import EntryTable
from entra_tui.storage.lists.schema import NEWEST, bring_up

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERED: Final = re.compile(r"(.+_)\d+")
_COLUMNS: Final = """
    SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""

_NUMBERS: Final = """
    SELECT number FROM entry_tables UNION SELECT table_number FROM stages
    UNION SELECT table_number FROM lists WHERE table_number IS NOT NULL
"""

_INDEX_NAMES_TAKEN: Final = """
    SELECT 1 FROM sqlite_schema WHERE type <> 'index' AND (name GLOB 'ids_[0-9]*' OR name GLOB 'order_[0-9]*')
"""

Shape = dict[str, frozenset[str]]
"""The columns of each table."""


def recognized_version(connection: sqlite3.Connection) -> int | None:
    """The version whose tables and columns a database has; 0 for an empty one, None where it is none for certain."""
    present, versions = _shape(connection), _versions()
    known = {name for shape in versions for name in shape}
    ours = {name: columns for name, columns in present.items() if name in known}
    if not ours and present:
        return None
    return next((version for version, shape in enumerate(versions) if shape == ours), None)


def has_newest_shape(connection: sqlite3.Connection) -> bool:
    """Whether every table of the newest version is there, with every column."""
    present = _shape(connection)
    return all(columns <= present.get(name, frozenset()) for name, columns in _versions()[NEWEST].items())


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether the tables, their numbered companions and what they hold fit together; takes seconds for a large file."""
    if recognized_version(connection) != NEWEST or connection.execute("PRAGMA foreign_key_check").fetchone():
        return False
    kinds = _numbered()
    wanted = {f"{kind}{number}": kinds[kind] for (number,) in connection.execute(_NUMBERS) for kind in kinds}
    present = {
        name: columns
        for name, columns in _shape(connection).items()
        if (found := _NUMBERED.fullmatch(name)) and found[1] in kinds
    }
    if present != wanted or connection.execute(_INDEX_NAMES_TAKEN).fetchone():
        return False
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return bool(verdict == "ok")


def _shape(connection: sqlite3.Connection) -> Shape:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in connection.execute(_COLUMNS):
        found[table].add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


@cache
def _versions() -> tuple[Shape, ...]:
    """The shape of each version from 0 on."""
    shapes: list[Shape] = [{}]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        for version in range(1, NEWEST + 1):
            bring_up(empty, to=version)
            shapes.append(_shape(empty))
    return tuple(shapes)


@cache
def _numbered() -> Mapping[str, frozenset[str]]:
    """The columns of the tables that come with a number, by what stands before it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        bring_up(empty)
        EntryTable.create(empty)
        shapes = _shape(empty).items()
    return {found[1]: columns for name, columns in shapes if (found := _NUMBERED.fullmatch(name))}
