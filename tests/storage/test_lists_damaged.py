"""A file of lists that another hand, or a disk, has changed: one sentence each, and a way out that works."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.connector import list_name
from entra_tui.model.entry import Changes, Entry
from entra_tui.model.permission import Feature
from entra_tui.storage.errors import (
    DamagedError,
    DamagedListError,
    FolderError,
    LockedError,
    NoLocksError,
    StorageError,
)
from entra_tui.storage.lists import Checkpoint, ListDatabase, RunOutcome, schema
from entra_tui.storage.lists.sqlite_errors import explain
from entra_tui.storage.lists.stored_row import digest_of
from tests.storage.list_samples import CONNECTOR, DELTA, ENDED, FULL, NAME, STARTED, USERS, user

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PEOPLE = [user(number) for number in range(5)]
GROUPS_NAME = list_name(Feature.GROUPS, CONNECTOR)
PAGE = Checkpoint(None, None, 1)
WAY_OUT = "read the list anew with `entra-tui sync Contoso --full`"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one list of five."""
    path = tmp_path / "lists.db"
    with ListDatabase(path) as lists:
        lists.create_list(USERS, CONNECTOR)
        read_anew(lists, PEOPLE)
        lists.record_unfinished(NAME, FULL, RunOutcome.FAILED, reason="timed-out")
    return path


def read_anew(lists: ListDatabase, entries: Iterable[Entry]) -> Changes:
    stage = lists.begin_stage(NAME, STARTED)
    stage.add(entries, checkpoint=PAGE)
    return stage.swap(FULL, delta_link="delta")


def meddle(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.executescript(statement)
        connection.commit()


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE rows_1 SET body = '{\"displayName\": \"Somebody else\"}' WHERE id = 'id-2'",
        "UPDATE rows_1 SET body = 'no JSON' WHERE id = 'id-2'",
        "UPDATE rows_1 SET body = '[]' WHERE id = 'id-2'",
        "UPDATE rows_1 SET body = X'7B22FF227D' WHERE id = 'id-2'",
        "UPDATE rows_1 SET id = CAST(X'69FF' AS TEXT) WHERE id = 'id-2'",
        "UPDATE rows_1 SET digest = digest + 1 WHERE id = 'id-2'",
        "UPDATE rows_1 SET digest = 'none' WHERE id = 'id-2'",
        "UPDATE rows_1 SET id = 'id-7' WHERE id = 'id-2'",
        "UPDATE rows_1 SET id = CASE id WHEN 'id-1' THEN 'id-2' ELSE 'id-1' END WHERE id IN ('id-1', 'id-2')",
        "UPDATE rows_1 SET body = (SELECT body FROM rows_1 WHERE id = 'id-3') WHERE id = 'id-2'",
        "DELETE FROM rows_1 WHERE id = 'id-2'",
        "INSERT INTO rows_1 SELECT 9, 'id-9', digest, search, flags, body FROM rows_1 WHERE id = 'id-2'",
        "INSERT INTO rows_1 SELECT 9, id, digest, search, flags, body FROM rows_1 WHERE id = 'id-2'",
        "DROP INDEX ids_1; INSERT INTO rows_1 SELECT 9, id, 7, search, flags, 'x' FROM rows_1 WHERE id = 'id-2'",
    ],
)
def test_a_row_that_is_not_what_was_put_in_is_never_given_and_a_full_read_replaces_it(path: Path, harm: str) -> None:
    meddle(path, harm)
    with ListDatabase(path) as lists:
        with pytest.raises(DamagedListError, match="'Users - Contoso' are damaged") as told:
            lists.rows(NAME)
        assert WAY_OUT in told.value.sentence
        with pytest.raises(DamagedListError, match="'Users - Contoso' are damaged"):
            list(lists.iterate(NAME))
        assert read_anew(lists, PEOPLE).total == len(PEOPLE)
        assert lists.rows(NAME) == list(lists.iterate(NAME)) == PEOPLE
        assert [lists.entry(NAME, one.id) for one in PEOPLE] == PEOPLE
        lists.run_changes(lists.runs(NAME)[0].number)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE rows_1 SET body = 'no JSON' WHERE id = 'id-2'",
        "UPDATE rows_1 SET body = '{\"displayName\": \"Somebody else\"}' WHERE id = 'id-2'",
        "UPDATE rows_1 SET digest = 0 WHERE id = 'id-2'",
    ],
)
def test_a_delta_is_not_written_over_a_damaged_row(path: Path, harm: str) -> None:
    meddle(path, harm)
    with ListDatabase(path) as lists:
        with pytest.raises(DamagedListError, match="read the list anew"):
            lists.entry(NAME, "id-2")
        with pytest.raises(DamagedListError, match="read the list anew"):
            lists.apply(NAME, [Entry("id-2", {"department": "R"})], (), DELTA, delta_link="next")
        with pytest.raises(DamagedListError, match="read the list anew"):
            lists.apply(NAME, (), ["id-2"], DELTA, delta_link="next")
        assert lists.delta_link(NAME) == "delta"
        assert lists.apply(NAME, [Entry("id-3", {"department": "R"})], (), DELTA, delta_link="next").changed == 1


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM rows_1 WHERE id = 'id-2'",
        "INSERT INTO rows_1 SELECT 9, 'id-9', digest, search, flags, body FROM rows_1 WHERE id = 'id-2'",
    ],
)
def test_a_delta_is_not_written_where_rows_are_missing_or_too_many(path: Path, harm: str) -> None:
    meddle(path, harm)
    with ListDatabase(path) as lists:
        for upserts, removed in (([Entry("id-2", {"department": "R"})], ()), ((), ["id-3"])):
            with pytest.raises(DamagedListError, match="read the list anew"):
                lists.apply(NAME, upserts, removed, DELTA, delta_link="next")
        assert lists.delta_link(NAME) == "delta"


def test_a_damaged_stage_is_told_when_changes_are_merged_into_it(path: Path) -> None:
    with ListDatabase(path) as lists:
        lists.begin_stage(NAME, STARTED).add(PEOPLE, checkpoint=PAGE)
    meddle(path, "UPDATE rows_2 SET body = '{}' WHERE id = 'id-2'")
    with ListDatabase(path) as lists:
        stage = lists.open_stage(NAME)
        assert stage is not None
        with pytest.raises(DamagedListError, match="'Users - Contoso' are damaged"):
            stage.catch_up([Entry("id-2", {"department": "R"})], (), checkpoint=PAGE)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE rows_2 SET body = '{}' WHERE id = 'id-2'",
        "DELETE FROM rows_2 WHERE id = 'id-2'",
        "INSERT INTO rows_2 SELECT 9, id, digest, search, flags, body FROM rows_2 WHERE id = 'id-2'",
        "UPDATE stages SET rows = 4",
        "UPDATE rows_2 SET id = CAST(X'69FF' AS TEXT) WHERE id = 'id-2'",
    ],
)
def test_a_damaged_stage_does_not_become_the_list(path: Path, harm: str) -> None:
    with ListDatabase(path) as lists:
        lists.begin_stage(NAME, STARTED).add(PEOPLE, checkpoint=PAGE)
    meddle(path, harm)
    with ListDatabase(path) as lists:
        stage = lists.open_stage(NAME)
        assert stage is not None
        with pytest.raises(DamagedListError, match="'Users - Contoso' are damaged"):
            stage.preview()
        with pytest.raises(DamagedListError, match="'Users - Contoso' are damaged"):
            stage.swap(FULL, delta_link="next")
        assert lists.rows(NAME) == PEOPLE
        assert read_anew(lists, PEOPLE).total == len(PEOPLE)


def test_a_sound_stage_of_an_interrupted_run_goes_on_with_what_it_kept(path: Path) -> None:
    with ListDatabase(path) as lists:
        stage = lists.begin_stage(NAME, STARTED)
        stage.add(PEOPLE[:3], checkpoint=PAGE)
        stage.keep(["id-3"])
    with ListDatabase(path) as lists:
        left = lists.open_stage(NAME)
        assert left is not None
        assert left.entries == 4
        left.add(PEOPLE[4:], checkpoint=PAGE)
        assert left.preview() == left.swap(FULL, delta_link=None) == Changes(unchanged=5)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE stages SET started_at = 'once'",
        "UPDATE stages SET entries = 'many'",
        "UPDATE stages SET rows = 'many'",
        "UPDATE stages SET pages = -1",
        "UPDATE stages SET expected = 'all'",
        "UPDATE stages SET next_link = X'00'",
        "UPDATE stages SET delta_link = CAST(X'FF' AS TEXT)",
        "UPDATE stages SET columns = X'00'",
        "UPDATE stages SET tenant_id = X'00'",
        "UPDATE stages SET table_number = 1",
        "UPDATE stages SET table_number = -2",
        "UPDATE stages SET table_number = 'two'",
        "UPDATE stages SET table_number = 77",
        "DROP TABLE rows_2",
        "DROP TABLE members_2",
    ],
)
def test_a_stage_that_cannot_be_used_is_discarded(path: Path, harm: str) -> None:
    with ListDatabase(path) as lists:
        lists.begin_stage(NAME, STARTED).add(PEOPLE, checkpoint=PAGE)
    meddle(path, harm)
    with ListDatabase(path) as lists:
        assert lists.open_stage(NAME) is None
        assert lists.rows(NAME) == PEOPLE
        with lists._connections.read() as connection:
            assert connection.execute("SELECT count(*) FROM stages").fetchone() == (0,)
        assert read_anew(lists, PEOPLE).unchanged == len(PEOPLE)
    with ListDatabase(path) as lists:
        lists.begin_stage(NAME, STARTED).add(PEOPLE, checkpoint=PAGE)
    meddle(path, harm.replace("_2", "_4").replace("= 1", "= 3"))
    with ListDatabase(path) as lists:
        lists.remove_lists(CONNECTOR)
        assert lists.overview() == ()


@pytest.mark.parametrize("body", ["[]", "no JSON", "7"])
def test_a_body_that_is_no_object_is_told_of_the_list(path: Path, body: str) -> None:
    digest = digest_of(b"id-2", body.encode())
    meddle(path, f"UPDATE rows_1 SET body = '{body}', digest = {digest} WHERE id = 'id-2'")
    told = [Entry("id-2", {"department": "R"})]
    with ListDatabase(path) as lists:
        for use in (
            lambda: lists.entries_of(NAME, ["id-2"]),
            lambda: lists.preview(NAME, told, ()),
            lambda: lists.members(NAME, "id-2"),
            lambda: lists.apply(NAME, told, (), DELTA, delta_link="next"),
            lambda: lists.apply(NAME, (), (), DELTA, delta_link="next", members={"id-2": {"x": True}}),
        ):
            with pytest.raises(DamagedListError, match="'Users - Contoso' are damaged"):
                use()
        assert read_anew(lists, PEOPLE).total == len(PEOPLE)


def test_a_feature_of_another_hand_is_told(path: Path) -> None:
    meddle(path, "UPDATE lists SET feature = 'magic'")
    with ListDatabase(path) as lists:
        with pytest.raises(DamagedError, match="feature"):
            lists.remove_lists(CONNECTOR)
        assert lists.rows(NAME) == PEOPLE


def test_a_damaged_row_that_would_go_does_not_keep_a_full_read_back(path: Path) -> None:
    meddle(path, "UPDATE rows_1 SET body = 'no JSON' WHERE id = 'id-2'")
    with ListDatabase(path) as lists:
        stage = lists.begin_stage(NAME, STARTED)
        stage.add(PEOPLE[:1], checkpoint=PAGE)
        assert {entry.id for entry in stage.removals()} == {"id-1", "id-2", "id-3", "id-4"}
        stage.swap(FULL, delta_link=None)
        assert len(lists.run_changes(lists.runs(NAME)[0].number)) == 4


def test_a_damaged_row_of_the_history_is_told(path: Path) -> None:
    with ListDatabase(path) as lists:
        lists.apply(NAME, [Entry("id-2", {"department": "R"})], (), DELTA, delta_link="next")
    meddle(path, "UPDATE run_changes SET after = 'no JSON'")
    with ListDatabase(path) as lists, pytest.raises(DamagedError, match="look at the list itself"):
        lists.run_changes(lists.runs(NAME)[0].number)


def test_the_largest_numbers_and_odd_text_come_back_as_they_were(path: Path) -> None:
    odd = Entry("odd", {"a": 2**63 - 1, "b": 2**70, "c": -(2**65), "d": 1.5, "e": "\ud800", "f": True})
    with ListDatabase(path) as lists:
        read_anew(lists, [odd])
        assert lists.entry(NAME, "odd") == odd


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("UPDATE lists SET synchronized_at = 'yesterday'", "time"),
        ("UPDATE lists SET synchronized_at = '2026-11-23'", "time zone"),
        ("UPDATE lists SET entries = 'many'", "entries"),
        ("UPDATE lists SET entries = -1", "entries"),
        ("UPDATE lists SET name = X'00'", "name"),
        ("UPDATE lists SET name = CAST(X'FF' AS TEXT)", "UTF-8"),
        ("UPDATE runs SET outcome = 'magic'", "outcome"),
        ("UPDATE runs SET mode = 'magic'", "mode"),
        ("UPDATE runs SET started_at = 'once'", "time"),
        ("UPDATE runs SET ended_at = '2026-11-23T12:00:00'", "time zone"),
        ("UPDATE runs SET requests = 'few'", "requests"),
        ("UPDATE runs SET reason = X'00'", "reason"),
        ("DROP TABLE runs", "tables"),
        ("DROP TABLE rows_1", "no such table"),
        ("ALTER TABLE rows_1 RENAME COLUMN body TO corpse", "no such column"),
        ("ALTER TABLE lists RENAME COLUMN delta_link TO link", "tables"),
    ],
)
def test_what_another_hand_wrote_is_told_with_a_way_out(path: Path, harm: str, reason: str) -> None:
    meddle(path, harm)

    def read_all(lists: ListDatabase) -> None:
        lists.overview()
        lists.runs(NAME)
        lists.rows(NAME)

    with ListDatabase(path) as lists, pytest.raises(DamagedError, match=reason) as told:
        read_all(lists)
    assert f"{path} is damaged" in told.value.sentence
    assert "move it away and synchronize again" in told.value.sentence


@pytest.mark.parametrize(
    "harm",
    ["DELETE FROM entry_tables", "CREATE TABLE ids_2 (id)", "UPDATE sqlite_sequence SET seq = 0", "DROP INDEX order_1"],
)
def test_what_only_writing_meets_is_told_or_does_no_harm(path: Path, harm: str) -> None:
    meddle(path, "PRAGMA foreign_keys = OFF", harm)
    with ListDatabase(path) as lists:
        with suppress(DamagedError):
            read_anew(lists, PEOPLE)
            lists.apply(NAME, [Entry("id-2", {"department": "R"})], (), DELTA, delta_link="next")
        assert len(lists.rows(NAME)) == len(PEOPLE)


@pytest.mark.parametrize("number", [0, 1, schema.NEWEST - 1])
def test_a_lost_version_is_found_again(path: Path, number: int) -> None:
    meddle(path, f"PRAGMA user_version = {number}")
    with ListDatabase(path) as lists:
        assert lists.rows(NAME) == PEOPLE
        assert lists.overview()[0].synchronized_at == ENDED
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.NEWEST,)


@pytest.mark.parametrize("number", [0, schema.NEWEST])
def test_an_older_file_with_a_wrong_number_is_brought_up(tmp_path: Path, number: int) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        schema.bring_up(connection, to=1)
        connection.execute(
            "INSERT INTO lists (key, name, connector, feature) VALUES (?, ?, ?, 'users')", (NAME.casefold(), NAME, "C")
        )
        connection.execute(f"PRAGMA user_version = {number}")
        connection.commit()
    with ListDatabase(path) as lists:
        assert lists.columns(NAME)[0] == "id"


def test_half_a_schema_and_a_file_of_another_program_are_left_alone(path: Path, tmp_path: Path) -> None:
    meddle(path, "DROP TABLE stages", "PRAGMA user_version = 0")
    other = tmp_path / "other.db"
    meddle(other, "CREATE TABLE cookies (name)")
    for file in (path, other):
        before = file.read_bytes()
        with ListDatabase(file) as lists, pytest.raises(DamagedError, match="its tables are not those"):
            lists.overview()
        assert file.read_bytes() == before


def error_of(code: int, text: str = "as it says") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "way_out"),
    [
        (sqlite3.SQLITE_PROTOCOL, NoLocksError, "a folder on a local disk with --data-dir"),
        (sqlite3.SQLITE_IOERR_LOCK, NoLocksError, "--data-dir"),
        (sqlite3.SQLITE_IOERR_SHMLOCK, NoLocksError, "--data-dir"),
        (sqlite3.SQLITE_IOERR_SHMMAP, NoLocksError, "--data-dir"),
        (sqlite3.SQLITE_NOLFS, FolderError, "--data-dir"),
        (sqlite3.SQLITE_BUSY_RECOVERY, LockedError, "wait for it"),
        (sqlite3.SQLITE_LOCKED, LockedError, "wait for it"),
        (sqlite3.SQLITE_CANTOPEN, FolderError, "check its permissions"),
        (sqlite3.SQLITE_AUTH, FolderError, "check its permissions"),
        (sqlite3.SQLITE_PERM, FolderError, "check its permissions"),
        (sqlite3.SQLITE_IOERR_READ, FolderError, "its disk"),
        (sqlite3.SQLITE_IOERR_FSYNC, FolderError, "its disk"),
        (sqlite3.SQLITE_READONLY_DBMOVED, FolderError, "start again"),
        (sqlite3.SQLITE_CORRUPT_INDEX, DamagedError, "move it away"),
        (sqlite3.SQLITE_NOTADB, DamagedError, "move it away"),
        (sqlite3.SQLITE_FORMAT, DamagedError, "move it away"),
        (sqlite3.SQLITE_TOOBIG, StorageError, "shorten it"),
    ],
)
def test_a_code_of_sqlite_is_a_sentence(path: Path, code: int, kind: type[StorageError], way_out: str) -> None:
    told = explain(error_of(code), path)
    assert isinstance(told, kind)
    assert way_out in told.sentence
    assert str(path) in told.sentence
    assert "; " in told.sentence


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_CONSTRAINT_NOTNULL]
)
def test_our_own_mistakes_stay_defects(path: Path, code: int) -> None:
    assert explain(error_of(code, 'near "SELEKT": syntax error'), path) is None
    with ListDatabase(path) as lists, pytest.raises(sqlite3.OperationalError), lists._connections.write() as connection:
        connection.execute("SELEKT")


def test_too_little_memory_is_told(path: Path) -> None:
    with ListDatabase(path) as lists, pytest.raises(StorageError, match="not enough memory"), lists._connections.read():
        raise MemoryError


def test_a_second_database_in_the_process_leaves_the_locks_of_the_first(path: Path) -> None:
    """Closing any descriptor of a file ends the process's POSIX locks on it; another process sees that."""
    # Only who has the file alone may leave WAL.
    look = (
        "import sqlite3, sys\n"
        "try:\n"
        "    print(*sqlite3.connect(sys.argv[1], timeout=0).execute('PRAGMA journal_mode = DELETE').fetchone())\n"
        "except sqlite3.OperationalError as error:\n"
        "    print(error)\n"
    )
    with ListDatabase(path) as first, ListDatabase(path) as second, first._connections.read():
        assert second.rows(NAME) == PEOPLE
        second.close()
        done = subprocess.run([sys.executable, "-c", look, str(path)], capture_output=True, text=True, check=True)
        assert done.stdout == "database is locked\n"


def test_a_group_that_another_hand_wrote_twice_is_counted_once_when_its_members_change(tmp_path: Path) -> None:
    path = tmp_path / "groups.db"

    def read_group(lists: ListDatabase, member: str) -> Changes:
        stage = lists.begin_stage(GROUPS_NAME, STARTED)
        stage.add([Entry("g", {"displayName": "G"})], checkpoint=PAGE)
        stage.catch_up([], [], checkpoint=PAGE, members={"g": {member: True}})
        stage.count_members()
        return stage.swap(FULL, delta_link="delta")

    with ListDatabase(path) as lists:
        lists.create_list(Feature.GROUPS, CONNECTOR)
        read_group(lists, "a")
    meddle(path, "INSERT INTO rows_1 SELECT 9, id, digest, search, flags, body FROM rows_1")
    with ListDatabase(path) as lists:
        changes = read_group(lists, "b")
        assert (changes.changed, changes.unchanged) == (1, 0)
        assert lists.runs(GROUPS_NAME)[0].changes == changes


@pytest.mark.parametrize("column", ["entries", "rows"])
def test_a_stage_with_a_count_that_cannot_grow_is_not_gone_on_with(path: Path, column: str) -> None:
    with ListDatabase(path) as lists:
        lists.begin_stage(NAME, STARTED).add(PEOPLE, checkpoint=PAGE)
    meddle(path, f"UPDATE stages SET {column} = 9223372036854775807")
    with ListDatabase(path) as lists:
        assert lists.open_stage(NAME) is None
        read_anew(lists, PEOPLE)
