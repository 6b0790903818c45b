"""`entra-tui export --memberships`: a line for each member, with the member's name."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from entra_tui.__main__ import main
from entra_tui.export import lists
from entra_tui.model.entry import Entry
from entra_tui.model.permission import Feature
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.lists import ListDatabase, RunMode, RunReport

if TYPE_CHECKING:
    from pathlib import Path

ADA, BOB, DEVICE = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abd")


@pytest.fixture
def groups(home: Path) -> Path:
    """A group of two users and a device, and one whose members are not known."""
    home.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    report = RunReport(RunMode.FULL, now, now, 1)
    with ListDatabase(home / LISTS_FILE) as database:
        for feature in (Feature.USERS, Feature.GROUPS):
            database.create_list(feature, "Contoso")
        people = [
            Entry(ADA, {"displayName": "=Ada", "userPrincipalName": "ada@contoso.com"}),
            Entry(BOB, {"displayName": "Bob", "userPrincipalName": "bob@contoso.com"}),
        ]
        database.apply("Users - Contoso", people, (), report, delta_link=None)
        database.apply(
            "Groups - Contoso",
            [Entry("g1", {"displayName": "Everyone"}), Entry("g2", {"displayName": "Hidden"})],
            (),
            report,
            delta_link=None,
            members={"g1": {ADA: True, BOB: True, DEVICE: True}},
        )
    return home


def exported(home: Path, capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[list[str]]:
    assert main(["export", *arguments, "--data-dir", str(home)]) == 0
    return list(csv.reader(io.StringIO(capfdbinary.readouterr().out.decode())))


def test_memberships_are_a_line_each_with_the_members_names(
    groups: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert exported(groups, capfdbinary, "Groups - Contoso", "--memberships") == [
        ["id", "displayName", "memberId", "memberDisplayName", "memberUserPrincipalName"],
        ["g1", "Everyone", ADA, "'=Ada", "ada@contoso.com"],
        ["g1", "Everyone", BOB, "Bob", "bob@contoso.com"],
        ["g1", "Everyone", DEVICE, "", ""],
    ]


@pytest.mark.parametrize(("batch", "most"), [(1, 0), (2, 1), (2, 1000)])
def test_names_are_the_members_however_few_are_kept(
    groups: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, batch: int, most: int
) -> None:
    monkeypatch.setattr(lists, "_BATCH", batch)
    monkeypatch.setattr(lists, "_MOST_KNOWN", most)
    now = datetime.now(UTC)
    names = {ADA: "'=Ada", BOB: "Bob", DEVICE: ""}
    members = {"g3": (BOB, DEVICE), "g4": (ADA, BOB), "g5": (), "g6": (DEVICE,)}
    with ListDatabase(groups / LISTS_FILE) as database:
        database.apply(
            "Groups - Contoso",
            [Entry(group, {"displayName": f"Later {group}"}) for group in members],
            (),
            RunReport(RunMode.DELTA, now, now, 1),
            delta_link=None,
            members={group: dict.fromkeys(those, True) for group, those in members.items()},
        )
    lines = exported(groups, capfdbinary, "Groups - Contoso", "--memberships")
    everyone = {"g1": (ADA, BOB, DEVICE), **members}
    assert [(line[0], line[2], line[3]) for line in lines[1:]] == [
        (group, member, names[member]) for group, those in everyone.items() for member in those
    ]


def test_the_groups_themselves_have_a_count(groups: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert exported(groups, capfdbinary, "Groups - Contoso") == [
        ["id", "displayName", "memberCount"],
        ["g1", "Everyone", "3"],
        ["g2", "Hidden", ""],
    ]


def test_groups_whose_members_are_unknown_are_told(
    groups: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "members.csv")
    for options in ((), ("-o", target)):
        assert main(["export", "Groups - Contoso", "--memberships", *options, "--data-dir", str(groups)]) == 0
        assert "The members of 1 group are unknown; they are left out.\n" in capsys.readouterr().err
        assert main(["export", "Groups - Contoso", *options, "--data-dir", str(groups)]) == 0
        assert "unknown" not in capsys.readouterr().err


def test_users_have_no_memberships(groups: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "Users - Contoso", "--memberships", "--data-dir", str(groups)]) == 2
    assert "has no memberships" in capsys.readouterr().err


def test_memberships_go_into_a_file_of_any_format(groups: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in ("csv", "xlsx", "json", "jsonl"):
        target = groups / f"members.{ending}"
        assert main(["export", "Groups - Contoso", "--memberships", "-o", str(target), "--data-dir", str(groups)]) == 0
        assert "Wrote 3 memberships of 'Groups - Contoso'" in capsys.readouterr().err
        assert target.stat().st_size > 100
