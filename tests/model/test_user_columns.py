from __future__ import annotations

import pytest

from entra_tui.model.user_columns import (
    ABSENT,
    EXTENSION_ATTRIBUTES,
    LIST_USER_COLUMNS,
    USER_COLUMNS,
    expand_of,
    is_user_column,
    nearest_user_column,
    select_of,
    user_column,
)

EXTENSION = "extension_7d8b1a2c4e5f40619a3b0c1d2e3f4a5b_costCenter"


def test_what_is_asked_for_names_each_property_once() -> None:
    assert select_of(USER_COLUMNS) == select_of(USER_COLUMNS, of_delta=True) == ",".join(USER_COLUMNS)
    assert expand_of(USER_COLUMNS) is None
    columns = ("id", "manager", "extensionAttribute1", "businessPhones", "extensionAttribute15", EXTENSION)
    full = f"id,onPremisesExtensionAttributes,businessPhones,{EXTENSION}"
    assert select_of(columns) == full
    assert select_of(columns, of_delta=True) == full.replace("id,", "id,manager,", 1)
    assert expand_of(columns) == "manager($select=id)"


def test_nearly_every_column_is_plain() -> None:
    assert all(user_column(name).read is None for name in USER_COLUMNS)
    assert all(user_column(name).read for name in ("manager", *LIST_USER_COLUMNS, *EXTENSION_ATTRIBUTES, EXTENSION))


@pytest.mark.parametrize(
    ("user", "manager"),
    [
        ({}, ABSENT),
        ({"manager": None}, None),
        ({"manager": {"@odata.type": "#microsoft.graph.user", "id": "1"}}, "1"),
        ({"manager": {}}, None),
        ({"manager": ["1"]}, None),
        ({"manager@delta": []}, ABSENT),
        ({"manager@delta": None}, ABSENT),
        ({"manager@delta": [{"id": "1"}]}, "1"),
        ({"manager@delta": [{"id": "1", "@removed": {"reason": "deleted"}}]}, None),
        ({"manager@delta": [{"id": "1", "@removed": {"reason": "deleted"}}, {"id": "2"}]}, "2"),
        ({"manager@delta": [{"id": "2"}, {"id": "1", "@removed": {"reason": "deleted"}}]}, "2"),
    ],
)
def test_a_manager_is_taken_from_a_read_and_from_a_change(user: dict[str, object], manager: object) -> None:
    read = user_column("manager").read
    assert read is not None
    assert read(user) == manager


@pytest.mark.parametrize(
    ("user", "value"),
    [
        ({}, ABSENT),
        ({"onPremisesExtensionAttributes": None}, None),
        ({"onPremisesExtensionAttributes": {}}, ABSENT),
        ({"onPremisesExtensionAttributes": {"extensionAttribute2": "x"}}, ABSENT),
        ({"onPremisesExtensionAttributes": {"extensionAttribute1": None}}, None),
        ({"onPremisesExtensionAttributes": {"extensionAttribute1": "0042"}}, "0042"),
        ({"onPremisesExtensionAttributes": "x", "extensionAttribute1": "y"}, None),
    ],
)
def test_extension_attributes_that_are_not_told_are_absent(user: dict[str, object], value: object) -> None:
    read = user_column("extensionAttribute1").read
    assert read is not None
    assert read(user) == value


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("employeeid", "employeeId"),
        ("EMPLOYEEID", "employeeId"),
        ("employee_id", "employeeId"),
        ("employe", "employeeId"),
        ("Manager", "manager"),
        ("manager.id", "manager"),
        ("businessPhone", "businessPhones"),
        ("proxyaddresses", "proxyAddresses"),
        ("ExtensionAttribute15", "extensionAttribute15"),
        ("extensionAttribute16", "extensionAttribute1"),
        ("onPremisesExtensionAttributes", "extensionAttribute1"),
        ("Extension_7D8B1A2C-4E5F-4061-9A3B-0C1D2E3F4A5B_costCenter", EXTENSION),
        ("extension_7d8b_costCenter", None),
        ("extension_7D8B1A2C4E5F40619A3B0C1D2E3F4A5B4_costCenter", None),
        ("shoeSize", None),
        ("", None),
    ],
)
def test_a_name_that_is_none_leads_to_the_column_that_was_meant(name: str, meant: str | None) -> None:
    assert not is_user_column(name)
    found = nearest_user_column(name)
    if meant == "extensionAttribute1" and name.endswith("16"):
        assert found in EXTENSION_ATTRIBUTES
    else:
        assert found == meant


@pytest.mark.parametrize("name", [EXTENSION, "manager", "extensionAttribute7", "imAddresses", "mail"])
def test_what_may_be_chosen(name: str) -> None:
    assert is_user_column(name)
