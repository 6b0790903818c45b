"""One write under way while the next one is prepared."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType


class WriteBehind:
    """Writes in order, at most one at a time; a context manager that is left when the last one is done."""

    def __init__(self) -> None:
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def begin(self, write: Coroutine[None, None, None]) -> None:
        """Begin `write` after the one before.

        Raises:
            Exception: What the one before raised; `write` is not begun then.
        """
        before, self._writing = self._writing, None
        if before is not None:
            try:
                await before
            except BaseException:
                write.close()
                raise
        self._writing = asyncio.create_task(write)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the last one; where it failed, that counts for more than an error that came while it ran."""
        last, self._writing = self._writing, None
        if last is not None:
            await last
