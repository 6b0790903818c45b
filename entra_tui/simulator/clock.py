"""A clock that stands still until it is told to move, for tests and for reproducing a moment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from entra_tui.model.clock import SystemClock

STANDARD_START: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Where a `ManualClock` starts when nothing else is said."""


class QuickClock:
    """A `Clock` that runs `speed` times as quick as the system's, for a demo that is short of time."""

    def __init__(self, speed: float) -> None:
        self._clock = SystemClock()
        self._speed = speed
        self._started = self._clock.now()
        self._zero = self._clock.monotonic()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self._started + timedelta(seconds=self.monotonic() - self._zero)

    def monotonic(self) -> float:
        """Seconds that passed, in its own measure."""
        return self._zero + (self._clock.monotonic() - self._zero) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Wait for its own `seconds`."""
        await self._clock.sleep(seconds / self._speed)


class ManualClock:
    """A `Clock` whose time moves only by `advance`, or by somebody sleeping on it.

    Sleeping takes no real time: the clock jumps ahead and the sleeper goes on after one turn of the event loop.
    """

    def __init__(self, start: datetime = STANDARD_START) -> None:
        self._start = start
        self._elapsed = 0.0

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._elapsed

    def advance(self, seconds: float = 0.0, *, days: float = 0.0) -> None:
        """Move time ahead.

        Raises:
            ValueError: Time would run backwards.
        """
        step = seconds + days * 86_400
        if step < 0:
            raise ValueError("A clock does not run backwards.")
        self._elapsed += step

    async def sleep(self, seconds: float) -> None:
        """Move time ahead by `seconds` and let others run."""
        self.advance(max(seconds, 0.0))
        await asyncio.sleep(0)
