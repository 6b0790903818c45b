"""What is typed wrong is told in one sentence, with exit code 2 and nothing on stdout."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from entra_tui import __version__
from entra_tui.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
PLANTED = "abc8Q~this-is-a-planted-secret-of-37-ch4"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    return code, told.out, told.err


def add(**changes: str | None) -> list[str]:
    """A command line of `connector add` with some values changed, or left out where None."""
    values: dict[str, str | None] = {
        "name": "Contoso",
        "--tenant-id": TENANT,
        "--client-id": CLIENT,
        "--environment": "public",
        "--secret-store": "none",
    }
    for key, value in changes.items():
        values[key if key == "name" else f"--{key.replace('_', '-')}"] = value
    name = values.pop("name")
    line = ["connector", "add", *([] if name is None else [name])]
    return line + [part for key, value in values.items() if value is not None for part in (key, value)]


def test_help_reads_like_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--help")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    for word in ("check", "connector", "sync", "list", "export", "simulate", "demo", "exit codes:", "SSL_CERT_FILE"):
        assert word in out
    assert "--client-secret " not in out


COMMANDS = (
    *("demo", "check", "connector", "connector add", "connector list", "connector show", "connector remove", "sync"),
    *("list", "export", "evidence", "report", "replay", "simulate", "serve"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *command.split(), "--help")
    assert code == 0
    assert out.startswith(f"usage: entra-tui {command} ")
    assert "--data-dir DIR" in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"entra-tui {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["chekc"], "invalid choice: 'chekc'"),
        (["connector"], "required: COMMAND"),
        (["sync"], "required: CONNECTOR"),
        (["check", "--jsn"], "there is no option --jsn here; see `entra-tui check --help`."),
        (["check", "a", "b"], "there are more arguments than it takes; see `entra-tui check --help`."),
        (["check", "--js"], "there is no option --js here"),
        (["list", "--data-dir", " "], "give the path of a folder"),
        (["simulate", "--port", "70000"], "give a whole number from 0 to 65535"),
        (["simulate", "--port", "8_0"], "give a whole number"),
        (["simulate", "--users", "-1"], "give a whole number from 0"),
        (["simulate", "nowhere"], "There is no scenario `nowhere`"),
        (["simulate", "--host", "0.0.0.0"], "other machines"),
        (["export", "X", "--format", "xml"], "invalid choice: 'xml'"),
        (["check"], "There is no connector yet"),
        (["check", "Contoso"], "There is no connector 'Contoso'; add one with"),
        (["check", "Contoso", "--tenant-id", TENANT], "Name a saved connector, or give --tenant-id"),
        (["check", "--tenant-id", TENANT], "Name a saved connector, or give --tenant-id"),
        (["check", "--environment", "public"], "Name a saved connector, or give --tenant-id"),
        (["check", "--tenant-id", TENANT, "--client-id", CLIENT], "No client secret for this check; set ENTRA_TUI"),
        (
            ["check", "--tenant-id", TENANT, "--client-id", CLIENT, "--environment", "mars"],
            "There is no environment 'mars'; choose from public, usgov, usgov-dod, china",
        ),
        (["sync", "Contoso"], "There is no connector 'Contoso'"),
        (["export", "Users - Contoso"], "There is no lookup list 'Users - Contoso'; add a connector first"),
        (["connector", "show", "Contoso"], "There is no connector 'Contoso'"),
        (["connector", "remove", "Contoso", "--yes"], "There is no connector 'Contoso'"),
        (add(name=None), "required: NAME"),
        (add(tenant_id=None), "required: --tenant-id"),
        (add(name="  "), "Name: Give the connector a name."),
        (add(name="x" * 121), "Name: A name has at most 120 characters; this one has 121."),
        (add(name="a\x1b[31mb"), "Name: The name holds characters that cannot be shown"),
        (add(name=PLANTED), "Name: This looks like a client secret"),
        (add(tenant_id=""), "Tenant ID: Enter the tenant ID"),
        (add(tenant_id="nonsense"), "Tenant ID: This is neither a GUID nor a domain name"),
        (add(tenant_id="contoso.com"), "Tenant ID: The connector needs the GUID, not the domain name 'contoso.com'"),
        (add(tenant_id=PLANTED), "Tenant ID: This looks like a client secret"),
        (add(client_id="nonsense"), "Client ID: This is not a GUID"),
        (add(client_id=TENANT), "Client ID: This is the tenant ID again"),
        (add(client_id=PLANTED), "Client ID: This looks like a client secret"),
        (add(client_id="14d82eec-204b-4c2f-b7e8-296a70dab67e"), "Client ID: This is the ID of Microsoft Graph Command"),
        (add(environment="mars"), "There is no environment 'mars'"),
        (add(secret_store="paper"), "invalid choice: 'paper'"),
        (add(secret_expires="31.1.2027"), "--secret-expires takes a day as YYYY-MM-DD"),
        ([*add(), "--feature", "weather"], "invalid choice: 'weather'"),
        ([*add(secret_store="file")], "No client secret for 'Contoso'; set ENTRA_TUI_CLIENT_SECRET"),
        (
            ["--client-secret", PLANTED, "list"],
            "pipe it in with --client-secret-stdin, or set ENTRA_TUI_CLIENT_SECRET.",
        ),
        ([*add(), "--client-secret", PLANTED], "a client secret is never an argument"),
        ([*add(), f"--client-secret={PLANTED}"], "a client secret is never an argument"),
        ([*add(), PLANTED], "there are more arguments than it takes"),
        ([PLANTED], "invalid choice: '[masked]'"),
    ],
)
def test_wrong_usage(arguments: list[str], sentence: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.startswith("entra-tui: ")
    assert err.count("\n") == 1
    assert PLANTED not in err


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [
        ("", "No client secret came on standard input"),
        (" \n\n", "No client secret came on standard input"),
        ("c8d2417f-95ab-4e60-b3f1-2a7d6c90e845", "Client Secret: This is the Secret ID, not the secret"),
        (CLIENT, "Client Secret: This is the tenant ID or the client ID again"),
        ("short", "Client Secret: 5 characters are too few"),
        ("two words are not a secret", "Client Secret: A client secret has no blanks inside"),
    ],
)
def test_a_secret_that_cannot_be_one(
    secret: str,
    sentence: str,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(secret.encode())))
    code, out, err = run(capsys, *add(), "--client-secret-stdin")
    assert (code, out) == (2, "")
    assert sentence in err
    assert run(capsys, "connector", "list", "--json")[1] == "[]\n"


def test_a_secret_that_is_no_text(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfes\0e\0")))
    assert run(capsys, *add(), "--client-secret-stdin")[0] == 2


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_data_folder_may_stand_on_either_side(place: str, tmp_path: Path, home: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    option = ["--data-dir", str(elsewhere)]
    line = [*option, *add()] if place == "before" else [*add(), *option]
    assert main(line) == 0
    assert (elsewhere / "config.toml").is_file()
    assert not home.exists()


def test_a_damaged_configuration_names_line_and_reason_and_is_left_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    damaged = 'version = 1\n[[connectors]]\nname = "Contoso\n'
    (home / "config.toml").write_text(damaged)
    for line in (["check"], ["sync", "Contoso"], ["connector", "list"], add()):
        code, out, err = run(capsys, *line)
        assert (code, out) == (2, "")
        assert "config.toml, line 3" in err
        assert err.count("\n") <= 2
    assert (home / "config.toml").read_text() == damaged


def test_several_connectors_must_be_told_apart(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Contoso", "Fabrikam"):
        assert main(add(name=name)) == 0
    capsys.readouterr()
    code, _, err = run(capsys, "check")
    assert code == 2
    assert "name one of 'Contoso', 'Fabrikam'" in err
    code, _, err = run(capsys, "sync", "Northwind")
    assert "choose from 'Contoso', 'Fabrikam'" in err


def test_a_folder_that_cannot_be_made(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("a file stands where the folder should be")
    code, out, err = run(capsys, "list")
    assert (code, out) == (2, "")
    assert "choose another with --data-dir" in err


def test_a_trust_file_that_is_none(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    code, out, err = run(capsys, "check")
    assert (code, out) == (2, "")
    assert "SSL_CERT_FILE names /nowhere/ca.pem" in err
