"""A page that is asked for before its turn, while another one is on its way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from types import TracebackType

    from entra_tui.graph.page import Page


class EarlyPage:
    """At most one page, asked for once; a context manager that lets go of what was not taken."""

    def __init__(self) -> None:
        self._link = ""
        self._asked: asyncio.Task[Page] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop waiting for it."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)

    @property
    def is_asked(self) -> bool:
        """Whether a page was asked for and not taken yet."""
        return self._asked is not None

    def ask(self, link: str, request: Coroutine[Any, Any, Page]) -> None:
        """Ask for the page behind `link` by `request`; only where `is_asked` is not so."""
        self._link = link
        self._asked = asyncio.create_task(request)

    async def take(self, link: str, ask: Callable[[], Awaitable[Page]]) -> Page:
        """The page behind `link`: the one that was asked for, or else, and each further time, what `ask` gives.

        Raises:
            RequestFailed: As the one who asked would have had it.
        """
        if self._asked is None or self._link != link:
            return await ask()
        asked = self._asked
        try:
            return await asked
        finally:
            self._asked = None
