"""Time as the program asks for it, so that a test or a practice tenant can own it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What may be asked about time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow; for durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds`."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever grow; for durations."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Come back after `seconds` of real time."""
        await asyncio.sleep(seconds)
