"""What a command does not need, it does not load."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from entra_tui.client_secrets import SECRET_VARIABLE
from entra_tui.storage.folders import LISTS_FILE
from tests.sync.practice_server import CONNECTOR, practice_server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEAVY = {"textual", "msal", "httpx", "starlette", "uvicorn", "keyring", "cryptography", "sqlite3", "rich", "asyncio"}
IDS = ("--tenant-id", "nonsense", "--client-id", "nonsense")


def loaded(home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> set[str]:
    """The modules that one run loads, and the packages that they are in."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "entra_tui", *arguments],
        env={**os.environ, SECRET_VARIABLE: "nonsense", **(environment or {}), "ENTRA_TUI_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert lines
    names = {line.rpartition("|")[2].strip() for line in lines}
    return names | {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_it_is_costs_nothing(option: str, tmp_path: Path) -> None:
    assert not loaded(tmp_path, option) & HEAVY


@pytest.mark.parametrize(
    ("arguments", "spared"),
    [
        (("check", *IDS), {"textual", "msal", "starlette", "uvicorn", "keyring"}),
        (("sync", "Contoso"), {"textual", "msal", "starlette", "uvicorn", "keyring"}),
        (("list",), {"textual", "msal", "starlette", "uvicorn", "keyring"}),
        (("export", "Users - Contoso"), {"textual", "msal", "keyring", "xlsxwriter"}),
        (("connector", "list"), {"textual", "msal", "starlette", "uvicorn", "keyring"}),
        (("simulate", "--list"), {"textual", "msal", "keyring", "asyncio", "httpx", "jwt", "starlette", "uvicorn"}),
        (("serve", "--no-demo", "--users", "1"), {"textual", "msal", "keyring", "aiohttp"}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_no_command_loads_a_screen(arguments: tuple[str, ...], spared: set[str], tmp_path: Path) -> None:
    assert not loaded(tmp_path, *arguments) & spared


def test_what_is_stored_is_shown_without_event_loop_and_network(tmp_path: Path) -> None:
    ids = ("--tenant-id", "6d1f0c84-2b7a-4e39-95c8-40af7e13b6d2", "--client-id", "0b7e5a92-43cd-4d18-8f6e-97a1c2d503be")
    loaded(tmp_path, "connector", "add", "Contoso", *ids, "--secret-store", "none", environment={SECRET_VARIABLE: ""})
    assert (tmp_path / LISTS_FILE).exists()
    commands = [("list",), ("list", "--json"), ("list", "--runs", "Users - Contoso")]
    commands += [("connector", "list"), ("connector", "show", "Contoso"), ("connector", "list", "--json")]
    for command in commands:
        modules = loaded(tmp_path, *command)
        assert {"tomllib", "sqlite3"} & modules, command
        assert not modules & (HEAVY - {"sqlite3"}), command
        assert not modules & {"ssl", "filelock", "platformdirs", "tempfile"}, command


def test_a_run_on_a_tenant_loads_nothing_for_others_than_it(tmp_path: Path) -> None:
    for_others = {"click", "pygments", "rich", "requests", "urllib3", "charset_normalizer", "textual", "starlette"}
    with practice_server(tmp_path, "healthy", users=3) as tenant:
        for command in ("check", "sync", "sync"):
            for form in ((), ("--json",)):
                modules = loaded(tenant.data, command, CONNECTOR, *form, environment=tenant.environment)
                assert {"httpx", "msal"} <= modules, command
                assert not modules & for_others, command
                # In a synchronization the checks and the catalogue are for what went wrong.
                assert command == "check" or not any(name.startswith("entra_tui.checks") for name in modules)


def test_the_first_screen_loads_neither_network_nor_keyring_nor_simulator(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom entra_tui.app import EntraApp\n"
        "from entra_tui.services import open_services\nfrom entra_tui.storage.folders import Folders\n"
        f"app = EntraApp(open_services(Folders.locate(Path({str(tmp_path)!r}))))\n"
        "async def paint():\n"
        "    async with app.run_test(size=(80, 24)) as pilot:\n"
        "        await pilot.pause()\n"
        "        print(' '.join(sys.modules))\n"
        "asyncio.run(paint())\n"
    )
    proxies = {"SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"}
    environment = {name: value for name, value in os.environ.items() if name.upper() not in proxies}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    modules = set(done.stdout.split())
    assert "entra_tui.screens.home" in modules
    assert not modules & {"httpx", "msal", "keyring", "cryptography", "starlette", "uvicorn", "markdown_it"}
    assert not modules & {"sqlite3", "filelock", "tomllib", "tomli_w", "argparse"}
    assert not {
        name for name in modules if name.startswith(("entra_tui.checks", "entra_tui.simulator", "entra_tui.sync"))
    }
