from __future__ import annotations

from entra_tui.model.connector import Connector, list_name
from entra_tui.model.entry import Changes
from entra_tui.model.permission import Feature
from entra_tui.model.user_columns import USER_COLUMNS


def test_rows_afterwards_are_those_that_stayed_or_came() -> None:
    assert Changes(added=2, changed=3, removed=5, unchanged=7).total == 12


def test_id_is_the_first_column_and_no_column_comes_twice() -> None:
    assert USER_COLUMNS[0] == "id"
    assert len(set(USER_COLUMNS)) == len(USER_COLUMNS)


def test_lists_are_named_after_the_connector() -> None:
    connector = Connector("Contoso", "t", "c", "public")
    assert connector.users_list == "Users - Contoso"
    assert list_name(Feature.DIRECTORY_ROLES, "Contoso") == "Directory roles - Contoso"
