from __future__ import annotations

import stat
from pathlib import Path

import pytest

from entra_tui.storage.errors import FolderError
from entra_tui.storage.folders import Folders


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_system_places_each_folder_under_the_programs_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    found = Folders.locate()
    assert {found.config.name, found.data.name, found.state.name} == {"entra-tui"}
    assert not found.config.exists()


def test_one_home_holds_everything(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    found = Folders.locate(home)
    assert found == Folders(home, home, home)
    found.ensure()
    assert mode(home) == 0o700


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Folders.locate(Path("here")).config == tmp_path / "here"


def test_an_empty_folder_and_our_own_are_closed_to_others(tmp_path: Path) -> None:
    empty, own = tmp_path / "empty", tmp_path / "entra-tui"
    for folder in (empty, own):
        folder.mkdir()
        folder.chmod(0o755)
    (own / "config.toml").write_text("version = 1")
    Folders(empty, own, own).ensure()
    assert (mode(empty), mode(own)) == (0o700, 0o700)


def test_a_folder_with_other_things_in_it_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (shared / "letter.txt").write_text("other")
    Folders.locate(shared).ensure()
    assert mode(shared) == 0o755


def test_a_file_in_the_way_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError) as caught:
        Folders.locate(tmp_path / "file").ensure()
    assert str(tmp_path / "file") in caught.value.sentence
    assert "--data-dir" in caught.value.sentence


def test_a_folder_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(path: Path, how: int) -> bool:
        return False

    monkeypatch.setattr("os.access", refuse)  # a superuser may write anywhere
    with pytest.raises(FolderError, match="cannot be written"):
        Folders.locate(tmp_path / "home").ensure()
