from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.screens.stage import Stage
from tests.settling import settle_by_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _one_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same terminal, time zone and secrets for everybody."""
    for name in ("NO_COLOR", "TEXTUAL_THEME", "ENTRA_TUI_CLIENT_SECRET", "ENTRA_TUI_PASSPHRASE", "ENTRA_TUI_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TZ", "UTC")
    settle_by_messages(monkeypatch)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def open_stage(tmp_path: Path) -> Callable[..., Stage]:
    """Makes a program on a practice tenant."""

    def make(scenario: str = "healthy", *, users: int | None = 40) -> Stage:
        return Stage(tmp_path / "home", scenario, users=users)

    return make
