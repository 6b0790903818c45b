"""One write under way while the next one is prepared."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

T = TypeVar("T")


class WriteBehind:
    """Writes in order, at most one at a time; a context manager that is left when the last one is done.

    What is written is prepared in a thread, while the one before is written and the event loop is free.
    """

    def __init__(self) -> None:
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def begin(self, prepare: Callable[[], T], write: Callable[[T], Awaitable[None]]) -> None:
        """Begin to write what `prepare` gives, after the one before; who is cancelled meanwhile has it written still.

        Raises:
            Exception: What the one before raised; nothing is written after it.
        """
        preparing = asyncio.create_task(_prepared(prepare, self._writing))
        self._writing = asyncio.create_task(_written(preparing, write))
        await asyncio.shield(preparing)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the last one; where one failed, that counts for more than an error that came while it ran."""
        if self._writing is not None:
            await self._writing


async def _prepared(prepare: Callable[[], T], before: asyncio.Task[None] | None) -> T:
    prepared = await asyncio.to_thread(prepare)
    if before is not None:
        await before
    return prepared


async def _written(preparing: asyncio.Task[T], write: Callable[[T], Awaitable[None]]) -> None:
    await write(await preparing)
