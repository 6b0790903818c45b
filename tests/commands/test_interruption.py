"""Signals and readers that go away: a clean end, exit code 130, nothing half done."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.commands.program import SECONDS, Practice, Program, command, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

STUCK = """
title = "Throttled for long"
description = "After the first page every request for users is throttled for an hour, once."

[users]
count = 2500

[[faults]]
kind = "throttled"
where = "users"
after = 1
seconds = 600
"""


@pytest.fixture
def stuck(tmp_path: Path) -> Iterator[Practice]:
    (tmp_path / "stuck.toml").write_text(STUCK)
    with serving(tmp_path, str(tmp_path / "stuck.toml")) as practice:
        yield practice


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_sync_that_is_interrupted_changes_nothing_and_goes_on_later(
    number: signal.Signals, stuck: Practice, tmp_path: Path
) -> None:
    program = stuck.program(tmp_path / "home")
    stuck.add(program)
    with program.start("sync", "Contoso", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        seen = []
        for line in process.stdout:
            seen.append(json.loads(line)["event"])
            if seen[-1] == "waiting":
                process.send_signal(number)
                break
        assert process.wait(SECONDS) == 130
        assert "The list is unchanged. The next run resumes from the last page." in process.stderr.read()
    assert program.json("list")[0]["entries"] == 0

    done = program.run("sync", "Contoso", "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert next(event for event in events if event["event"] == "started")["resumed_entries"] == 999
    assert events[-1]["total"] == 2500


def test_a_reader_that_goes_away_ends_a_sync_quietly(stuck: Practice, tmp_path: Path) -> None:
    program = stuck.program(tmp_path / "home")
    stuck.add(program)
    with program.start("sync", "Contoso", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(SECONDS) == 130
    assert program.json("list")[0]["entries"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_server_that_is_stopped_is_done(number: signal.Signals, program: Program) -> None:
    with program.start("simulate", "--port", "0", "--users", "3") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        page = []
        for line in process.stdout:
            page.append(line)
            if line.startswith("Serving"):
                break
        process.send_signal(number)
        assert process.wait(SECONDS) == 0
        assert process.stderr.read() == ""
    text = "".join(page)
    assert "Practice tenant 'healthy': Everything works." in text
    assert "export SSL_CERT_FILE=" in text
    assert "[environments.practice]" in text


def test_the_printed_commands_work_as_they_stand(program: Program, tmp_path: Path) -> None:
    with program.start("simulate", "--port", "0", "--users", "3") as server:
        assert server.stdout is not None
        page = ""
        for line in server.stdout:
            page += line
            if line.startswith("Serving"):
                break
        environment = page[page.index("[environments.practice]") : page.index("Then, in another terminal")]
        commands = page[page.index("export SSL_CERT_FILE") : page.index("Serving")]
        (program.home / "config.toml").write_text(environment)
        script = f'entra-tui() {{ {" ".join(command())} "$@"; }}\nset -e\n{commands}'
        done = subprocess.run(
            ["bash", "-c", script],
            env=program.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        server.send_signal(signal.SIGTERM)
        assert done.returncode == 0, done.stderr
        assert "Healthy: " in done.stdout
        assert "3 entries (3 added" in done.stdout


def test_a_port_that_is_taken_is_named(healthy: Practice, program: Program) -> None:
    done = program.run("simulate", "--port", str(healthy.port))
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"port {healthy.port} cannot be used" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's own")
def test_streams_that_take_nothing(program: Program) -> None:
    lists = [*command(), "list", "--json"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        told = subprocess.run(
            lists, env=program.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert told.returncode == 1
    assert told.stderr.startswith("entra-tui: Standard output cannot be written (No space left on device);")
    assert told.stderr.count("\n") == 1
    for streams in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        line = f'exec "$0" "$@" {streams}'
        closed = subprocess.run(
            ["sh", "-c", line, *lists], env=program.environment, capture_output=True, text=True, check=False
        )
        assert (closed.returncode, closed.stderr) == (0, ""), streams
