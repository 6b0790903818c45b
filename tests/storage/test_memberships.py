"""Members of groups as rows: written, compared, told in the history, and moved up from the text that they were."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import orjson
import pytest

from entra_tui.model.entry import Changes, Entry
from entra_tui.model.permission import Feature
from entra_tui.storage.lists import Checkpoint, ListDatabase, RunMode, RunReport, schema
from entra_tui.storage.lists.entry_table import ChangeKind
from entra_tui.storage.lists.membership_table import pack_member, unpack_member
from tests.storage.list_samples import CONNECTOR, DELTA, FULL, NAME, STARTED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GROUPS = f"{Feature.GROUPS.label} - {CONNECTOR}"
PAGE = Checkpoint(None, None, 1)


def guid(number: int) -> str:
    return f"{number:08x}-abcd-4000-8000-000000000000"


def group(name: str, **values: str) -> Entry:
    return Entry(f"group-{name}", {"displayName": name, **values})


def read(lists: ListDatabase, groups: Mapping[str, list[str] | None]) -> Changes:
    """A full read of groups with their members; None where these are not known."""
    stage = lists.begin_stage(GROUPS, STARTED)
    stage.catch_up(
        [group(name) for name in groups],
        (),
        checkpoint=PAGE,
        members={f"group-{name}": dict.fromkeys(ids or (), True) for name, ids in groups.items()},
    )
    stage.count_members({f"group-{name}" for name, ids in groups.items() if ids is None})
    return stage.swap(FULL, delta_link="link")


def listed(lists: ListDatabase) -> dict[str, tuple[object, list[str]]]:
    return {
        entry.id.removeprefix("group-"): (entry.values.get("memberCount"), lists.members(GROUPS, entry.id, limit=-1))
        for entry in lists.iterate(GROUPS)
    }


@pytest.fixture
def lists(tmp_path: Path) -> ListDatabase:
    database = ListDatabase(tmp_path / "lists.db")
    database.create_list(Feature.GROUPS, CONNECTOR)
    return database


@pytest.mark.parametrize("identifier", [guid(1), "user:1", "é", "x" * 36, "0" * 32, ""])
def test_an_id_of_any_form_comes_out_as_it_went_in(lists: ListDatabase, identifier: str) -> None:
    assert unpack_member(pack_member(identifier)) == identifier
    read(lists, {"a": [identifier]})
    assert listed(lists) == {"a": (1, [identifier])}


def test_a_full_read_is_compared_member_by_member(lists: ListDatabase) -> None:
    read(lists, {"a": [guid(1), guid(2)], "b": [guid(1)], "c": [], "d": None})

    changes = read(lists, {"a": [guid(2), guid(3)], "b": [guid(1)], "c": [], "d": None})

    assert changes == Changes(changed=1, unchanged=3, joined=1, left=1)
    (change,) = lists.run_changes(lists.runs(GROUPS)[0].number)
    assert (change.kind, change.before, change.joined, change.left) == (ChangeKind.CHANGED, change.after, 1, 1)
    assert read(lists, {"a": [guid(2), guid(3)], "b": [guid(1)], "c": [], "d": None}) == Changes(unchanged=4)


def test_nobody_joins_or_leaves_a_group_whose_members_were_or_are_unknown(lists: ListDatabase) -> None:
    read(lists, {"a": None, "b": [guid(1)]})

    changes = read(lists, {"a": [guid(1)], "b": None})

    assert changes == Changes(changed=2)
    assert listed(lists) == {"a": (1, [guid(1)]), "b": (None, [])}


def test_a_delta_moves_members_and_counts_them(lists: ListDatabase) -> None:
    read(lists, {"a": [guid(1), guid(2)], "b": [guid(1)], "c": None})
    told = {
        "group-a": {guid(1): False, guid(2): True, guid(9): False},
        "group-b": {guid(1): False, guid(4): True},
        "group-c": {guid(1): True},
        "group-new": {guid(5): True, guid(6): False},
        "group-gone": {guid(5): True},
    }

    changes = lists.apply(GROUPS, [group("new"), group("odd")], ["group-gone"], DELTA, delta_link="x", members=told)

    assert changes == Changes(added=2, changed=2, unchanged=1, joined=1, left=2)
    assert listed(lists) == {
        "a": (1, [guid(2)]),
        "b": (1, [guid(4)]),
        "c": (None, []),
        "new": (1, [guid(5)]),
        "odd": (None, []),
    }


def test_a_group_that_goes_takes_its_members_along(lists: ListDatabase) -> None:
    read(lists, {"a": [guid(1)]})
    lists.apply(GROUPS, (), ["group-a"], DELTA, delta_link="x")

    lists.apply(GROUPS, [group("a")], (), DELTA, delta_link="x", members={"group-a": {}})

    assert listed(lists) == {"a": (0, [])}


def test_one_member_of_a_large_group_costs_little(lists: ListDatabase, tmp_path: Path) -> None:
    """24 changes of one member each in a group of 120,000: less than a megabyte."""
    read(lists, {"large": [guid(number) for number in range(120_000)], "small": [guid(1)]})
    with lists._connections.write() as connection:
        (before,) = connection.execute("SELECT page_count FROM pragma_page_count()").fetchone()

    for number in range(24):
        at = STARTED + timedelta(hours=number)
        told = {"group-large": {guid(200_000 + number): True} if number % 2 else {guid(number): False}}
        changes = lists.apply(GROUPS, (), (), RunReport(RunMode.DELTA, at, at, 1), delta_link="x", members=told)
        assert (changes.changed, changes.joined + changes.left) == (1, 1)

    with lists._connections.write() as connection:
        (after,) = connection.execute("SELECT page_count FROM pragma_page_count()").fetchone()
    assert (after - before) * 4096 < 1024 * 1024
    assert listed(lists)["large"][0] == 120_000


# ---------------------------------------------------------------- from version 2

OLD_TABLES = (
    "CREATE TABLE ids_{n} (id TEXT PRIMARY KEY, position INTEGER NOT NULL, digest INTEGER NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE rows_{n} (position INTEGER PRIMARY KEY, id TEXT NOT NULL, search TEXT NOT NULL,"
        " flags INTEGER NOT NULL, body TEXT NOT NULL)"
    ),
)


def _old_row(
    connection: sqlite3.Connection, number: int, position: int, entry_id: str, values: dict[str, object]
) -> None:
    body = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    digest = int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)
    search = f"{values.get('displayName', '')}\n\n".casefold()
    connection.execute(f"INSERT INTO ids_{number} VALUES (?, ?, ?)", (entry_id, position, digest))
    connection.execute(f"INSERT INTO rows_{number} VALUES (?, ?, ?, 0, ?)", (position, entry_id, search, body.decode()))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of version 2: users with ids in two spellings, a group with members and history, a stage."""
    path = tmp_path / "lists.db"
    with closing(sqlite3.connect(path)) as connection:
        for step in schema._STEPS[:2]:
            for statement in step:
                assert isinstance(statement, str)
                connection.execute(statement)
        for number, (name, feature, entries) in enumerate(
            ((NAME, "users", 3), (GROUPS, "groups", 2), ("stage", "", 0)), 1
        ):
            connection.execute("INSERT INTO entry_tables VALUES (?)", (number,))
            for statement in OLD_TABLES:
                connection.execute(statement.replace("{n}", str(number)))
            if feature:
                connection.execute(
                    "INSERT INTO lists (id, key, name, connector, feature, table_number, entries, synchronized_at,"
                    " delta_link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'link')",
                    (number, name.casefold(), name, CONNECTOR, feature, number, entries, STARTED.isoformat()),
                )
        connection.execute(
            "INSERT INTO stages (list, table_number, started_at) VALUES (2, 3, ?)", (STARTED.isoformat(),)
        )
        _old_row(connection, 1, 1, guid(0xA).upper(), {"displayName": "Mu\u0308ller"})
        _old_row(connection, 1, 2, guid(0xB).upper(), {"displayName": "Twice"})
        _old_row(connection, 1, 3, guid(0xB), {"displayName": "Twice"})
        many = " ".join(sorted(guid(number) for number in range(5)))
        _old_row(connection, 2, 1, "group-a", {"displayName": "a", "memberCount": 5, "members": many})
        _old_row(connection, 2, 2, "group-b", {"displayName": "b"})
        connection.execute(
            "INSERT INTO runs VALUES (1, 2, 'full', 'succeeded', ?, ?, 3, 2, 0, 0, 0, '')",
            (STARTED.isoformat(), STARTED.isoformat()),
        )
        before = json.dumps({"displayName": "a", "memberCount": 5, "members": f"{many[:-37]} {guid(99)}"})
        after = json.dumps({"displayName": "a", "memberCount": 5, "members": many})
        connection.execute("INSERT INTO run_changes VALUES (1, 1, 'changed', 'group-a', ?, ?)", (before, after))
        connection.execute("PRAGMA user_version = 2")
        connection.commit()
    path.chmod(0o600)
    return path


def test_members_that_were_one_text_become_rows(old: Path) -> None:
    with ListDatabase(old) as lists:
        assert listed(lists) == {"a": (5, [guid(number) for number in range(5)]), "b": (None, [])}
        assert lists.open_stage(GROUPS) is None
        (change,) = lists.run_changes(1)
        assert change.before == change.after == Entry("group-a", {"displayName": "a", "memberCount": 5})
        assert dict(lists.run_members(1, "group-a")) == {guid(4): True, guid(99): False}
        # What is read anew and what was moved up are the same rows.
        assert read(lists, {"a": [guid(number) for number in range(5)], "b": None}) == Changes(unchanged=2)


def test_an_older_list_knows_when_it_was_read_whole_and_finds_every_spelling(old: Path) -> None:
    with ListDatabase(old) as lists:
        full_read_at = {one.name: one.full_read_at for one in lists.overview()}
        assert full_read_at == {NAME: None, GROUPS: STARTED}
        assert {entry.id for entry in lists.iterate(NAME)} == {guid(0xA), guid(0xB)}
        assert lists.count(NAME) == 2
        assert [entry.id for entry in lists.rows(NAME, search="m\u00fcller")] == [guid(0xA)]


def test_the_history_keeps_the_warnings_of_a_run(lists: ListDatabase) -> None:
    stage = lists.begin_stage(GROUPS, STARTED)
    stage.add([group("a")], checkpoint=PAGE)
    stage.swap(replace(FULL, warnings=("One thing.", "Another.")), delta_link=None)

    assert lists.runs(GROUPS)[0].report.warnings == ("One thing.", "Another.")
