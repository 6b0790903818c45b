"""A disk that is full, read-only or without locks stops what writes; what is stored can still be read."""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from entra_tui.storage import disk
from entra_tui.storage.errors import DiskFullError, FolderError, LockedError, NoLocksError, ReadOnlyDiskError
from entra_tui.storage.folders import Folders
from entra_tui.storage.lists import ListDatabase, schema
from entra_tui.storage.lists import connection as connection_module
from entra_tui.storage.log import start_log
from tests.storage.list_samples import CONNECTOR, DELTA, NAME, USERS, user

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = [user(number) for number in range(3)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lists.db"
    with ListDatabase(path) as lists:
        lists.create_list(USERS, CONNECTOR)
        lists.apply(NAME, PEOPLE, (), DELTA, delta_link=None)
    return path


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch, path: Path) -> Path:
    """The file on a disk that refuses every write, as SQLite and the system would say it."""
    real_connect, real_open = sqlite3.connect, os.open

    def connect(database: str | Path, **options: object) -> sqlite3.Connection:
        if not options.get("uri") and str(database) != ":memory:":
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return real_connect(database, **options)  # type: ignore[call-overload, no-any-return]

    def refuse(file: str, flags: int, mode: int = 0o777, **options: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and str(file).startswith(str(path.parent)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), file)
        return real_open(file, flags, mode, **options)

    def fault(folder: Path, size: int = 0) -> OSError:
        return OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(connection_module, "writing_fault", fault)
    monkeypatch.setattr("entra_tui.storage.lists.sqlite_errors.writing_fault", fault)
    return path


def test_a_read_only_disk_is_read_and_says_so(read_only: Path) -> None:
    with ListDatabase(read_only) as lists:
        assert lists.rows(NAME) == list(lists.iterate(NAME)) == PEOPLE
        assert lists.why_read_only == "The disk is read-only: lists can be read, not synchronized."
        with pytest.raises(ReadOnlyDiskError, match="make the disk writable"):
            lists.create_list(USERS, CONNECTOR)
        with pytest.raises(ReadOnlyDiskError, match=r"lists\.db cannot be written"), lists.claim(NAME):
            pass


def test_no_file_on_a_read_only_disk_is_no_list(read_only: Path) -> None:
    read_only.unlink()
    with ListDatabase(read_only) as lists:
        assert lists.overview() == ()
        assert "read-only" in lists.why_read_only


def test_an_older_file_on_a_read_only_disk_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        schema.bring_up(connection, to=1)
        connection.commit()
    request.getfixturevalue("read_only")
    with ListDatabase(path) as lists, pytest.raises(FolderError, match="older release and must be upgraded"):
        lists.overview()


def test_a_log_that_nobody_merged_is_never_passed_over(
    path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    path.with_name("lists.db-wal").write_bytes(b"changes that are not in the file yet")
    request.getfixturevalue("read_only")
    connect = sqlite3.connect

    def refuse(database: str | Path, **options: object) -> sqlite3.Connection:
        if "mode=ro" in str(database):
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return connect(database, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", refuse)
    with ListDatabase(path) as lists, pytest.raises(FolderError, match=r"lists\.db-wal holds changes"):
        lists.overview()
    path.with_name("lists.db-wal").unlink()
    with ListDatabase(path) as lists:
        assert lists.rows(NAME) == PEOPLE
        rows = lists.iterate(NAME)
        next(rows)
        path.touch()
        with pytest.raises(LockedError, match="while it was read"):
            list(rows)


def test_a_file_that_must_not_grow_is_read_and_says_so(path: Path) -> None:
    """As a quota or a full disk; a limit of the process works on every machine."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom entra_tui.storage.lists import ListDatabase\n"
        "from entra_tui.storage.errors import DiskFullError\nfrom entra_tui.model.permission import Feature\n"
        "with ListDatabase(Path(sys.argv[1])) as lists:\n"
        "    print(len(lists.rows('Users - Contoso')), lists.why_read_only)\n"
        "    try:\n        lists.create_list(Feature.GROUPS, 'Contoso')\n"
        "    except DiskFullError as error:\n        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)),
    )
    read, refused = done.stdout.splitlines()
    assert read == "3 The disk is full: lists can be read, not synchronized."
    assert refused == (
        f"{path} cannot be written (File too large); make room, or choose another folder with --data-dir."
    )


@pytest.mark.parametrize(
    ("number", "kind", "advice"),
    [
        (errno.ENOSPC, DiskFullError, "make room"),
        (errno.EDQUOT, DiskFullError, "make room"),
        (errno.EFBIG, DiskFullError, "make room"),
        (errno.EROFS, ReadOnlyDiskError, "make the disk writable"),
        (errno.EACCES, FolderError, "do as told"),
    ],
)
def test_what_the_system_refuses_is_a_sentence(
    tmp_path: Path, number: int, kind: type[FolderError], advice: str
) -> None:
    told = disk.refusal(tmp_path / "file", OSError(number, os.strerror(number)), "do as told")
    assert type(told) is kind
    assert told.sentence.startswith(f"{tmp_path / 'file'} cannot be written ({os.strerror(number)}); {advice}")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_disk_without_locks_is_told_instead_of_another_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.lockf", refuse)
    blocker = sqlite3.connect(path, isolation_level=None)
    with closing(blocker), ListDatabase(path, busy_seconds=0) as lists:
        blocker.execute("BEGIN IMMEDIATE")  # what SQLite takes a disk without locks for
        with pytest.raises(NoLocksError, match="a folder on a local disk with --data-dir DIR"):
            lists.create_list(USERS, CONNECTOR)
    monkeypatch.setattr("fcntl.flock", refuse)
    with ListDatabase(path) as lists, pytest.raises(NoLocksError, match="--data-dir DIR") as told, lists.claim(NAME):
        pass
    assert f"{path}.1.lock" in told.value.sentence


def test_folders_on_a_read_only_disk_can_be_used_for_reading(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folders = Folders.locate(tmp_path / "home")
    folders.ensure()

    def everywhere(_: Path) -> bool:
        return True

    monkeypatch.setattr("entra_tui.storage.folders.is_read_only", everywhere)
    monkeypatch.setattr("os.access", lambda *_: False)
    folders.ensure()


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC])
def test_no_log_is_kept_where_it_cannot_be(folders: Folders, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    real = os.open

    def refuse(path: str, *rest: int, **options: int) -> int:
        if str(path).endswith("entra-tui.log"):
            raise OSError(number, os.strerror(number))
        return real(path, *rest, **options)

    monkeypatch.setattr("os.open", refuse)
    with start_log(folders, str) as log:
        assert not log.is_kept
