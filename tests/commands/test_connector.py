"""`entra-tui connector` in this very process."""

from __future__ import annotations

import io
import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from entra_tui.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
OTHER_CLIENT = "33333333-3333-4333-8333-333333333333"
SECRET = "abc8Q~this-is-a-planted-secret-of-37-ch4"
ADD = ("connector", "add", "Contoso", "--tenant-id", TENANT, "--client-id", CLIENT)


class Terminal(io.StringIO):
    """Standard input with a person at it."""

    def isatty(self) -> bool:
        return True


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str, hidden: tuple[str, ...] = ()) -> list[str]:
    """Let a person answer; gives the hidden questions that were asked."""
    asked: list[str] = []
    waiting = list(hidden)

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return waiting.pop(0)

    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))
    monkeypatch.setattr("getpass.getpass", getpass)
    return asked


def shown(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(capsys.readouterr().out)


def test_pasted_values_are_cleaned(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = (
        "connector",
        "add",
        "  Contoso   West ",
        "--tenant-id",
        f"\n {{{TENANT.upper()}}} ",
        "--client-id",
        f'"{CLIENT}"',
    )
    assert main([*line, "--json"]) == 0
    saved = shown(capsys)
    assert (saved["name"], saved["tenant_id"], saved["client_id"]) == ("Contoso West", TENANT, CLIENT)
    assert saved["environment"] == "public"
    assert saved["lists"] == ["Users - Contoso West"]


def test_everything_that_can_be_said_is_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--secret-expires", "2027-01-31", "--feature", "groups", "--least-privilege", "--environment", "usgov")
    assert main([*ADD, *options]) == 0
    assert capsys.readouterr().out.endswith("; its lookup lists are 'Users - Contoso' and 'Groups - Contoso'.\n")
    assert main(["connector", "show", "CONTOSO", "--json"]) == 0
    assert shown(capsys) == {
        "name": "Contoso",
        "type": "Microsoft Entra ID",
        "tenant_id": TENANT,
        "client_id": CLIENT,
        "environment": "usgov",
        "secret_store": "none",
        "secret_expires": "2027-01-31",
        "features": ["users", "groups"],
        "least_privilege": True,
        "lists": ["Users - Contoso", "Groups - Contoso"],
    }
    assert main(["connector", "show", "contoso"]) == 0
    out = capsys.readouterr().out
    assert "Environment Type  Azure US Government" in out
    assert "not kept; ENTRA_TUI_CLIENT_SECRET is read at each use, until 2027-01-31" in out


def test_without_a_keyring_it_says_that_nothing_is_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ADD) == 0
    assert "no keyring, so the client secret is not kept" in capsys.readouterr().err


def test_a_name_is_given_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ADD) == 0
    capsys.readouterr()
    assert main([part if part != "Contoso" else "CONTOSO" for part in ADD]) == 2
    told = capsys.readouterr()
    assert "There is a connector 'CONTOSO' already" in told.err
    assert told.out == ""


def test_a_person_types_the_secret_and_chooses_a_passphrase(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = answer(monkeypatch, hidden=(SECRET, "four words and more", "four words and more"))
    assert main([*ADD, "--secret-store", "file"]) == 0
    assert len(asked) == 3
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    capsys.readouterr()
    asked = answer(monkeypatch, hidden=("abc8Q~this-is-another-secret-of-37-chrs", "four words and more"))
    assert main(["connector", "add", "Fabrikam", *ADD[3:5], "--client-id", OTHER_CLIENT, "--secret-store", "file"]) == 0
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("hidden", "sentence"),
    [
        (("",), "No client secret was entered"),
        ((SECRET, "one", "two"), "The two passphrases differ"),
        ((SECRET, "", ""), "needs a passphrase"),
    ],
)
def test_a_person_who_types_nothing_useful(
    hidden: tuple[str, ...],
    sentence: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer(monkeypatch, hidden=hidden)
    assert main([*ADD, "--secret-store", "file"]) == 2
    assert sentence in capsys.readouterr().err
    assert not (home / "config.toml").exists()


def test_a_wrong_passphrase_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("ENTRA_TUI_PASSPHRASE", "four words and more")
    assert main([*ADD, "--secret-store", "file"]) == 0
    monkeypatch.setenv("ENTRA_TUI_PASSPHRASE", "five words and more")
    capsys.readouterr()
    assert main(["check"]) == 2
    assert "not the passphrase" in capsys.readouterr().err


def test_a_keyring_that_is_not_there_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", SECRET)
    assert main([*ADD, "--secret-store", "keyring"]) == 1
    assert "This system has no keyring" in capsys.readouterr().err
    assert not (home / "config.toml").exists()


@pytest.mark.parametrize(("said", "code"), [("y", 0), ("YES", 0), ("n", 130), ("", 130)])
def test_removing_is_asked_first(
    said: str, code: int, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ADD) == 0
    answer(monkeypatch, said)
    assert main(["connector", "remove", "contoso"]) == code
    assert "Remove the connector 'Contoso', its secret and its lookup lists? [y/N]" in capsys.readouterr().err
    assert len(tomllib.loads((home / "config.toml").read_text())["connectors"]) == (0 if code == 0 else 1)


def test_where_nobody_can_be_asked_removing_needs_a_yes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ADD) == 0
    assert main(["connector", "remove", "Contoso"]) == 2
    assert "needs --yes" in capsys.readouterr().err
    assert main(["connector", "remove", "Contoso", "--yes", "--json"]) == 0
    assert shown(capsys) == {"removed": "Contoso"}
    assert main(["list", "--json"]) == 0
    assert shown(capsys) == []


def test_names_of_every_script_line_up(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Contoso", "云杉物流"):
        assert main([name if part == "Contoso" else part for part in ADD]) == 0
    capsys.readouterr()
    assert main(["connector", "list"]) == 0
    heading, first, second = capsys.readouterr().out.splitlines()
    assert heading.split() == ["NAME", "ENVIRONMENT", "TENANT", "ID"]
    assert first.index("public") == second.index("public") + 4


LAB = """
[environments.lab]
label = "Laboratory"
authority = "https://login.lab.example"
graph = "https://graph.lab.example"
"""


def test_a_host_that_is_not_microsofts_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(LAB)
    monkeypatch.setenv("ENTRA_TUI_PASSPHRASE", "four words and more")
    asked = answer(monkeypatch, hidden=(SECRET,))
    assert main([*ADD, "--environment", "lab", "--secret-store", "file"]) == 0
    assert len(asked) == 1
    assert "It will be sent to login.lab.example." in capsys.readouterr().err
    assert main(["connector", "list"]) == 0
    assert "lab at login.lab.example" in capsys.readouterr().out
    assert main(["connector", "show", "Contoso"]) == 0
    shown_lines = capsys.readouterr().out.splitlines()
    assert "Environment Type  login.lab.example, graph.lab.example (Laboratory)" in shown_lines


@pytest.mark.parametrize("command", [("check",), ("check", "Contoso", "--json"), ("sync", "Contoso")])
def test_a_stored_secret_is_not_sent_to_another_host(
    command: tuple[str, ...], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("ENTRA_TUI_PASSPHRASE", "four words and more")
    assert main([*ADD, "--secret-store", "file"]) == 0
    monkeypatch.delenv("ENTRA_TUI_CLIENT_SECRET")
    config = home / "config.toml"
    config.write_text(config.read_text().replace('environment = "public"', 'environment = "lab"') + LAB)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    capsys.readouterr()
    assert main([*command]) == 2
    assert "No client secret for 'Contoso' is stored for login.lab.example; set" in capsys.readouterr().err
