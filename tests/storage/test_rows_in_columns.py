"""Rows in columns, as an export reads them: the same rows as entries, in the same order, and as sound."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.entry import Entry
from entra_tui.model.list_row import ListRow
from entra_tui.storage.errors import DamagedListError
from entra_tui.storage.lists import ListDatabase
from tests.storage.list_samples import CONNECTOR, DELTA, NAME, USERS, user

if TYPE_CHECKING:
    from pathlib import Path

ODD = Entry("odd", {"displayName": "User 0007b", "department": "\ud800"})
PEOPLE = [*(user(number, department="Sales") for number in range(250)), ODD]
COLUMNS = ("id", "department", "displayName")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lists.db"
    with ListDatabase(path) as lists:
        lists.create_list(USERS, CONNECTOR)
        lists.apply(NAME, PEOPLE, (), DELTA, delta_link=None)
    return path


def test_they_are_the_entries_in_order(path: Path) -> None:
    with ListDatabase(path) as lists:
        for row, entry in zip(lists.iterate_columns(NAME, COLUMNS), lists.iterate(NAME), strict=True):
            if entry.id == "odd":
                assert row == entry == ODD
            else:
                assert isinstance(row, ListRow)
                assert [getattr(row, field) for field in row.__struct_fields__] == [
                    entry.id if column == "id" else entry.values[column] for column in COLUMNS
                ]


def test_an_empty_list_has_none(tmp_path: Path) -> None:
    with ListDatabase(tmp_path / "lists.db") as lists:
        lists.create_list(USERS, CONNECTOR)
        assert list(lists.iterate_columns(NAME, COLUMNS)) == []


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE rows_1 SET body = '{\"department\":\"Finance\"}' WHERE id = 'id-120'",
        "UPDATE rows_1 SET id = 'id-999' WHERE id = 'id-120'",
        "UPDATE rows_1 SET id = X'FF' WHERE id = 'id-120'",
        "UPDATE rows_1 SET digest = 'none' WHERE id = 'id-120'",
        "DELETE FROM rows_1 WHERE id = 'id-120'",
    ],
)
def test_a_damaged_row_is_never_among_them(path: Path, harm: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(harm)
        connection.commit()
    given: list[str] = []
    with ListDatabase(path) as lists, pytest.raises(DamagedListError, match="read the list anew"):
        given.extend(row.id for row in lists.iterate_columns(NAME, COLUMNS))
    assert "id-120" not in given
    assert "id-999" not in given
    assert "id-1" in given
