from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.entry import Changes, Entry, ListStatus, LookupList
from entra_tui.model.permission import Feature
from entra_tui.storage.errors import (
    DamagedError,
    DiskFullError,
    FolderError,
    LockedError,
    NewerVersionError,
    StageLostError,
    UnknownNameError,
)
from entra_tui.storage.lists import ChangeKind, Checkpoint, EntryFilter, ListDatabase, RowChange, RunMode, RunOutcome
from entra_tui.storage.lists.schema import bring_up
from tests.storage.list_samples import CONNECTOR, DELTA, ENDED, FULL, NAME, STARTED, USERS, user

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PAGE = Checkpoint("https://graph.example/next", "https://graph.example/delta", 1, 1000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lists.db"


@pytest.fixture
def lists(path: Path) -> Iterator[ListDatabase]:
    with ListDatabase(path) as database:
        database.create_list(USERS, CONNECTOR)
        yield database


def fill(lists: ListDatabase, entries: Iterable[Entry], name: str = NAME) -> Changes:
    stage = lists.begin_stage(name, STARTED)
    stage.add(entries, checkpoint=PAGE)
    return stage.swap(FULL, delta_link="delta-1")


def tables(path: Path) -> set[str]:
    """Entry tables in the file, by a connection of the test's own."""
    connection = sqlite3.connect(path)
    try:
        found = connection.execute("SELECT name FROM sqlite_master WHERE name GLOB 'rows_*' OR name GLOB 'members_*'")
        return {name for (name,) in found}
    finally:
        connection.close()


def test_a_new_list_is_empty_and_says_so(lists: ListDatabase) -> None:
    assert lists.overview() == (LookupList(NAME, CONNECTOR, 0, None, ListStatus.NEW),)
    assert lists.count(NAME) == 0
    assert lists.rows(NAME) == []
    assert list(lists.iterate(NAME)) == []
    assert lists.entry(NAME, "id-1") is None
    assert lists.delta_link(NAME) is None
    assert lists.open_stage(NAME) is None
    assert lists.runs(NAME) == ()


def test_making_a_list_again_changes_nothing(lists: ListDatabase) -> None:
    fill(lists, [user(1)])
    lists.create_list(USERS, "CONTOSO")
    assert [(each.name, each.entries) for each in lists.overview()] == [(NAME, 1)]


def test_all_files_are_private(lists: ListDatabase, path: Path) -> None:
    fill(lists, [user(1)])
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("lists.db*")}
    assert {"lists.db", "lists.db-wal", "lists.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_what_is_staged_shows_only_after_the_swap(lists: ListDatabase) -> None:
    fill(lists, [user(1), user(2)])
    stage = lists.begin_stage(NAME, STARTED)
    assert stage.add([user(2, jobTitle="Lead"), user(3)], checkpoint=PAGE) == 2
    assert [entry.id for entry in lists.rows(NAME)] == ["id-1", "id-2"]
    expected = Changes(added=1, changed=1, removed=1, unchanged=0)
    assert stage.preview() == expected
    assert stage.removals() == [user(1)]
    assert stage.swap(FULL, delta_link="delta-2") == expected
    assert lists.rows(NAME) == [user(2, jobTitle="Lead"), user(3)]
    assert lists.count(NAME) == 2
    assert lists.delta_link(NAME) == "delta-2"
    assert lists.open_stage(NAME) is None
    (overview,) = lists.overview()
    assert (overview.entries, overview.synchronized_at, overview.status) == (2, ENDED, ListStatus.SYNCHRONIZED)


def test_an_id_counts_once_and_the_last_one_wins(lists: ListDatabase) -> None:
    stage = lists.begin_stage(NAME, STARTED)
    assert stage.add([user(1), user(2), user(1, jobTitle="second")], checkpoint=PAGE) == 2
    assert stage.add([user(2, jobTitle="third"), user(3)], checkpoint=PAGE) == 1
    assert stage.entries == 3
    assert stage.swap(FULL, delta_link=None) == Changes(added=3)
    assert lists.rows(NAME) == [user(1, jobTitle="second"), user(2, jobTitle="third"), user(3)]


def test_none_and_an_absent_property_are_one(lists: ListDatabase) -> None:
    fill(lists, [user(1, jobTitle=None)])
    assert lists.entry(NAME, "id-1") == user(1)
    assert fill(lists, [user(1)]) == Changes(unchanged=1)


def test_a_stage_is_taken_up_again(lists: ListDatabase, path: Path) -> None:
    assert lists.begin_stage(NAME, STARTED).checkpoint is None
    with ListDatabase(path) as again:
        empty = again.open_stage(NAME)
        assert empty is not None
        assert (empty.checkpoint, empty.entries) == (None, 0)
        empty.add([user(1)], checkpoint=PAGE)
    stage = lists.open_stage(NAME)
    assert stage is not None
    assert (stage.list_name, stage.started_at, stage.checkpoint, stage.entries) == (NAME, STARTED, PAGE, 1)
    last = Checkpoint(None, PAGE.delta_link, 2, None)
    stage.add([user(2)], checkpoint=last)
    assert stage.checkpoint == last
    stage.swap(FULL, delta_link=None)
    assert lists.count(NAME) == 2


def test_a_stage_catches_up_with_what_changed_meanwhile(lists: ListDatabase) -> None:
    stage = lists.begin_stage(NAME, STARTED)
    stage.add([user(1, jobTitle="old"), user(2)], checkpoint=PAGE)
    changed = [Entry("id-1", {"jobTitle": "new"}), user(3)]
    stage.catch_up(changed, ["id-2", "id-9"], checkpoint=Checkpoint(None, "delta-2", 2))
    assert stage.entries == 2
    assert stage.swap(FULL, delta_link="delta-2") == Changes(added=2)
    assert lists.rows(NAME) == [user(1, jobTitle="new"), user(3)]


def test_a_discarded_stage_leaves_nothing(lists: ListDatabase, path: Path) -> None:
    fill(lists, [user(1)])
    before = tables(path)
    stage = lists.begin_stage(NAME, STARTED)
    stage.add([user(2)], checkpoint=PAGE)
    assert len(tables(path)) == 4
    stage.discard()
    stage.discard()
    assert tables(path) == before
    assert lists.rows(NAME) == [user(1)]
    with pytest.raises(StageLostError):
        stage.swap(FULL, delta_link=None)


def test_a_stage_begun_anew_ends_the_one_before(lists: ListDatabase, path: Path) -> None:
    first = lists.begin_stage(NAME, STARTED)
    second = lists.begin_stage(NAME, STARTED)
    for use in (lambda: first.add([user(1)], checkpoint=PAGE), first.preview, first.removals):
        with pytest.raises(StageLostError, match="began to read 'Users - Contoso' anew"):
            use()
    first.discard()
    second.add([user(2)], checkpoint=PAGE)
    second.swap(FULL, delta_link=None)
    assert lists.rows(NAME) == [user(2)]
    assert len(tables(path)) == 2


def test_a_delta_is_merged(lists: ListDatabase) -> None:
    fill(lists, [user(1, jobTitle="a", mail="m"), user(2), user(3)])
    upserts = [
        Entry("id-1", {"jobTitle": None, "department": "d"}),
        Entry("id-2", {"displayName": "User 0002"}),
        user(4),
        Entry("id-4", {"jobTitle": "later"}),
        user(5),
    ]
    changes = lists.apply(NAME, upserts, ["id-3", "id-5", "unknown"], DELTA, delta_link="delta-2")
    assert changes == Changes(added=1, changed=1, removed=1, unchanged=1)
    assert lists.rows(NAME) == [user(1, mail="m", department="d"), user(2), user(4, jobTitle="later")]
    assert lists.delta_link(NAME) == "delta-2"
    assert lists.count(NAME) == 3
    (run, _) = lists.runs(NAME)
    assert (run.report, run.outcome, run.changes) == (DELTA, RunOutcome.SUCCEEDED, changes)
    assert sorted(lists.run_changes(run.number), key=lambda change: change.id) == [
        RowChange("id-1", ChangeKind.CHANGED, user(1, jobTitle="a", mail="m"), user(1, mail="m", department="d")),
        RowChange("id-3", ChangeKind.REMOVED, user(3), None),
        RowChange("id-4", ChangeKind.ADDED, None, user(4, jobTitle="later")),
    ]


def test_a_delta_into_a_list_that_was_never_read(lists: ListDatabase) -> None:
    assert lists.apply(NAME, [user(1)], [], DELTA, delta_link="d") == Changes(added=1)
    assert lists.rows(NAME, search="user") == [user(1)]


def test_a_delta_that_fails_halfway_changes_nothing(lists: ListDatabase) -> None:
    fill(lists, [user(1)])

    def cut() -> Iterator[Entry]:
        yield user(2)
        raise EOFError

    with pytest.raises(EOFError):
        lists.apply(NAME, cut(), [], DELTA, delta_link="x")
    assert lists.rows(NAME) == [user(1)]
    assert lists.delta_link(NAME) == "delta-1"


def test_history_tells_what_a_full_read_changed(lists: ListDatabase) -> None:
    fill(lists, [user(1), user(2), user(3)])
    changes = fill(lists, [user(2, jobTitle="x"), user(3), user(4)])
    newest, first = lists.runs(NAME)
    assert lists.runs(NAME, limit=1) == (newest,)
    assert (newest.changes, newest.report.mode, newest.reason) == (changes, RunMode.FULL, "")
    assert lists.run_changes(newest.number) == (
        RowChange("id-1", ChangeKind.REMOVED, user(1), None),
        RowChange("id-2", ChangeKind.CHANGED, user(2), user(2, jobTitle="x")),
        RowChange("id-4", ChangeKind.ADDED, None, user(4)),
    )
    assert lists.run_changes(newest.number, offset=1, limit=1)[0].kind is ChangeKind.CHANGED
    assert first.changes == Changes(added=3)
    assert lists.run_changes(first.number) == ()


def test_a_failed_and_a_held_run_show_until_one_succeeds(lists: ListDatabase) -> None:
    fill(lists, [user(1)])
    lists.record_unfinished(NAME, DELTA, RunOutcome.FAILED, reason="AADSTS7000215")
    assert lists.overview()[0].status is ListStatus.FAILED
    held = Changes(removed=1)
    lists.record_unfinished(NAME, FULL, RunOutcome.HELD, reason="too-many-removals", changes=held)
    assert lists.runs(NAME)[0].changes == held
    assert lists.overview()[0].status is ListStatus.HELD
    lists.record_unfinished(NAME, FULL, RunOutcome.CANCELED, reason="canceled")
    assert lists.overview()[0].status is ListStatus.SYNCHRONIZED
    assert [run.reason for run in lists.runs(NAME)] == ["canceled", "too-many-removals", "AADSTS7000215", ""]


def test_old_history_is_let_go(lists: ListDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entra_tui.storage.lists.history.KEPT_RUNS", 4)
    monkeypatch.setattr("entra_tui.storage.lists.history.RUNS_WITH_CHANGES", 2)
    for number in range(6):
        lists.apply(NAME, [user(number)], [], DELTA, delta_link="d")
    runs = lists.runs(NAME)
    assert len(runs) == 4
    assert [len(lists.run_changes(run.number)) for run in runs] == [1, 1, 0, 0]


def test_the_rows_kept_of_one_run_have_a_limit(lists: ListDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(lists, [user(number) for number in range(10)])
    monkeypatch.setattr("entra_tui.storage.lists.history.KEPT_CHANGES", 3)
    assert fill(lists, [user(number) for number in range(8, 20)]).removed == 8
    assert [change.kind for change in lists.run_changes(lists.runs(NAME)[0].number)] == [ChangeKind.REMOVED] * 3


def test_rows_are_sorted_searched_and_filtered(lists: ListDatabase) -> None:
    people = [
        Entry("1", {"displayName": "émile Zola", "mail": "zola@contoso.example", "accountEnabled": False}),
        Entry("2", {"displayName": "Ann Lee", "userPrincipalName": "ANN@contoso.example", "userType": "Guest"}),
        Entry("3", {"displayName": "ann", "userPrincipalName": "x_%@fabrikam.example"}),
        Entry("4", {"displayName": "Bob", "accountEnabled": False, "userType": "Guest"}),
    ]
    fill(lists, people)

    def found(search: str = "", wanted: EntryFilter = EntryFilter.ALL) -> str:
        rows = lists.rows(NAME, search=search, wanted=wanted)
        assert lists.count(NAME, search=search, wanted=wanted) == len(rows)
        return "".join(entry.id for entry in rows)

    assert found() == "3241"
    assert found("ANN") == "32"
    assert found("lee ann") == "2"
    assert found("ÉMILE") == "1"
    assert found("contoso") == "21"
    assert found("_%") == "3"
    assert found("nobody") == ""
    assert found(wanted=EntryFilter.DISABLED) == "41"
    assert found(wanted=EntryFilter.GUESTS) == "24"
    assert found("bob", EntryFilter.GUESTS) == "4"
    assert found(" \ud800 ") == ""


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("M\u00fcller", "mu\u0308ll"),
        ("Mu\u0308ller", "M\u00dcLLER"),
        ("O\u2019Brien", "o'brien"),
        ("O'Brien", "O\u2019BRIEN"),
        ("O`Brien", "o\u00b4brien"),
        ("\ufb01nance", "finance"),
    ],
)
def test_a_search_finds_another_spelling_of_the_same_text(lists: ListDatabase, stored: str, typed: str) -> None:
    entry = Entry("1", {"displayName": stored})
    fill(lists, [entry, user(2)])
    assert lists.rows(NAME, search=typed) == [entry]
    assert lists.count(NAME, search=typed) == 1


def test_any_window_of_a_long_list(lists: ListDatabase) -> None:
    everyone = [user(number) for number in range(3000)]
    fill(lists, reversed(everyone))
    assert lists.rows(NAME, offset=1234, limit=3) == everyone[1234:1237]
    for offset in (1499, 1500, 1501, 2400, 2950, 2999):
        assert lists.rows(NAME, offset=offset, limit=50) == everyone[offset : offset + 50]
    assert lists.rows(NAME, offset=5000) == []
    assert list(lists.iterate(NAME)) == everyone


@pytest.mark.parametrize("text", ["\x1b[31m", "\x00", "\ud800", "line\nbreak", "'; DROP TABLE lists; --", "😀" * 500])
def test_directory_text_comes_back_as_it_was(lists: ListDatabase, text: str) -> None:
    entry = Entry("1", {"displayName": text, "jobTitle": text, "employeeId": 7, "accountEnabled": True})
    fill(lists, [entry])
    assert lists.entry(NAME, "1") == entry
    assert lists.rows(NAME) == [entry]


def test_an_export_sees_the_list_of_its_first_row(lists: ListDatabase) -> None:
    fill(lists, [user(number) for number in range(100)])
    rows = lists.iterate(NAME)
    assert next(rows) == user(0)
    fill(lists, [user(500)])
    assert sum(1 for _ in rows) == 99
    assert lists.rows(NAME) == [user(500)]


def test_lists_go_and_are_renamed_with_their_connector(lists: ListDatabase, path: Path) -> None:
    lists.create_list(Feature.GROUPS, CONNECTOR)
    lists.create_list(USERS, "Other")
    fill(lists, [user(1)])
    lists.begin_stage("groups - contoso", STARTED)
    lists.rename_connector("contoso", "Fabrikam")
    assert [each.name for each in lists.overview()] == ["Users - Fabrikam", "Groups - Fabrikam", "Users - Other"]
    assert lists.rows("Users - Fabrikam") == [user(1)]
    assert lists.runs("Users - Fabrikam")
    lists.remove_lists("FABRIKAM")
    assert [each.name for each in lists.overview()] == ["Users - Other"]
    assert tables(path) == set()
    with pytest.raises(UnknownNameError, match="no lookup list 'Users - Fabrikam'"):
        lists.rows("Users - Fabrikam")


def test_a_list_that_goes_takes_its_stage_along(lists: ListDatabase) -> None:
    stage = lists.begin_stage(NAME, STARTED)
    lists.remove_lists(CONNECTOR)
    with pytest.raises(StageLostError):
        stage.add([user(1)], checkpoint=PAGE)


def test_only_one_copy_synchronizes_a_list(lists: ListDatabase, path: Path) -> None:
    lists.create_list(Feature.GROUPS, CONNECTOR)
    with ListDatabase(path) as other, lists.claim(NAME):
        with pytest.raises(LockedError, match="synchronizing 'Users - Contoso'"), other.claim(NAME):
            pass
        with other.claim("Groups - Contoso"):
            assert other.count(NAME) == 0
    with lists.claim(NAME), pytest.raises(LockedError, match="inner"):
        raise LockedError("inner")


def test_another_copy_that_writes_is_told_readers_go_on(lists: ListDatabase, path: Path) -> None:
    fill(lists, [user(1)])
    blocker = sqlite3.connect(path, isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        with ListDatabase(path, busy_seconds=0) as other:
            with pytest.raises(LockedError, match="Another running copy is writing"):
                other.create_list(Feature.GROUPS, CONNECTOR)
            assert other.rows(NAME) == [user(1)]
    finally:
        blocker.close()


def test_a_full_disk_leaves_the_list_as_it_was(lists: ListDatabase) -> None:
    fill(lists, [user(1)])
    with lists._connections.write() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    stage = lists.begin_stage(NAME, STARTED)
    with pytest.raises(DiskFullError, match="make room"):
        stage.add([user(number, jobTitle="x" * 200) for number in range(1000)], checkpoint=PAGE)
    assert stage.entries == 0
    assert lists.rows(NAME) == [user(1)]
    stage.discard()


def test_a_damaged_file_is_told_and_left_alone(path: Path) -> None:
    path.write_bytes(b"this is no database, " * 100)
    before = path.read_bytes()
    with ListDatabase(path) as lists, pytest.raises(DamagedError, match="move it away and synchronize again"):
        lists.overview()
    assert path.read_bytes() == before


def test_a_newer_releases_file_is_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with ListDatabase(path) as lists, pytest.raises(NewerVersionError, match="version 99"):
        lists.overview()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with ListDatabase(tmp_path / "file" / "lists.db") as lists, pytest.raises(FolderError, match="cannot be written"):
        lists.overview()


def test_readers_and_a_writer_in_threads_never_see_half_a_list(lists: ListDatabase) -> None:
    fill(lists, [user(number, jobTitle="0") for number in range(50)])
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            rows = lists.rows(NAME)
            seen.append((len(rows), len({entry.values["jobTitle"] for entry in rows})))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for turn in range(1, 8):
            fill(lists, [user(number, jobTitle=str(turn)) for number in range(50)])
    finally:
        done.set()
        reader.join()
    assert set(seen) == {(50, 1)}


def test_a_row_that_comes_again_many_pages_later_counts_once_and_the_last_one_wins(
    lists: ListDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entra_tui.storage.lists.met_ids._MOST_HELD", 8)
    stage = lists.begin_stage(NAME, STARTED)
    for page in range(10):
        stage.add([user(number) for number in range(page * 50, page * 50 + 50)], checkpoint=PAGE)
    stage.add([user(number, jobTitle="again") for number in range(0, 500, 100)], checkpoint=PAGE)
    assert stage.known(["id-0", "id-499", "id-500"]) == {"id-0", "id-499"}
    assert stage.entries == 500
    assert stage.preview() == Changes(added=500)
    assert stage.swap(FULL, delta_link=None).total == 500
    assert lists.entry(NAME, "id-100") == user(100, jobTitle="again")
    assert lists.entry(NAME, "id-101") == user(101)


def test_a_stage_that_is_read_over_takes_each_row_once(lists: ListDatabase) -> None:
    stage = lists.begin_stage(NAME, STARTED)
    stage.add([user(1), user(2)], checkpoint=PAGE)
    stage.add([user(2), user(3)], checkpoint=PAGE)
    stage.index_ids()
    assert stage.entries == 3
    assert stage.add([user(1, jobTitle="new"), user(4)], checkpoint=PAGE) == 1
    left = lists.open_stage(NAME)
    assert left is not None
    assert left.entries == 4
    assert left.add([user(4), user(5)], checkpoint=PAGE) == 1
    assert left.swap(FULL, delta_link=None).total == 5
    assert lists.entry(NAME, "id-1") == user(1, jobTitle="new")


def test_what_came_twice_before_an_interruption_is_no_damage(lists: ListDatabase) -> None:
    stage = lists.begin_stage(NAME, STARTED)
    stage.add([user(1), user(2)], checkpoint=PAGE)
    stage.add([user(2, jobTitle="last"), user(3)], checkpoint=PAGE)
    left = lists.open_stage(NAME)
    assert left is not None
    assert left.entries == 3
    assert left.add([user(3), user(4)], checkpoint=PAGE) == 1
    assert left.preview() == Changes(added=4)
    assert left.swap(FULL, delta_link=None).total == 4
    assert lists.entry(NAME, "id-2") == user(2, jobTitle="last")


def test_a_new_file_has_large_pages_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    def page_size(path: Path) -> int:
        with closing(sqlite3.connect(path)) as connection:
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        return int(size)

    with ListDatabase(tmp_path / "new.db") as lists:
        lists.create_list(USERS, CONNECTOR)
    assert page_size(tmp_path / "new.db") == 16_384
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        bring_up(connection)
        connection.commit()
    with ListDatabase(tmp_path / "old.db") as lists:
        lists.create_list(USERS, CONNECTOR)
        fill(lists, [user(1)])
        assert lists.rows(NAME) == [user(1)]
    assert page_size(tmp_path / "old.db") == 4_096
