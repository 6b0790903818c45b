"""The installed program in a process of its own, and a practice tenant that it serves over real TLS."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS = 60
_FOREIGN = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NO_COLOR",
    "COLUMNS",
)


def command() -> list[str]:
    """The console script where it is installed beside this Python, else the module."""
    script = shutil.which("entra-tui", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "entra_tui"]


def bare_environment(home: Path) -> dict[str, str]:
    """This process's variables without what would change an answer; a keyring is never found."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() not in _FOREIGN and not name.startswith("ENTRA_TUI_")
    }
    return kept | {"ENTRA_TUI_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@dataclass(frozen=True)
class Program:
    """One person's copy of the program.

    Attributes:
        home: Where it keeps everything.
        variables: Environment variables besides the bare ones.
    """

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return bare_environment(self.home) | dict(self.variables)

    def run(self, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            [*command(), *arguments],
            input=stdin,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def json(self, *arguments: str, stdin: str = "", **variables: str) -> Any:  # noqa: ANN401 - any JSON
        """What it prints with `--json`."""
        done = self.run(*arguments, "--json", stdin=stdin, **variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Begin a run."""
        return subprocess.Popen(
            [*command(), *arguments],
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@dataclass(frozen=True)
class Practice:
    """A practice tenant that is being served."""

    authority: str
    graph: str
    tenant_id: str
    client_id: str
    client_secret: str
    ca_file: str

    @property
    def port(self) -> int:
        return int(self.authority.rpartition(":")[2])

    @property
    def config(self) -> str:
        """`config.toml` with an environment that leads here."""
        return (
            f'[environments.practice]\nlabel = "Practice tenant"\nauthority = "{self.authority}"\n'
            f'graph = "{self.graph}"\nportal = "{self.authority}"\n'
        )

    def program(self, home: Path, *, give_secret: bool = True) -> Program:
        """A program that knows this tenant's environment and trusts its certificate."""
        home.mkdir(parents=True, exist_ok=True)
        (home / "config.toml").write_text(self.config)
        secret = {"ENTRA_TUI_CLIENT_SECRET": self.client_secret} if give_secret else {}
        return Program(home, {"SSL_CERT_FILE": self.ca_file} | secret)

    def add(self, program: Program, name: str = "Contoso", *options: str) -> None:
        """Save a connector."""
        done = program.run("connector", "add", name, *self.ids, "--environment", "practice", *options)
        assert done.returncode == 0, done.stderr

    @property
    def ids(self) -> tuple[str, ...]:
        return ("--tenant-id", self.tenant_id, "--client-id", self.client_id)


@contextlib.contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Practice]:
    """`entra-tui simulate ... --port 0 --json`, until the block ends."""
    with (folder / "requests.log").open("w") as requests:
        process = subprocess.Popen(
            [*command(), "simulate", *arguments, "--port", "0", "--json"],
            env=bare_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=requests,
            text=True,
        )
        with process:
            assert process.stdout is not None
            line = process.stdout.readline()
            try:
                assert line, (folder / "requests.log").read_text()
                yield Practice(**json.loads(line))
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(SECONDS) == 0
