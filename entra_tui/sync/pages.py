"""The pages of one query, in order and each only once; the next is asked for while the present one is worked on."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import AnswerFault, Unreadable
from entra_tui.graph.retry import Wait, WaitReason, backoff

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from entra_tui.graph.directory import Directory, Page
    from entra_tui.graph.retry import Patience
    from entra_tui.sync.pause import Pause

TRIES: Final = 3
"""How often a page that comes back unusable in the same way is asked for."""

_DELTA_REPEATS: Final = 10


class EndlessDelta(Unreadable):
    """A delta query that ends without a link for the next time."""


class Pages:
    """Reads one query's pages from a directory, at most one page ahead of whoever uses them.

    An answer that is no page (HTML, cut JSON, no `value`), one that was there before, and one that leads back is
    asked for again, `TRIES` times at most while it fails in the same way, within the patience.

    Args:
        directory: Where to read.
        patience: What waits count against; whole again with each page.
        pause: Held here, between two pages.
        of_delta: Whether these are pages of a delta query, where an object may rightly come again.
    """

    def __init__(self, directory: Directory, patience: Patience, pause: Pause, *, of_delta: bool = False) -> None:
        self._directory = directory
        self._patience = patience
        self._pause = pause
        self._of_delta = of_delta
        self._links: set[int] = set()
        self._contents: Counter[int] = Counter()

    def behind(self, link: str) -> AsyncGenerator[Page, None]:
        """The page behind `link` and those after it.

        Raises:
            RequestFailed: As `Directory` does; `Unreadable` with `AnswerFault.LOOP` for a circle.
        """
        self._links.add(hash(link))
        return self.after(partial(self._directory.follow, link, of_delta=self._of_delta))

    async def after(self, first: Callable[[], Awaitable[Page]]) -> AsyncGenerator[Page, None]:
        """The page that `first` asks for and those after it; close the iterator when it is not used to its end.

        Raises:
            RequestFailed: As `behind` does.
        """
        upcoming: asyncio.Task[Page] | None = asyncio.create_task(self._fetch(first))
        try:
            while upcoming is not None:
                page = await upcoming
                upcoming = None
                if page.next_link is not None:
                    following = partial(self._directory.follow, page.next_link, of_delta=self._of_delta)
                    upcoming = asyncio.create_task(self._fetch(following))
                yield page
        finally:
            if upcoming is not None:
                upcoming.cancel()
                await asyncio.gather(upcoming, return_exceptions=True)

    async def _fetch(self, request: Callable[[], Awaitable[Page]]) -> Page:
        failures: Counter[AnswerFault] = Counter()
        while True:
            if await self._pause.passed():
                # Time that a person took is no time without progress.
                self._patience.renew()
            try:
                page = await request()
                self._accept(page)
            except Unreadable as failure:
                failures[failure.fault] += 1
                attempt = failures.total()
                wait = Wait(WaitReason.BAD_ANSWER, backoff(attempt), attempt, failure.evidence.http_status)
                hopeless = failure.fault is AnswerFault.TOO_LARGE or failures[failure.fault] >= TRIES
                if hopeless or not await self._patience.spend(wait):
                    raise
            else:
                self._patience.renew()
                return page

    def _accept(self, page: Page) -> None:
        if self._of_delta and page.next_link is None and page.delta_link is None:
            raise EndlessDelta(
                AnswerFault.SHAPE, host=self._directory.host, detail="a delta query that ends without a delta link"
            )
        content = self._content(page)
        if content is not None and self._contents[content] > (_DELTA_REPEATS if self._of_delta else 0):
            raise self._unusable(AnswerFault.LOOP, "the same page came again")
        if page.next_link is not None and hash(page.next_link) in self._links:
            raise self._unusable(AnswerFault.LOOP, "a page leads back to one that was read already")
        for link in (page.next_link, page.delta_link):
            if link is not None:
                self._directory.require_own(link)
        if page.next_link is not None:
            self._links.add(hash(page.next_link))
        if content is not None:
            self._contents[content] += 1

    def _content(self, page: Page) -> int | None:
        if not page.items:
            return None
        # A big group fills page after page of a delta with other members each time, so there the ids say too little.
        return hash(repr(page.items) if self._of_delta else tuple(item["id"] for item in page.items))

    def _unusable(self, fault: AnswerFault, detail: str) -> Unreadable:
        return Unreadable(fault, host=self._directory.host, detail=detail)
