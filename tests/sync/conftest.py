from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.lists import ListDatabase
from tests.sync.bench import Bench
from tests.sync.tenant import SmallTenant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A tenant of ten users in pages of three, an empty list, and a clock that nobody waits for."""
    one = Bench(SmallTenant.of(10), ListDatabase(tmp_path / "lists.db"), ManualClock(), page_size=3)
    yield one
    await one.aclose()
