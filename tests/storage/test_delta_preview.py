"""A delta that is seen, judged and then merged as it was seen."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entra_tui.model.entry import Changes, ColumnLoss, Entry
from entra_tui.model.permission import Feature
from entra_tui.storage.errors import LockedError
from entra_tui.storage.lists import Checkpoint, ListDatabase
from entra_tui.storage.lists.stored_row import stored_row
from tests.storage.list_samples import CONNECTOR, DELTA, FULL, NAME, STARTED, USERS, user

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from entra_tui.model.entry import Scalar

GROUPS = f"{Feature.GROUPS.label} - {CONNECTOR}"
PAGE = Checkpoint(None, None, 1)
PEOPLE = [user(number, mail="x") for number in range(1, 6)]

IDS = st.sampled_from([f"id-{number}" for number in range(6)])
# What is nothing and what only looks like it, what differs though Python finds it equal, what no database stores.
SCALARS = st.sampled_from([None, "", "a", "Ä", "`", "\ud800", "\0", False, True, 0, 1, 1.0, -0.0, 2**70])
COLUMNS = st.sampled_from(
    ["displayName", "userPrincipalName", "mail", "accountEnabled", "userType", "jobTitle", "memberCount"]
)
VALUES = st.dictionaries(COLUMNS, SCALARS | st.just("Guest"), max_size=5)
ROWS = st.dictionaries(IDS, VALUES, max_size=6)


def held(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {column: value for column, value in values.items() if value is not None}


def has_value(values: Mapping[str, Scalar], column: str) -> bool:
    return values.get(column) is not None and values[column] != (0 if column == "memberCount" else "")


def read(lists: ListDatabase, entries: list[Entry]) -> None:
    stage = lists.begin_stage(NAME, STARTED)
    stage.add(entries, checkpoint=PAGE)
    stage.swap(FULL, delta_link="d")


def raw_rows(lists: ListDatabase) -> set[tuple[object, ...]]:
    with lists._connections.read() as connection:
        (number,) = connection.execute("SELECT table_number FROM lists WHERE name = ?", (NAME,)).fetchone()
        return set(connection.execute(f"SELECT id, digest, search, flags, body FROM rows_{number}"))


@settings(max_examples=150, deadline=None)
@given(ROWS, st.lists(st.tuples(IDS, VALUES), max_size=8), st.lists(IDS, max_size=2), st.booleans())
def test_a_preview_says_what_the_rows_before_and_after_say(
    before: dict[str, dict[str, Scalar]], told: list[tuple[str, dict[str, Scalar]]], removed: list[str], is_read: bool
) -> None:
    before = {entry_id: held(values) for entry_id, values in before.items()} if is_read else {}
    after = dict(before)
    for entry_id, values in told:
        after[entry_id] = held({**after.get(entry_id, {}), **values})
    after = {entry_id: values for entry_id, values in after.items() if entry_id not in removed}
    stored = {entry_id: stored_row(Entry(entry_id, values)) for entry_id, values in after.items()}
    common = before.keys() & after.keys()
    changed = {entry_id for entry_id in common if stored_row(Entry(entry_id, before[entry_id])) != stored[entry_id]}
    lost = Counter(
        column
        for entry_id in changed
        for column in before[entry_id]
        if has_value(before[entry_id], column) and not has_value(after[entry_id], column)
    )
    with tempfile.TemporaryDirectory() as folder, ListDatabase(Path(folder) / "lists.db") as lists:
        lists.create_list(USERS, CONNECTOR)
        if is_read:
            read(lists, [Entry(entry_id, values) for entry_id, values in before.items()])
        preview = lists.preview(NAME, [Entry(*one) for one in told], removed)
        assert preview.changes == Changes(
            len(after) - len(common), len(changed), len(before) - len(common), len(common) - len(changed)
        )
        assert set(preview.losses) == {
            ColumnLoss(column, rows, everywhere=not any(has_value(values, column) for values in after.values()))
            for column, rows in lost.items()
        }
        assert [entry.id for entry in preview.removals] == sorted(before.keys() - after.keys())
        assert all(entry.values == before[entry.id] for entry in preview.removals)
        assert lists.merge(NAME, preview, DELTA, delta_link="e") == preview.changes
        # A row that was changed is the row that a full read would have made.
        assert raw_rows(lists) == set(stored.values())
        history = {change.id: change for change in lists.run_changes(lists.runs(NAME)[0].number)}
        assert history.keys() == changed | (before.keys() ^ after.keys())
        for entry_id, change in history.items():
            assert (change.before and change.before.values) == before.get(entry_id)
            assert (change.after and change.after.values) == after.get(entry_id)


@pytest.fixture
def lists(tmp_path: Path) -> ListDatabase:
    database = ListDatabase(tmp_path / "lists.db")
    database.create_list(USERS, CONNECTOR)
    database.create_list(Feature.GROUPS, CONNECTOR)
    read(database, PEOPLE)
    return database


def apply(*upserts: Entry, removed: tuple[str, ...] = ()) -> Callable[[ListDatabase], object]:
    return lambda other: other.apply(NAME, upserts, removed, DELTA, delta_link="theirs")


@pytest.mark.parametrize(
    "meddle",
    [
        apply(user(1, jobTitle="theirs")),
        apply(Entry("id-2", {"displayName": "Theirs"})),
        apply(removed=("id-3",)),
        apply(user(9)),
        apply(user(8), removed=("id-5",)),
        lambda other: read(other, PEOPLE),
        lambda other: other.empty(NAME),
    ],
    ids=["same row", "same row moved", "row gone", "row there", "as many rows", "read anew", "emptied"],
)
def test_a_list_that_changed_since_it_was_seen_is_left_as_it_is(
    lists: ListDatabase, meddle: Callable[[ListDatabase], object]
) -> None:
    upserts = [user(1, jobTitle="ours"), Entry("id-2", {"displayName": "Ours"}), user(8)]
    preview = lists.preview(NAME, upserts, ["id-3"])
    with ListDatabase(lists.path) as other:
        meddle(other)
        rows, runs = other.rows(NAME), other.runs(NAME)
        with pytest.raises(LockedError, match="'Users - Contoso'"):
            lists.merge(NAME, preview, DELTA, delta_link="ours")
        assert (other.rows(NAME), other.runs(NAME)) == (rows, runs)
        assert other.delta_link(NAME) != "ours"


def test_rows_that_a_delta_does_not_tell_of_are_of_no_concern(lists: ListDatabase) -> None:
    preview = lists.preview(NAME, [user(1, jobTitle="ours")], ())
    with ListDatabase(lists.path) as other:
        other.apply(NAME, [user(2, jobTitle="theirs")], (), DELTA, delta_link="theirs")
    assert lists.merge(NAME, preview, DELTA, delta_link="ours") == Changes(changed=1, unchanged=4)
    titles = [entry.values.get("jobTitle") for entry in lists.rows(NAME)]
    assert titles == ["ours", "theirs", None, None, None]


@pytest.mark.parametrize("told", [{"a": True, "b": False}, {"c": True, "a": False}, {"b": True}])
def test_members_that_changed_since_they_were_seen_are_left_as_they_are(
    lists: ListDatabase, told: dict[str, bool]
) -> None:
    stage = lists.begin_stage(GROUPS, STARTED)
    groups = [Entry("g", {"displayName": "G"})]
    stage.catch_up(groups, (), checkpoint=PAGE, members={"g": {"b": True}})
    stage.count_members()
    stage.swap(FULL, delta_link="d")
    preview = lists.preview(GROUPS, (), (), {"g": told})
    with ListDatabase(lists.path) as other:
        other.apply(GROUPS, (), (), DELTA, delta_link="theirs", members={"g": {"a": True, "c": True}})
        with pytest.raises(LockedError, match="'Groups - Contoso'"):
            lists.merge(GROUPS, preview, DELTA, delta_link="ours")
        assert other.members(GROUPS, "g") == ["a", "b", "c"]


def test_a_group_of_which_nothing_but_members_is_told_is_there_once(lists: ListDatabase) -> None:
    preview = lists.preview(GROUPS, [Entry("g", {"displayName": "G"})], (), {"g": {"a": True, "b": False}, "h": {}})
    assert preview.changes == Changes(added=1)
    assert lists.merge(GROUPS, preview, DELTA, delta_link="d") == preview.changes
    assert lists.entry(GROUPS, "g") == Entry("g", {"displayName": "G", "memberCount": 1})
    assert lists.members(GROUPS, "g") == ["a"]
