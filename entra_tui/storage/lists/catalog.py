"""The lists themselves: their names, and which entry table holds the rows of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entra_tui.model.connector import list_name
from entra_tui.model.entry import ListStatus, LookupList
from entra_tui.model.text import harmless
from entra_tui.storage.errors import UnknownNameError
from entra_tui.storage.lists.entry_table import EntryTable
from entra_tui.storage.lists.history import RunOutcome
from entra_tui.storage.lists.stored_values import moment_of, number_of, text_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from entra_tui.model.permission import Feature


@dataclass(frozen=True, slots=True)
class ListRecord:
    """A list as the database knows it.

    Attributes:
        id: Its number.
        name: Its name.
        table: Its rows; None before the first synchronization.
        entries: How many rows it holds.
        delta_link: Where the next delta begins; None when the next run reads everything.
        columns: Properties that its rows and its delta link were read with; empty where that is not known.
    """

    id: int
    name: str
    table: EntryTable | None
    entries: int
    delta_link: str | None
    columns: tuple[str, ...]


def find_list(connection: sqlite3.Connection, name: str) -> ListRecord:
    """The list of a name, without regard to case.

    Raises:
        UnknownNameError: There is none.
    """
    row = connection.execute(
        "SELECT id, name, table_number, entries, delta_link, columns FROM lists WHERE key = ?", (name.casefold(),)
    ).fetchone()
    if row is None:
        raise UnknownNameError(
            f"There is no lookup list '{harmless(name, limit=160)}'; `entra-tui list` shows the names."
        )
    list_id, known_as, number, entries, delta_link, columns = row
    return ListRecord(
        list_id,
        text_of(known_as, "a list's name"),
        None if number is None else EntryTable(number_of(number, "a list's table")),
        number_of(entries, "a list's number of entries"),
        None if delta_link is None else text_of(delta_link, "a list's delta link"),
        tuple(text_of(columns, "a list's columns").split(",")) if columns else (),
    )


def insert_list(connection: sqlite3.Connection, feature: Feature, connector: str) -> None:
    """Add an empty list; one that is there stays as it is."""
    name = list_name(feature, connector)
    connection.execute(
        "INSERT INTO lists (key, name, connector, feature) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
        (name.casefold(), name, connector, feature.value),
    )


def lists_of(connection: sqlite3.Connection, connector: str) -> list[tuple[int, str]]:
    """Number and feature of each list of a connector, without regard to case."""
    return [
        (list_id, feature)
        for list_id, feature, owner in connection.execute("SELECT id, feature, connector FROM lists")
        if owner.casefold() == connector.casefold()
    ]


def rename_list(connection: sqlite3.Connection, list_id: int, feature: Feature, connector: str) -> None:
    """Give a list the name that follows from its connector's."""
    name = list_name(feature, connector)
    connection.execute(
        "UPDATE lists SET key = ?, name = ?, connector = ? WHERE id = ?", (name.casefold(), name, connector, list_id)
    )


def delete_list(connection: sqlite3.Connection, list_id: int) -> None:
    """Remove a list with its rows, its stage and its history."""
    numbers = [
        number
        for (number,) in connection.execute(
            "SELECT table_number FROM lists WHERE id = ?1 AND table_number IS NOT NULL"
            " UNION ALL SELECT table_number FROM stages WHERE list = ?1",
            (list_id,),
        )
    ]
    connection.execute("DELETE FROM lists WHERE id = ?", (list_id,))
    for number in numbers:
        EntryTable(number).drop(connection)


def overview(connection: sqlite3.Connection) -> Iterator[LookupList]:
    """All lists, in the order in which they were made."""
    for name, connector, entries, synchronized_at, outcome in connection.execute(
        "SELECT name, connector, entries, synchronized_at,"
        " (SELECT outcome FROM runs WHERE list = lists.id ORDER BY id DESC LIMIT 1) FROM lists ORDER BY id"
    ):
        yield LookupList(
            text_of(name, "a list's name"),
            text_of(connector, "a list's connector"),
            number_of(entries, "a list's number of entries"),
            None if synchronized_at is None else moment_of(synchronized_at, "a list's time"),
            _status(synchronized_at, outcome),
        )


def _status(synchronized_at: str | None, last_outcome: str | None) -> ListStatus:
    if last_outcome == RunOutcome.FAILED.value:
        return ListStatus.FAILED
    if last_outcome == RunOutcome.HELD.value:
        return ListStatus.HELD
    return ListStatus.NEW if synchronized_at is None else ListStatus.SYNCHRONIZED
