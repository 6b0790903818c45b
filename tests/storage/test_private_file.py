from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from entra_tui.storage.errors import DiskFullError, FolderError, LockedError, ReadOnlyDiskError
from entra_tui.storage.private_file import locked, read_private, write_private

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read_and_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert read_private(path) == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_no_file_is_none(tmp_path: Path) -> None:
    assert read_private(tmp_path / "none") is None


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="cannot be read"):
        read_private(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(FolderError, match="cannot be written"):
        write_private(tmp_path / "folder", b"")
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_a_failure_leaves_the_old_content_and_nothing_aside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def no_room(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(FolderError, match="No space left"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "kept-elsewhere", tmp_path / "config.toml"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_private(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_second_holder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with locked(path), pytest.raises(LockedError, match="Another running copy"), locked(path, seconds=0):
        pass
    with locked(path, seconds=0):
        assert not path.exists()


def test_a_lock_says_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    lock = tmp_path / "file.lock"
    with locked(path), pytest.raises(LockedError) as told, locked(path, seconds=0, doing="counting"):
        pass
    assert told.value.sentence == (
        f"Another running copy (process {os.getpid()}, lock {lock}) is counting; wait for it to finish, or close it."
    )
    assert lock.read_bytes() == b""


def test_a_lock_of_another_host_is_named_with_its_file(tmp_path: Path) -> None:
    path, lock = tmp_path / "file", tmp_path / "file.lock"
    with locked(path):
        lock.write_text("\n4711 jump\x1bhost\n")
        with pytest.raises(LockedError) as told, locked(path, seconds=0):
            pass
        assert told.value.sentence == (
            f"Another running copy on jump\N{REPLACEMENT CHARACTER}host (process 4711) is using {path}; wait for it to"
            f" finish, or delete {lock} if jump\N{REPLACEMENT CHARACTER}host no longer runs entra-tui."
        )
        lock.unlink()
        with locked(path, seconds=0):
            assert lock.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"12345\nelsewhere\n", b"\nnobody\n"])
def test_what_another_program_left_in_a_lock_file_holds_nothing(tmp_path: Path, content: bytes) -> None:
    path, lock = tmp_path / "file", tmp_path / "file.lock"
    lock.write_bytes(content)
    with locked(path, seconds=0):
        lock.write_bytes(content)
        with pytest.raises(LockedError, match=r"Another running copy .*is using"), locked(path, seconds=0):
            pass


@pytest.mark.parametrize(
    ("number", "kind", "way_out"),
    [
        (errno.EROFS, ReadOnlyDiskError, "make the disk writable"),
        (errno.ENOSPC, DiskFullError, "make room"),
        (errno.EACCES, FolderError, "permissions"),
    ],
)
def test_a_lock_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[FolderError], way_out: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(kind, match=way_out) as told, locked(tmp_path / "file"):
        pass
    assert str(tmp_path / "file.lock") in told.value.sentence
