"""The lists themselves: their names, and which entry table holds the rows of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entra_tui.model.connector import list_name
from entra_tui.model.entry import ListSource, ListStatus, LookupList
from entra_tui.model.permission import Feature
from entra_tui.model.text import harmless
from entra_tui.storage.errors import NameTakenError, UnknownNameError
from entra_tui.storage.lists.entry_table import EntryTable
from entra_tui.storage.lists.history import RunOutcome
from entra_tui.storage.lists.stored_values import kind_of, moment_of, number_of, text_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime


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
        source: Where its rows and its delta link were read; None where that is not known.
        full_read_at: When everything was last read; None where that is not known.
        surplus: How many more objects the tenant counted than there were rows; None where that is not known.
        synchronized_at: When the present rows were put in place; None before the first time.
    """

    id: int
    name: str
    table: EntryTable | None
    entries: int
    delta_link: str | None
    columns: tuple[str, ...]
    source: ListSource | None = None
    full_read_at: datetime | None = None
    surplus: int | None = None
    synchronized_at: datetime | None = None


def find_list(connection: sqlite3.Connection, name: str) -> ListRecord:
    """The list of a name, without regard to case.

    Raises:
        UnknownNameError: There is none.
    """
    row = connection.execute(
        "SELECT id, name, table_number, entries, delta_link, columns, tenant_id, login_host, full_read_at, surplus,"
        " synchronized_at FROM lists WHERE key = ?",
        (name.casefold(),),
    ).fetchone()
    if row is None:
        raise UnknownNameError(
            f"There is no lookup list '{harmless(name, limit=160)}'; `entra-tui list` shows the names."
        )
    list_id, known_as, number, entries, delta_link, columns, tenant_id, login_host, *rest = row
    full_read_at, surplus, synchronized_at = rest
    return ListRecord(
        list_id,
        text_of(known_as, "a list's name"),
        None if number is None else EntryTable(number_of(number, "a list's table")),
        number_of(entries, "a list's number of entries"),
        None if delta_link is None else text_of(delta_link, "a list's delta link"),
        tuple(text_of(columns, "a list's columns").split(",")) if columns else (),
        ListSource(text_of(tenant_id, "a tenant ID"), text_of(login_host, "a login host")) if tenant_id else None,
        _moment(full_read_at),
        surplus if isinstance(surplus, int) else None,
        _moment(synchronized_at),
    )


def _moment(stored: object) -> datetime | None:
    return None if stored is None else moment_of(stored, "a list's time")


def insert_list(connection: sqlite3.Connection, feature: Feature, connector: str) -> None:
    """Add an empty list; one that is there stays as it is."""
    name = list_name(feature, connector)
    connection.execute(
        "INSERT INTO lists (key, name, connector, feature) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
        (name.casefold(), name, connector, feature.value),
    )


def lists_of(connection: sqlite3.Connection, connector: str) -> list[tuple[int, str, Feature]]:
    """Number, name and feature of each list of a connector, without regard to case."""
    return [
        (list_id, text_of(name, "a list's name"), kind_of(Feature, feature, "a list's feature"))
        for list_id, name, feature, owner in connection.execute("SELECT id, name, feature, connector FROM lists")
        if text_of(owner, "a list's connector").casefold() == connector.casefold()
    ]


def rename_list(connection: sqlite3.Connection, list_id: int, feature: Feature, connector: str) -> None:
    """Give a list the name that follows from its connector's.

    Raises:
        NameTakenError: A removed connector left a list of this name.
    """
    name = list_name(feature, connector)
    if connection.execute("SELECT 1 FROM lists WHERE key = ? AND id != ?", (name.casefold(), list_id)).fetchone():
        raise NameTakenError(
            f"There is a lookup list '{name}' of a removed connector; remove that list, or choose another name."
        )
    connection.execute(
        "UPDATE lists SET key = ?, name = ?, connector = ? WHERE id = ?", (name.casefold(), name, connector, list_id)
    )


def empty_list(connection: sqlite3.Connection, list_id: int) -> None:
    """Remove the rows and the stage of a list; its history stays."""
    numbers = _table_numbers(connection, list_id)
    connection.execute(
        "UPDATE lists SET table_number = NULL, entries = 0, synchronized_at = NULL, delta_link = NULL, columns = NULL,"
        " tenant_id = NULL, login_host = NULL, full_read_at = NULL, surplus = NULL WHERE id = ?",
        (list_id,),
    )
    connection.execute("DELETE FROM stages WHERE list = ?", (list_id,))
    for number in numbers:
        EntryTable(number).drop(connection)


def delete_list(connection: sqlite3.Connection, list_id: int) -> None:
    """Remove a list with its rows, its stage and its history."""
    numbers = _table_numbers(connection, list_id)
    connection.execute("DELETE FROM lists WHERE id = ?", (list_id,))
    for number in numbers:
        EntryTable(number).drop(connection)


def _table_numbers(connection: sqlite3.Connection, list_id: int) -> list[int]:
    return [
        number
        for (number,) in connection.execute(
            "SELECT table_number FROM lists WHERE id = ?1 UNION SELECT table_number FROM stages WHERE list = ?1",
            (list_id,),
        )
        if isinstance(number, int) and number > 0
    ]


def overview(connection: sqlite3.Connection) -> Iterator[LookupList]:
    """All lists, in the order in which they were made."""
    for name, connector, entries, synchronized_at, full_read_at, outcome in connection.execute(
        "SELECT name, connector, entries, synchronized_at, full_read_at,"
        " (SELECT outcome FROM runs WHERE list = lists.id ORDER BY id DESC LIMIT 1) FROM lists ORDER BY id"
    ):
        yield LookupList(
            text_of(name, "a list's name"),
            text_of(connector, "a list's connector"),
            number_of(entries, "a list's number of entries"),
            _moment(synchronized_at),
            _status(synchronized_at, outcome),
            _moment(full_read_at),
        )


def _status(synchronized_at: str | None, last_outcome: str | None) -> ListStatus:
    if last_outcome == RunOutcome.FAILED.value:
        return ListStatus.FAILED
    if last_outcome == RunOutcome.HELD.value:
        return ListStatus.HELD
    return ListStatus.NEW if synchronized_at is None else ListStatus.SYNCHRONIZED
