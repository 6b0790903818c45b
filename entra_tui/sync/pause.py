"""A synchronization that a person can hold for a while."""

from __future__ import annotations

import asyncio


class Pause:
    """Holds a synchronization between two pages: the page under way is still written, no further one is asked for."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    @property
    def is_on(self) -> bool:
        """Whether the synchronization is held."""
        return not self._open.is_set()

    def pause(self) -> None:
        """Hold before the next page."""
        self._open.clear()

    def resume(self) -> None:
        """Go on."""
        self._open.set()

    async def passed(self) -> bool:
        """Come back at once, or after `resume` when it is on.

        Returns:
            Whether there was anything to wait for.
        """
        held = self.is_on
        await self._open.wait()
        return held
