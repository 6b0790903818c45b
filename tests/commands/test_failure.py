"""Whatever breaks, a person reads one sentence."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from entra_tui.__main__ import main
from entra_tui.commands.console import Console
from entra_tui.commands.errors import Declined, UsageError
from entra_tui.commands.failure import end_with
from entra_tui.graph.errors import NetworkFault, Unreachable
from entra_tui.graph.trust import TrustError
from entra_tui.model.fields import Field, FieldError
from entra_tui.simulator.scenario import ScenarioError
from entra_tui.storage.errors import DamagedError, DiskFullError, LockedError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = "planted/secret+of+no+usual+shape"


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (UsageError("Do it so."), 2, "entra-tui: Do it so."),
        (Declined("Nothing was done."), 130, "entra-tui: Nothing was done."),
        (FieldError(Field.CLIENT_ID, "x", "Not a GUID."), 2, "entra-tui: Client ID: Not a GUID."),
        (DamagedError("config.toml, line 3: no."), 2, "entra-tui: config.toml, line 3: no."),
        (UnknownNameError("None such."), 2, "entra-tui: None such."),
        (LockedError("In use; wait."), 1, "entra-tui: In use; wait."),
        (DiskFullError("Full; make room."), 1, "entra-tui: Full; make room."),
        (TrustError("No\x1b[2J file."), 2, "entra-tui: No\N{REPLACEMENT CHARACTER}[2J file."),
        (ScenarioError("No such scenario."), 2, "entra-tui: No such scenario."),
        (
            Unreachable(NetworkFault.TIMEOUT, host="graph.microsoft.com"),
            1,
            "entra-tui: graph.microsoft.com: timed-out; run `entra-tui check` to see why.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_is_a_sentence_and_a_code(error: Exception, code: int, sentence: str, tmp_path: Path) -> None:
    err = io.StringIO()
    assert end_with(error, Console(io.StringIO(), io.StringIO(), err), tmp_path) == code
    assert err.getvalue() == f"{sentence}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_defect_is_a_sentence_and_its_masked_trace_is_in_the_log(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        held = PLANTED
        raise KeyError(f"something with {held}")

    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", PLANTED)
    monkeypatch.setattr("entra_tui.commands.lists.show_lists", fail)
    assert main(["list"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("entra-tui: This is a defect of the program (KeyError); its trace is in ")
    assert told.err.count("\n") == 1
    log = (home / "entra-tui.log").read_text()
    assert "Traceback (most recent call last)" in log
    assert "something with [masked]" in log
    assert PLANTED not in log


def test_a_defect_is_told_even_where_no_log_can_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    home.write_text("a file stands where the folder should be")
    monkeypatch.setattr("entra_tui.commands.lists.show_lists", fail)
    assert main(["list"]) == 1
    assert "RuntimeError); and the log cannot be written" in capsys.readouterr().err


def test_a_module_that_is_not_there_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'rich'", name="rich")

    monkeypatch.setattr("entra_tui.commands.lists.show_lists", fail)
    assert main(["list"]) == 1
    assert "The installation lacks rich" in capsys.readouterr().err


def test_an_interruption_is_130(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("entra_tui.commands.lists.show_lists", interrupt)
    assert main(["list"]) == 130
    assert capsys.readouterr().err == "entra-tui: Interrupted.\n"
