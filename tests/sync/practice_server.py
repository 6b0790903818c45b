"""The practice tenant in a process of its own, and a connector that leads there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CONNECTOR = "Contoso"
USERS = f"Users - {CONNECTOR}"


@dataclass(frozen=True)
class PracticeServer:
    """A practice tenant that serves, and a data folder with a connector to it.

    Attributes:
        endpoints: What `simulate --json` told.
        data: The data folder.
        environment: The variables that a command needs.
    """

    endpoints: Mapping[str, str]
    data: Path
    environment: Mapping[str, str]

    def command(self, *arguments: str) -> list[str]:
        """The program with these arguments, on the data folder."""
        return [sys.executable, "-m", "entra_tui", *arguments, "--data-dir", str(self.data)]

    def call(self, *arguments: str) -> str:
        """What a command writes; it must succeed."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment, check=False, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def practice_server(folder: Path, scenario: str, *, users: int) -> Iterator[PracticeServer]:
    """Serve `users` people of a scenario (a name, or the text of a file) until the block ends."""
    if "\n" in scenario:
        file = folder / "scenario.toml"
        file.write_text(scenario, encoding="utf-8")
        scenario = str(file)
    command = [sys.executable, "-m", "entra_tui", "simulate", scenario, "--port", "0", "--users", str(users), "--json"]
    with subprocess.Popen(
        [*command, "--data-dir", str(folder / "tenant")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            endpoints = json.loads(process.stdout.readline())
            yield connected(endpoints, folder / "data")
        finally:
            process.kill()


def connected(endpoints: Mapping[str, str], data: Path, *options: str) -> PracticeServer:
    """A tenant that serves already, with a connector to it in a folder; `options` are those of `connector add`."""
    data.mkdir(exist_ok=True)
    hosts = {"authority": endpoints["authority"], "graph": endpoints["graph"], "portal": endpoints["authority"]}
    lines = [f"{name} = '{value}'" for name, value in {"label": "Practice", **hosts}.items()]
    text = "\n".join(["version = 1", "[environments.practice]", *lines, ""])
    (data / "config.toml").write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {
        "SSL_CERT_FILE": endpoints["ca_file"],
        "ENTRA_TUI_CLIENT_SECRET": endpoints["client_secret"],
    }
    server = PracticeServer(endpoints, data, environment)
    ids = ("--tenant-id", endpoints["tenant_id"], "--client-id", endpoints["client_id"])
    server.call("connector", "add", CONNECTOR, *ids, "--environment", "practice", "--secret-store", "none", *options)
    return server
