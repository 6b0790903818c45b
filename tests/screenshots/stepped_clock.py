"""A clock for pictures of something that is under way."""

from __future__ import annotations

import asyncio

from entra_tui.simulator.clock import ManualClock


class SteppedClock(ManualClock):
    """Jumps ahead for whoever sleeps, until it is held; then time passes by `step` alone."""

    def __init__(self) -> None:
        super().__init__()
        self._flows = asyncio.Event()
        self._flows.set()
        self._moved = asyncio.Event()

    def hold(self) -> None:
        """From now on sleepers wait for `step`."""
        self._flows.clear()

    def release(self) -> None:
        """Jump ahead again for whoever sleeps, those who sleep now included."""
        self._flows.set()
        self._moved.set()

    def step(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.advance(seconds)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Come back when the time has come."""
        if self._flows.is_set():
            await super().sleep(seconds)
            return
        end = self.monotonic() + seconds
        while not self._flows.is_set() and self.monotonic() < end:
            await self._moved.wait()
        self.advance(max(0.0, end - self.monotonic()))
