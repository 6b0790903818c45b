"""A synchronization that follows a script, and stays where the script leaves it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entra_tui.sync.events import PageRead, Started, SyncMode
from tests.screens.stage import NAME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entra_tui.sync.events import SyncEvent
    from entra_tui.sync.pause import Pause
    from entra_tui.sync.running import RunningSync
    from tests.screens.stage import Stage

LIST = f"Users - {NAME}"
PAGES: tuple[SyncEvent, ...] = (
    Started(LIST, SyncMode.FULL),
    *(PageRead(LIST, number, 999 * number, 10_000, 0.8 * number, number + 2) for number in range(1, 7)),
)


class ScriptedSync:
    """Plays `PAGES`, then `events`; ends when it is released, goes on for ever before.

    Args:
        stage: Whose connector is synchronized.
        events: What happens after the pages.
    """

    def __init__(self, stage: Stage, *events: SyncEvent) -> None:
        self._clock = stage.clock
        self._events = events
        self._released = asyncio.Event()
        self.running: RunningSync = stage.services.running_syncs.start(NAME, self._play, stage.clock)

    def release(self) -> None:
        """Let it end."""
        self._released.set()

    async def _play(self, _: Pause) -> AsyncIterator[SyncEvent]:
        for event in PAGES:
            if isinstance(event, PageRead):
                self._clock.advance(0.8)
            yield event
        for event in self._events:
            yield event
        await self._released.wait()
