"""A page of users that is decoded into rows at once holds what it holds object by object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.graph.answer import Answer
from entra_tui.graph.errors import Unreadable
from entra_tui.graph.page import Page, read_page
from entra_tui.model.entry import Entry
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.storage.lists import Checkpoint, ListDatabase, stored_rows
from entra_tui.storage.lists.stored_row import decode, digest_of, stored_row
from entra_tui.sync.rows import held_of, id_of, user_row_columns
from entra_tui.sync.user_pages import UserPageReader
from tests.storage.list_samples import CONNECTOR, DELTA, FULL, NAME, STARTED, USERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COLUMNS = user_row_columns(USER_COLUMNS)
READ = UserPageReader(COLUMNS)
GUID = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0"

_TEXTS = st.text(max_size=8) | st.sampled_from(["", "Jürgen", "a`b", "ΣΊΣΥΦΟΣ", "\x00", "\n", 'q"\\', "\ud800", "🐙"])
_IDS = st.sampled_from([GUID, GUID.upper(), "id-1", "ID-1", 'a"b', "ü", "a\nb", "a\0b", "\ud800", "7"])
_ODD = st.sampled_from([[], ["a"], {}, {"a": 1}, 2**63, -(2**63), 2**70, 1e300])
_VALUES = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS | _ODD
)
_USERS = st.lists(
    st.builds(
        lambda entry_id, values: {"id": entry_id, **values},
        _IDS,
        st.dictionaries(st.sampled_from(COLUMNS.names), _VALUES),
    )
    | st.dictionaries(
        st.sampled_from(["id", "displayName", "@odata.type", "surplus"]), st.none() | _TEXTS | _ODD, max_size=3
    ),
    max_size=5,
)


def answer_of(body: bytes) -> Answer:
    return Answer("graph.microsoft.com", 200, httpx.Headers(), body)


def entries_of(page: Page) -> dict[str, Entry]:
    """What a page puts in a list, read back; each row is sound, and is what a single entry would be stored as."""
    found = {}
    for row in stored_rows(page.users):
        entry_id, digest, _, _, body = row
        entry = decode(entry_id, body.encode())
        assert digest == digest_of(entry_id.encode(), body.encode())
        assert row == stored_row(entry)
        found[entry_id] = entry
    return found


def expected_of(items: list[Mapping[str, object]]) -> dict[str, Entry]:
    return {
        id_of(item): Entry(
            id_of(item), {name: value for name, value in held_of(item, COLUMNS).items() if value is not None}
        )
        for item in items
    }


@given(_USERS, st.booleans())
def test_rows_are_what_the_objects_are(users: list[dict[str, object]], escaped: bool) -> None:
    text = json.dumps({"@odata.count": 7, "value": users, "@odata.nextLink": "https://next/"}, ensure_ascii=escaped)
    answer = answer_of(text.encode("utf-8", "surrogatepass"))
    plain, page = read_page(answer), READ(answer)
    assert (page.next_link, page.delta_link, page.count) == (plain.next_link, plain.delta_link, plain.count)
    assert (page.without_id, list(page.ids)) == (plain.without_id, list(plain.ids))
    assert entries_of(page) == expected_of(list(plain.items))


def test_the_usual_page_needs_no_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entra_tui.sync.user_pages.read_page", None)
    user = {
        **dict.fromkeys(USER_COLUMNS, "x"),
        "id": GUID,
        "accountEnabled": False,
        "mail": None,
        "@odata.type": "user",
    }
    page = READ(answer_of(json.dumps({"@odata.count": None, "value": [user] * 2}).encode()))
    assert page.items == ()
    assert list(entries_of(page)) == [GUID]
    assert entries_of(page)[GUID].values == {
        name: False if name == "accountEnabled" else "x" for name in COLUMNS.names if name != "mail"
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"value": 7}',
        b'{"value": [], "@odata.nextLink": ""}',
        b'{"value": [], "@odata.deltaLink": 7}',
        b'{"value": [{"id": "a"}',
        b'{"value": [{"id": "a"}]} and more',
        b'{"value": [{"id": "\xff"}]}',
        b'{"value": [{"id": "a"}], "@odata.next\xffLink": "https://next/"}',
        b'{"value": [{"id": "a", "surplus": "\xff"}]}',
    ],
)
def test_what_is_no_page_is_told_as_ever(body: bytes) -> None:
    with pytest.raises(Unreadable) as told:
        READ(answer_of(body))
    with pytest.raises(Unreadable) as expected:
        read_page(answer_of(body))
    assert (told.value.fault, told.value.detail) == (expected.value.fault, expected.value.detail)


def test_columns_that_are_several_values_are_read_object_by_object() -> None:
    columns = user_row_columns(["id", "displayName", "businessPhones", "manager"])
    user = {"id": GUID, "displayName": "A", "businessPhones": ["1", "2"], "manager": {"id": "boss"}}
    page = UserPageReader(columns)(answer_of(json.dumps({"value": [user]}).encode()))
    assert entries_of(page)[GUID].values == {"displayName": "A", "businessPhones": "1, 2", "manager": "boss"}


@pytest.mark.parametrize("surplus", ["", [7]], ids=["typed", "object by object"])
def test_an_id_with_a_nul_is_one_row_however_often_it_comes(tmp_path: Path, surplus: object) -> None:
    page = READ(answer_of(json.dumps({"value": [{"id": "a\0b", "displayName": surplus}, {"id": "a"}]}).encode()))
    assert len(page.ids) == 2
    with ListDatabase(tmp_path / "lists.db") as lists:
        lists.create_list(USERS, CONNECTOR)
        stage = lists.begin_stage(NAME, STARTED)
        stage.add_rows(stored_rows(page.users), checkpoint=Checkpoint(None, None, 1))
        stage.index_ids()
        assert stage.known([user.id for user in page.users]) == {user.id for user in page.users}
        stage.add_rows(stored_rows(page.users), checkpoint=Checkpoint(None, None, 2))
        assert stage.entries == 2
        stage.swap(FULL, delta_link="delta")
        lists.apply(NAME, [], [id_of({"id": "a\0b"})], DELTA, delta_link="delta")
        assert [entry.id for entry in lists.iterate(NAME)] == ["a"]
