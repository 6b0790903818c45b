"""The pages of one query, in order and each only once; the next is asked for while the present one is worked on.

Where somebody waits for pages, it is asked for even earlier: as soon as its link is read at the beginning of the
present one, so that a slow line never stands idle.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A page that is asked for before the one that leads to it is whole."""

    link: str
    task: asyncio.Task[Page]


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
        self._awaited = False
        self._hint: str | None = None
        self._ahead: _Ahead | None = None
        self._links: set[int] = set()
        self._contents: Counter[int] = Counter()

    def behind(self, link: str) -> AsyncGenerator[Page, None]:
        """The page behind `link` and those after it.

        Raises:
            RequestFailed: As `Directory` does; `Unreadable` with `AnswerFault.LOOP` for a circle.
        """
        self._links.add(hash(link))
        return self.after(self._follow(link))

    async def after(self, first: Callable[[], Awaitable[Page]]) -> AsyncGenerator[Page, None]:
        """The page that `first` asks for and those after it; close the iterator when it is not used to its end.

        Raises:
            RequestFailed: As `behind` does.
        """
        upcoming: asyncio.Task[Page] | None = asyncio.create_task(self._fetch(first))
        try:
            while upcoming is not None:
                self._awaited = True
                self._go_ahead()
                page = await upcoming
                self._awaited = False
                upcoming = None
                if page.next_link is not None:
                    upcoming = self._take_ahead(page.next_link) or self._begin(page.next_link)
                yield page
        finally:
            for task in (upcoming, self._ahead.task if self._ahead is not None else None):
                if task is not None:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)

    def _follow(self, link: str) -> Callable[[], Awaitable[Page]]:
        return partial(self._directory.follow, link, of_delta=self._of_delta, on_next_link=self._look_ahead)

    def _begin(self, link: str) -> asyncio.Task[Page]:
        return asyncio.create_task(self._fetch(self._follow(link)))

    def _look_ahead(self, link: str) -> None:
        """A page that is under way leads to `link`."""
        self._hint = link
        self._go_ahead()

    def _go_ahead(self) -> None:
        """Ask for what the page under way leads to, where somebody waits for that page."""
        link = self._hint
        if link is None or not self._awaited or self._ahead is not None:
            return
        if hash(link) not in self._links and self._directory.is_own(link):
            self._ahead = _Ahead(link, self._begin(link))

    def _take_ahead(self, link: str) -> asyncio.Task[Page] | None:
        """The page behind `link`, where it was asked for already; one that nobody leads to is let go."""
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return None
        if ahead.link == link:
            return ahead.task
        self._hint = None
        ahead.task.cancel()
        # How it ended is of no interest; unasked, Python would complain.
        ahead.task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return None

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
                if self._ahead is not None and self._ahead.task is not asyncio.current_task():
                    # What stood at the beginning of a page that is none leads nowhere.
                    self._take_ahead("")
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
