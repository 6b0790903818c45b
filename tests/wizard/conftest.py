from __future__ import annotations

import locale
import time
from typing import TYPE_CHECKING

import pytest

from entra_tui.widgets.symbols import symbols
from tests.settling import settle_by_messages
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FOREIGN = (
    "NO_COLOR",
    "TEXTUAL_THEME",
    "TEXTUAL_LOG",
    "SSH_CONNECTION",
    "TMUX",
    "ENTRA_TUI_CLIENT_SECRET",
    "ENTRA_TUI_PASSPHRASE",
    "ENTRA_TUI_HOME",
)


@pytest.fixture(autouse=True)
def _one_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same terminal, language and time zone for everybody."""
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(locale, "getencoding", lambda: "UTF-8")
    symbols.cache_clear()
    settle_by_messages(monkeypatch)
    time.tzset()
    yield
    monkeypatch.undo()
    symbols.cache_clear()
    time.tzset()


@pytest.fixture
def walk(tmp_path: Path) -> Callable[..., Walk]:
    """Makes a person in front of the program on a practice tenant."""

    def make(scenario: str = "healthy", *, users: int | None = 40) -> Walk:
        return Walk(tmp_path / "home", scenario, users=users)

    return make
