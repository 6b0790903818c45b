"""A planted secret is looked for everywhere: files, output, the process list. The encrypted file does not show it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.commands.program import SECONDS, Practice, Program, serving

PLANTED = "zzz8Q~planted+in/every place".replace(" ", "%") + "x" * 12
PASSPHRASE = "planted passphrase of four words"


def forms(text: str) -> list[bytes]:
    """The ways in which a text may be written."""
    return [
        text.encode(),
        quote(text, safe="").encode(),
        base64.b64encode(text.encode()).rstrip(b"=")[:-1],
        json.dumps(text)[1:-1].encode(),
        text.encode().hex().encode(),
    ]


def holds(content: bytes) -> bool:
    return any(form in content for text in (PLANTED, PASSPHRASE) for form in forms(text))


def search(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and holds(path.read_bytes())]


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "leak").write_text(f"client_secret={quote(PLANTED, safe='')}")
    assert search(tmp_path)


@pytest.mark.parametrize("store", ["file", "none"])
def test_nothing_holds_the_secret(store: str, tmp_path: Path) -> None:
    scenario = tmp_path / "planted.toml"
    scenario.write_text(f"""
title = "A planted secret"
description = "Waits in the middle of a read, so that the process can be looked at."

[users]
count = 1500

[[applications]]
[[applications.secrets]]
value = {json.dumps(PLANTED)}

[[faults]]
kind = "throttled"
where = "users"
after = 3
seconds = 600

[[faults]]
kind = "server-error"
where = "organization"
after = 1
seconds = 1
""")
    server = tmp_path / "server"
    server.mkdir()
    home = tmp_path / "home"
    with serving(server, str(scenario)) as practice:
        program = Program(
            practice.program(home, give_secret=False).home,
            {"SSL_CERT_FILE": practice.ca_file, "ENTRA_TUI_PASSPHRASE": PASSPHRASE},
        )
        given = {"ENTRA_TUI_CLIENT_SECRET": PLANTED} if store == "none" else {}
        told = [everything(program, practice, store, given)]
        with program.start("sync", "Contoso", "--json", **given) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stdout:
                told.append(line)
                if json.loads(line)["event"] == "waiting":
                    break
            command_line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            assert b"sync" in command_line
            assert not holds(command_line)
            process.terminate()
            assert process.wait(SECONDS) == 130
            told.append(process.stdout.read() + process.stderr.read())
        done = program.run("sync", "Contoso", **given)
        assert done.returncode == 0, done.stderr
        told += [done.stdout, done.stderr, program.run("export", "Users - Contoso").stdout]
        told.append(program.run("connector", "show", "Contoso").stdout)
    assert not holds("".join(told).encode())
    assert search(home) == []
    assert search(server) == []


def everything(program: Program, practice: Practice, store: str, given: dict[str, str]) -> str:
    """Right and wrong uses, with all that they say."""
    add = ("connector", "add", "Contoso", *practice.ids, "--environment", "practice")
    runs = [
        program.run(*add, "--client-secret", PLANTED),
        program.run(*add, PLANTED),
        program.run("connector", "add", "Contoso", "--tenant-id", PLANTED, "--client-id", PLANTED),
        program.run(*add, "--client-secret-stdin", "--secret-store", store, stdin=PLANTED),
        # Each of these two asks for users once; the scenario's third such request begins the synchronization.
        program.run("check", "Contoso", **given),
        program.run("check", "Contoso", "--json", **given),
        program.run("check", "Contoso", "--client-secret-stdin", stdin=f"{PLANTED}-wrong"),
        program.run("check", "Contoso", "--client-secret-stdin", stdin=f"{PLANTED} {PLANTED}"),
        program.run("check", "--tenant-id", "nowhere.example", *practice.ids[2:], *add[-2:], **given),
        program.run("sync", "Contoso", "--json", "--client-secret-stdin", stdin=f"{PLANTED}-wrong"),
    ]
    assert [run.returncode for run in runs[:6]] == [2, 2, 2, 0, 0, 0], [(run.stdout, run.stderr) for run in runs[5:6]]
    assert runs[-1].returncode == 1
    return "".join(run.stdout + run.stderr for run in runs)
