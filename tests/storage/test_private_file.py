from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from entra_tui.storage.errors import FolderError, LockedError
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
