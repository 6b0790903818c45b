from __future__ import annotations

import io
import threading

import pytest

from entra_tui.commands import late_bar
from entra_tui.commands.console import Console
from entra_tui.commands.late_bar import LateBar
from entra_tui.commands.sync_text import narrate
from entra_tui.sync.events import Restarted, RestartReason
from entra_tui.sync.progress import SyncProgress

LONG = 60.0
RESTARTED = Restarted("Users - Contoso", next(iter(RestartReason)))


class Recorder:
    """In the place of the bar: what was done with it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.begun = threading.Event()

    def __call__(self, console: Console, progress: SyncProgress) -> Recorder:
        assert isinstance(progress, SyncProgress)
        return self

    def start(self) -> None:
        self.done.append("started")
        self.begun.set()

    def stop(self) -> None:
        self.done.append("stopped")

    def say(self, text: str) -> None:
        self.done.append(text)


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr("entra_tui.commands.sync_bar.SyncBar", recorder)
    return recorder


def console() -> Console:
    return Console(io.StringIO(), io.StringIO(), io.StringIO())


def test_a_short_run_shows_no_bar(bar: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_bar, "_SECONDS", LONG)
    with LateBar(console()) as late:
        waiting = late._timer
    waiting.join(LONG)
    assert not waiting.is_alive()
    assert bar.done == []


def test_a_longer_run_shows_it_without_any_event_and_takes_it_away(
    bar: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_bar, "_SECONDS", 0.01)
    with LateBar(console()):
        assert bar.begun.wait(LONG)
    assert bar.done == ["started", "stopped"]


def test_what_is_said_is_said_at_once(bar: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_bar, "_SECONDS", LONG)
    with LateBar(console()) as late:
        late.show(RESTARTED)
        late.show(RESTARTED)
    assert bar.done == ["started", narrate(RESTARTED), narrate(RESTARTED), "stopped"]


def test_a_run_that_ends_while_the_bar_is_loaded_shows_none(bar: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_bar, "_SECONDS", LONG)
    late = LateBar(console())
    with late:
        pass
    late._begin()
    assert bar.done == []


def test_a_terminal_that_was_closed_is_no_error(bar: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(bar, "start", closed)
    monkeypatch.setattr(late_bar, "_SECONDS", LONG)
    with LateBar(console()) as late:
        late.show(RESTARTED)
