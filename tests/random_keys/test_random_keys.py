"""Random keys on every screen: it goes on, keeps what was entered, and shows and stores no secret.

Some hundred actions each, the same ones every time; `python -m tests.random_keys` does ten thousand.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.random_keys.places import PLACES
from tests.random_keys.play import Play
from tests.settling import settle_by_messages

if TYPE_CHECKING:
    from pathlib import Path

ACTIONS = 120


@pytest.fixture(autouse=True)
def _one_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "ENTRA_TUI_CLIENT_SECRET", "ENTRA_TUI_PASSPHRASE", "ENTRA_TUI_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    settle_by_messages(monkeypatch)


@pytest.mark.parametrize("place", PLACES)
async def test_random_keys_end_nothing_and_lose_nothing(place: str, tmp_path: Path) -> None:
    await Play(tmp_path, place, seed=1).run(ACTIONS)
