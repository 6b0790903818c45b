"""One write under way while the next one is prepared."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType


class WriteBehind:
    """Writes in order, at most one at a time; a context manager that is left when the last one is done."""

    def __init__(self) -> None:
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def begin(self, write: Callable[[], Awaitable[None]]) -> None:
        """Begin to write, after the one before; who is cancelled meanwhile has it written still.

        Raises:
            Exception: What the one before raised; nothing is written after it.
        """
        before = self._writing
        self._writing = asyncio.create_task(_written(write, before))
        if before is not None:
            await asyncio.shield(before)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the last one; where one failed, that counts for more than an error that came while it ran."""
        if self._writing is not None:
            await self._writing


async def _written(write: Callable[[], Awaitable[None]], before: asyncio.Task[None] | None) -> None:
    if before is not None:
        await before
    await write()
