"""Members of groups as rows: written, compared, told in the history, and moved up from the text that they were."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
import pytest

from entra_tui.model.entry import Changes, ColumnLoss, Entry
from entra_tui.model.permission import Feature
from entra_tui.storage.errors import DamagedError, DamagedListError
from entra_tui.storage.lists import Checkpoint, ListDatabase, RunMode, RunReport, schema
from entra_tui.storage.lists.edits import ChangeKind
from entra_tui.storage.lists.membership_table import MembershipTable, pack_member, unpack_member
from tests.storage.list_samples import CONNECTOR, DELTA, FULL, NAME, PARTED_TABLES, STARTED

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


def test_a_guid_is_one_member_whatever_its_case(lists: ListDatabase) -> None:
    assert unpack_member(pack_member(guid(0xABC).upper())) == guid(0xABC)
    assert pack_member(f"{{{guid(1)[:-2]}}}") == f"{{{guid(1)[:-2]}}}"
    read(lists, {"a": [guid(0xA), guid(0xB).upper()]})
    told = {guid(0xA).upper(): True, guid(0xB): False, guid(0xC).upper(): True, guid(0xC): True}

    changes = lists.apply(
        GROUPS,
        [group("new")],
        (),
        DELTA,
        delta_link="x",
        members={"group-a": told, "group-new": {guid(0xA): True, guid(0xA).upper(): True}},
    )

    assert changes == Changes(added=1, unchanged=0, changed=1, joined=1, left=1)
    assert listed(lists) == {"a": (2, [guid(0xA), guid(0xC)]), "new": (1, [guid(0xA)])}


def meddle(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("member", ["X'0102'", "7", "1.5", "CAST(X'FF' AS TEXT)"])
def test_a_member_that_was_never_put_in_is_told_of_the_list(lists: ListDatabase, member: str) -> None:
    read(lists, {"a": [guid(1)]})
    lists.apply(GROUPS, (), (), DELTA, delta_link="x", members={"group-a": {guid(2): True}})
    meddle(lists.path, f"UPDATE OR IGNORE members_1 SET member = {member}", f"UPDATE run_members SET member = {member}")
    with ListDatabase(lists.path) as again:
        with pytest.raises(DamagedListError, match="read the list anew"):
            again.members(GROUPS, "group-a")
        with pytest.raises(DamagedListError, match="read the list anew"):
            list(again.memberships(GROUPS))
        with pytest.raises(DamagedError):
            again.run_members(again.runs(GROUPS)[0].number, "group-a")


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM members_1 WHERE position = 1",
        "INSERT INTO members_1 VALUES (1, 'x')",
        """UPDATE rows_1 SET body = '{"displayName":"a","memberCount":"1"}' WHERE position = 1""",
    ],
)
def test_members_that_are_not_as_many_as_the_group_says_are_told(lists: ListDatabase, harm: str) -> None:
    read(lists, {"a": [guid(1)], "b": [guid(1)]})
    meddle(lists.path, harm)
    members = {"group-a": {guid(9): True}}
    with ListDatabase(lists.path) as again:
        for use in (
            lambda: again.members(GROUPS, "group-a"),
            lambda: list(again.memberships(GROUPS)),
            lambda: again.apply(GROUPS, (), (), DELTA, delta_link="x", members=members),
            lambda: again.preview(GROUPS, (), (), members),
        ):
            with pytest.raises(DamagedListError, match="read the list anew"):
                use()
        assert again.members(GROUPS, "group-b") == [guid(1)]
        read(again, {"a": [guid(1)], "b": [guid(1)]})
        assert listed(again) == {"a": (1, [guid(1)]), "b": (1, [guid(1)])}


def test_a_group_that_a_stage_keeps_keeps_its_members(lists: ListDatabase) -> None:
    read(lists, {"a": [guid(1), guid(2)], "b": [guid(3)]})
    stage = lists.begin_stage(GROUPS, STARTED)
    stage.catch_up([group("b")], (), checkpoint=PAGE, members={"group-b": {guid(3): True}})
    stage.count_members()
    stage.keep(["group-a"])
    assert stage.swap(FULL, delta_link="x") == Changes(unchanged=2)
    assert listed(lists) == {"a": (2, [guid(1), guid(2)]), "b": (1, [guid(3)])}


def test_a_delta_that_takes_every_member_shows_as_a_loss(lists: ListDatabase) -> None:
    read(lists, {"a": [guid(1)], "b": [guid(1), guid(2)], "c": [], "d": None, "e": [guid(5)]})
    members = {
        "group-a": {guid(1): False},
        "group-b": {guid(1): False, guid(2): False},
        "group-c": {guid(7): False},
        "group-d": {guid(1): False},
    }

    preview = lists.preview(GROUPS, [group("e")], (), members)
    assert preview.losses == (ColumnLoss("memberCount", 2, everywhere=False),)
    assert preview.changes == Changes(changed=2, unchanged=3, left=3)
    assert lists.preview(GROUPS, (), ["group-e"], members).losses == (ColumnLoss("memberCount", 2, everywhere=True),)
    assert lists.preview(GROUPS, (), (), {"group-a": {guid(1): False, guid(2): True}}).losses == ()
    assert lists.apply(GROUPS, [group("e")], (), DELTA, delta_link="x", members=members) == preview.changes


def test_a_full_read_without_members_or_with_empty_texts_shows_as_a_loss(lists: ListDatabase) -> None:
    read(lists, {"a": [guid(1)], "b": []})
    stage = lists.begin_stage(GROUPS, STARTED)
    stage.add([Entry("group-a", {"displayName": ""}), group("b")], checkpoint=PAGE)
    stage.count_members()
    assert set(stage.losses({"displayName", "memberCount"})) == {
        ColumnLoss("displayName", 1, everywhere=False),
        ColumnLoss("memberCount", 1, everywhere=True),
    }
    preview = lists.preview(GROUPS, [Entry("group-a", {"displayName": ""}), group("b", mail="")], ())
    assert preview.losses == (ColumnLoss("displayName", 1, everywhere=False),)


def test_what_is_told_as_it_is_already_is_not_a_change(lists: ListDatabase) -> None:
    read(lists, {"a": [guid(1)], "b": [guid(2)]})
    told = {"group-a": {guid(1): True, guid(9): False}}
    assert lists.preview(GROUPS, [group("a"), group("b")], ["none"], told).changes == Changes(unchanged=2)


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

HALF = "\\ud800"
ROLES = f"{Feature.DIRECTORY_ROLES.label} - {CONNECTOR}"


def _old_row(
    connection: sqlite3.Connection, number: int, position: int, entry_id: str, values: dict[str, object]
) -> None:
    body = msgspec.json.encode(values, order="sorted")
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
            for statement in PARTED_TABLES:
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


def as_old(path: Path, body: bytes | str, *, digest: int | None = None, entry_id: str = "odd") -> None:
    """Put a row with a body of any kind in the groups of version 2."""
    raw = body if isinstance(body, bytes) else body.encode()
    fits = int.from_bytes(blake2b(raw, digest_size=8).digest(), "big", signed=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO ids_2 VALUES (?, 9, ?)", (entry_id, fits if digest is None else digest))
        connection.execute("INSERT INTO rows_2 VALUES (9, ?, 'odd', 0, ?)", (entry_id, body))
        connection.execute("UPDATE lists SET entries = 3 WHERE id = 2")
        connection.execute("INSERT INTO run_changes VALUES (1, 2, 'changed', ?, ?, ?)", (entry_id, body, body))
        connection.commit()


def stored_row(path: Path) -> tuple[object, ...]:
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT body, typeof(body) FROM rows_2 WHERE position = 9").fetchone()
        return (*kept, *connection.execute("SELECT before, after FROM run_changes WHERE number = 2").fetchone())


@pytest.mark.parametrize(
    "body",
    [
        f'{{"displayName":"x","members":"{HALF}"}}',
        b'{"displayName":"x","members":"a"}',
        "[" * 100_000,
        f'{{"a":{"[" * 900}{"]" * 900},"members":7}}',
        "[1]",
        "no JSON",
        '{"displayName":"x","members":["a"]}',
        "",
    ],
)
def test_an_odd_row_of_an_older_release_stays_as_it_is(old: Path, body: bytes | str) -> None:
    as_old(old, body)
    before = stored_row(old)
    with ListDatabase(old) as lists:
        assert lists.count(GROUPS) == 3
        assert stored_row(old) == before
        assert lists.members(GROUPS, "group-a", limit=-1) == [guid(number) for number in range(5)]
        assert read(lists, {"a": [guid(number) for number in range(5)], "b": None}).unchanged == 2
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT before, after FROM run_changes WHERE number = 2").fetchone() == before[2:]


def test_a_damaged_row_of_an_older_release_does_not_become_sound(old: Path) -> None:
    as_old(old, '{"displayName":"x","memberCount":1,"members":"a"}', digest=1)
    before = stored_row(old)[:2]
    with ListDatabase(old) as lists:
        lists.overview()
        assert stored_row(old)[:2] == before
        with pytest.raises(DamagedListError, match="read the list anew"):
            lists.entry(GROUPS, "odd")


def test_what_only_python_can_read_is_moved_up(old: Path) -> None:
    long = "1" * 30
    as_old(old, f'{{"displayName":"{HALF}","long":{long},"memberCount":2,"members":"{guid(0xA).upper()} {guid(0xB)}"}}')
    with ListDatabase(old) as lists:
        entry = lists.entry(GROUPS, "odd")
        assert entry == Entry("odd", {"displayName": "\ud800", "long": int(long), "memberCount": 2})
        assert lists.members(GROUPS, "odd") == [guid(0xA), guid(0xB)]
        assert lists.run_changes(1)[1].before == entry


def test_odd_ids_texts_and_stages_do_not_stop_the_way_up(old: Path) -> None:
    meddle(
        old,
        "UPDATE rows_1 SET search = CAST(X'FF' AS TEXT) WHERE position = 1",
        "UPDATE rows_1 SET search = X'4142' WHERE position = 2",
        "UPDATE ids_1 SET id = X'4142' WHERE position = 2",
        "UPDATE ids_1 SET id = CAST(X'41FF' AS TEXT) WHERE position = 1",
        "UPDATE ids_2 SET id = CAST(X'41FF' AS TEXT) WHERE position = 2",
        "UPDATE stages SET table_number = 2",
    )
    with ListDatabase(old) as lists:
        assert lists.members(GROUPS, "group-a", limit=-1) == [guid(number) for number in range(5)]
        assert lists.open_stage(GROUPS) is None
        read(lists, {"a": []})


def test_roles_move_up_as_groups_do_and_ids_in_the_history_are_found(old: Path) -> None:
    role = guid(0xAB)
    meddle(
        old,
        f"UPDATE lists SET feature = 'directory-roles', name = '{ROLES}', key = '{ROLES.casefold()}' WHERE id = 2",
        f"UPDATE ids_2 SET id = '{role.upper()}' WHERE position = 1",
        f"UPDATE rows_2 SET id = '{role.upper()}' WHERE position = 1",
        f"UPDATE run_changes SET entry = '{role.upper()}'",
    )
    with ListDatabase(old) as lists:
        assert lists.entry(ROLES, role) == Entry(role, {"displayName": "a", "memberCount": 5})
        assert lists.members(ROLES, role) == [guid(number) for number in range(5)]
        assert [change.id for change in lists.run_changes(1)] == [role]
        assert dict(lists.run_members(1, role)) == {guid(4): True, guid(99): False}


def test_a_full_read_changes_nothing_of_members_in_another_spelling(old: Path) -> None:
    twice = f"{guid(0xA).upper()} {guid(0xA)} {guid(0xB).upper()}"
    as_old(
        old, msgspec.json.encode({"displayName": "c", "memberCount": 3, "members": twice}).decode(), entry_id="group-c"
    )
    with ListDatabase(old) as lists:
        groups = {"a": [guid(number) for number in range(5)], "b": None, "c": [guid(0xA), guid(0xB)]}
        assert read(lists, groups) == Changes(unchanged=3)
        assert lists.run_changes(1)[1].joined == lists.run_changes(1)[1].left == 0


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


# ---------------------------------------------------------------- from version 3


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    """A database of version 3, whose rows are in two tables: a list, and a read that was interrupted."""
    path = tmp_path / "lists.db"
    with closing(sqlite3.connect(path)) as connection:
        schema.bring_up(connection, to=3)
        for number in (1, 2):
            connection.execute("INSERT INTO entry_tables VALUES (?)", (number,))
            for statement in PARTED_TABLES:
                connection.execute(statement.replace("{n}", str(number)))
            connection.execute(f"CREATE INDEX order_{number} ON rows_{number} (search, flags)")
            MembershipTable(number).create(connection)
            for position, name in enumerate(("a", "b", "c"), 1):
                _old_row(connection, number, position, f"id-{name}", {"displayName": name, "jobTitle": 1e300})
        connection.execute(
            "INSERT INTO lists (id, key, name, connector, feature, table_number, entries, delta_link)"
            " VALUES (1, ?, ?, ?, 'users', 1, 3, 'link')",
            (NAME.casefold(), NAME, CONNECTOR),
        )
        connection.execute(
            "INSERT INTO stages (list, table_number, started_at, entries, next_link, pages)"
            " VALUES (1, 2, ?, 3, 'n', 1)",
            (STARTED.isoformat(),),
        )
        connection.commit()
    path.chmod(0o600)
    return path


PARTED_ENTRIES = [Entry(f"id-{name}", {"displayName": name, "jobTitle": 1e300}) for name in "abc"]


def test_two_tables_become_one(parted: Path) -> None:
    with ListDatabase(parted) as lists:
        assert lists.rows(NAME) == PARTED_ENTRIES
        assert lists.entry(NAME, "id-b") == PARTED_ENTRIES[1]
        stage = lists.open_stage(NAME)
        assert stage is not None
        assert (stage.entries, stage.checkpoint) == (3, Checkpoint("n", None, 1))
        assert stage.add([PARTED_ENTRIES[2], Entry("id-d", {"displayName": "d"})], checkpoint=PAGE) == 1
        # What is read anew and what was moved up are the same rows.
        assert stage.swap(FULL, delta_link=None) == Changes(added=1, unchanged=3)
    with closing(sqlite3.connect(parted)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert not {name for name in names if name.startswith(("ids_", "parted_"))}
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE rows_1 SET body = '{}' WHERE id = 'id-b'",
        "UPDATE ids_1 SET digest = 7 WHERE id = 'id-b'",
        "UPDATE ids_1 SET position = 9 WHERE id = 'id-b'",
        "DELETE FROM ids_1 WHERE id = 'id-b'",
        "DELETE FROM rows_1 WHERE id = 'id-b'",
        "UPDATE rows_1 SET id = CAST(X'69FF' AS TEXT) WHERE id = 'id-b'",
        "UPDATE rows_1 SET body = X'7B7D' WHERE id = 'id-b'",
        "INSERT INTO rows_1 SELECT 9, id, search, flags, body FROM rows_1 WHERE id = 'id-b'",
    ],
)
def test_what_was_damaged_in_two_tables_is_damaged_in_one(parted: Path, harm: str) -> None:
    meddle(parted, harm)
    with ListDatabase(parted) as lists:
        with pytest.raises(DamagedListError, match="read the list anew"):
            lists.rows(NAME)
        stage = lists.begin_stage(NAME, STARTED)
        stage.add(PARTED_ENTRIES, checkpoint=PAGE)
        assert stage.swap(FULL, delta_link=None).total == 3
        assert lists.rows(NAME) == PARTED_ENTRIES
