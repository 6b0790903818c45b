"""Which columns a list was read with: kept with its rows, and known of lists from before that was kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.storage.lists import ListDatabase, schema
from tests.storage.list_samples import CONNECTOR, FULL, NAME, PARTED_TABLES, STARTED, USERS

if TYPE_CHECKING:
    from pathlib import Path


def test_the_columns_of_a_stage_become_those_of_the_list(tmp_path: Path) -> None:
    with ListDatabase(tmp_path / "lists.db") as lists:
        lists.create_list(USERS, CONNECTOR)
        assert lists.columns(NAME) == ()
        stage = lists.begin_stage(NAME, STARTED, ("id", "city"))
        assert lists.columns(NAME) == ()
        again = lists.open_stage(NAME)
        assert again is not None
        assert again.columns == ("id", "city")
        stage.swap(FULL, delta_link=None)
        assert lists.columns(NAME) == ("id", "city")


def test_a_list_of_the_first_version_has_the_columns_that_it_read(tmp_path: Path) -> None:
    path = tmp_path / "lists.db"
    with closing(sqlite3.connect(path)) as connection:
        for statement in schema._FIRST:
            connection.execute(statement)
        for number, (name, feature) in enumerate(((NAME, "users"), ("Groups - Contoso", "groups")), 1):
            connection.execute(
                "INSERT INTO lists (id, key, name, connector, feature, delta_link) VALUES (?, ?, ?, ?, ?, 'link')",
                (number, name.casefold(), name, CONNECTOR, feature),
            )
            connection.execute("INSERT INTO entry_tables VALUES (?)", (number,))
            for statement in PARTED_TABLES:
                connection.execute(statement.replace("{n}", str(number)))
            connection.execute(
                "INSERT INTO stages (list, table_number, started_at) VALUES (?, ?, ?)",
                (number, number, STARTED.isoformat()),
            )
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    path.chmod(0o600)
    with ListDatabase(path) as lists:
        assert lists.columns(NAME) == USER_COLUMNS
        assert lists.delta_link(NAME) == "link"
        assert lists.columns("Groups - Contoso") == ()
        stage = lists.open_stage(NAME)
        assert stage is not None
        assert stage.columns == USER_COLUMNS
        # The members of groups were read in another form.
        assert lists.open_stage("Groups - Contoso") is None
