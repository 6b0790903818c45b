"""The pages of one query, in order and each only once; the next is asked for while the present one is worked on.

Where somebody waits for pages, it is asked for even earlier: as soon as its link is read at the beginning of the
present one, so that a slow line never stands idle. Whether a page repeats or leads back is judged when it is used:
what was fetched ahead may be dropped, and a page that is fetched again may lead on by another link.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from entra_tui.graph.errors import AnswerFault, Unreadable
from entra_tui.graph.page import read_page
from entra_tui.graph.retry import Wait, WaitReason, backoff

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    from entra_tui.graph.directory import Directory
    from entra_tui.graph.page import Page, PageReader
    from entra_tui.graph.retry import Patience
    from entra_tui.model.clock import Clock
    from entra_tui.sync.early_page import EarlyPage
    from entra_tui.sync.pause import Pause

TRIES: Final = 3
"""How often a page that comes back unusable in the same way is asked for."""

EMPTY_SECONDS: Final = 600.0
"""How long pages without an object may follow each other."""

EMPTY_PAGES: Final = 5_000
"""How many of them may, however quickly they come."""

_DELTA_REPEATS: Final = 10
# A page that takes longer was waited for, or the machine slept: that is no time in which pages came.
_LONGEST_PAGE: Final = 120.0
_HOPELESS: Final = frozenset({AnswerFault.TOO_LARGE, AnswerFault.EMPTY})


class _Fetch:
    """A page that is asked for.

    Attributes:
        link: Its address; None for the first page of a query.
        task: Gives the page.
        hint: Where its beginning says that the next page is; None before that is read.
    """

    def __init__(self, link: str | None) -> None:
        self.link = link
        self.hint: str | None = None
        self.task: asyncio.Task[Page]


class Pages:
    """Reads one query's pages from a directory, at most one page ahead of whoever uses them.

    An answer that is no page (HTML, cut JSON, no `value`), one that was there before, and one that leads back is
    asked for again, `TRIES` times at most while it fails in the same way, within the patience. A page that lacks ids
    is asked for once more, and then taken as it is.

    Args:
        directory: Where to read.
        patience: What waits count against; whole again with each page that has objects.
        pause: Held here, between two pages.
        clock: Measures how long nothing but empty pages came.
        of_delta: Whether these are pages of a delta query, where an object may rightly come again.
        read: Makes a page of an answer.
    """

    def __init__(
        self,
        directory: Directory,
        patience: Patience,
        pause: Pause,
        *,
        clock: Clock,
        of_delta: bool = False,
        read: PageReader = read_page,
    ) -> None:
        self._directory = directory
        self._patience = patience
        self._pause = pause
        self._clock = clock
        self._of_delta = of_delta
        self._read = read
        self._awaited = False
        self._first: Callable[[], Awaitable[Page]]
        self._current: _Fetch | None = None
        self._ahead: _Fetch | None = None
        self._links: set[int] = set()
        self._contents: Counter[int] = Counter()
        self._empty_pages = 0
        self._empty_seconds = 0.0
        self._used_at = clock.monotonic()

    def behind(
        self, link: str, *, directory: Directory | None = None, early: EarlyPage | None = None
    ) -> AsyncGenerator[Page, None]:
        """The page behind `link` and those after it.

        Args:
            link: A next link or a delta link.
            directory: Where to read this one page with another patience; None for the usual one.
            early: Where the first page may have been asked for already.

        Raises:
            RequestFailed: As `Directory` does; `Unreadable` with `AnswerFault.LOOP` for a circle, with
                `AnswerFault.EMPTY` where no object comes any more.
        """
        self._links.add(hash(link))
        first = partial((directory or self._directory).follow, link, of_delta=self._of_delta, read=self._read)
        return self.after(first if early is None else partial(early.take, link, first))

    async def after(self, first: Callable[[], Awaitable[Page]]) -> AsyncGenerator[Page, None]:
        """The page that `first` asks for and those after it; close the iterator when it is not used to its end.

        Raises:
            RequestFailed: As `behind` does.
        """
        self._first = first
        self._current = self._begin(None)
        try:
            while self._current is not None:
                self._awaited = True
                self._go_ahead()
                page = await self._usable()
                self._awaited = False
                self._current = None
                if page.next_link is not None:
                    self._current = self._take_ahead(page.next_link) or self._begin(page.next_link)
                yield page
        finally:
            for fetch in (self._current, self._ahead):
                if fetch is not None:
                    fetch.task.cancel()
                    await asyncio.gather(fetch.task, return_exceptions=True)

    async def _usable(self) -> Page:
        """The page that is waited for, asked for again while it cannot be used."""
        failures: Counter[AnswerFault] = Counter()
        while True:
            fetch = self._current
            assert fetch is not None  # noqa: S101 - the caller saw to it
            try:
                page = await fetch.task
                content = self._content(page)
                self._judge(page, content)
                if page.without_id and not failures[AnswerFault.SHAPE]:
                    raise self._unusable(AnswerFault.SHAPE, "an object without an id in value")
            except Unreadable as failure:
                # What such a page leads to is none of the query's pages.
                self._take_ahead("")
                await self._wait_after(failure, failures)
                self._current = self._begin(fetch.link)
            else:
                self._accept(page, content)
                return page

    async def _wait_after(self, failure: Unreadable, failures: Counter[AnswerFault]) -> None:
        failures[failure.fault] += 1
        attempt = failures.total()
        wait = Wait(WaitReason.BAD_ANSWER, backoff(attempt), attempt, failure.evidence.http_status)
        hopeless = failure.fault in _HOPELESS or failures[failure.fault] >= TRIES
        if hopeless or not await self._patience.spend(wait):
            raise failure

    # ------------------------------------------------------------ asking

    def _begin(self, link: str | None) -> _Fetch:
        fetch = _Fetch(link)
        request = self._first
        if link is not None:
            request = partial(
                self._directory.follow,
                link,
                of_delta=self._of_delta,
                read=self._read,
                on_next_link=partial(self._look_ahead, fetch),
                on_retry=partial(self._forget_hint, fetch),
            )
        fetch.task = asyncio.create_task(self._ask(request))
        return fetch

    async def _ask(self, request: Callable[[], Awaitable[Page]]) -> Page:
        if await self._pause.passed():
            # Time that a person took is no time without progress.
            self._patience.renew()
            self._used_at = self._clock.monotonic()
        return await request()

    def _look_ahead(self, fetch: _Fetch, link: str) -> None:
        """The beginning of a page leads to `link`."""
        fetch.hint = link
        self._go_ahead()

    def _forget_hint(self, fetch: _Fetch) -> None:
        """A page is asked for again: it may lead on by another link."""
        fetch.hint = None
        if fetch is self._current:
            self._take_ahead("")

    def _go_ahead(self) -> None:
        """Ask for what the page under way leads to, where somebody waits for that page."""
        link = self._current.hint if self._current is not None else None
        if link is None or not self._awaited or self._ahead is not None:
            return
        if hash(link) not in self._links and self._directory.is_own(link):
            self._ahead = self._begin(link)

    def _take_ahead(self, link: str) -> _Fetch | None:
        """The page behind `link`, where it was asked for already; one that no page leads to is let go."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.link == link:
            return ahead
        ahead.task.cancel()
        # How it ended is of no interest; unasked, Python would complain.
        ahead.task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return None

    # ------------------------------------------------------------ judging

    def _judge(self, page: Page, content: int | None) -> None:
        if self._of_delta and page.next_link is None and page.delta_link is None:
            raise self._unusable(AnswerFault.SHAPE, "a delta query that ends without a delta link")
        if content is not None and self._contents[content] > (_DELTA_REPEATS if self._of_delta else 0):
            raise self._unusable(AnswerFault.LOOP, "the same page came again")
        if page.next_link is not None and hash(page.next_link) in self._links:
            raise self._unusable(AnswerFault.LOOP, "a page leads back to one that was read already")
        if page.delta_link is not None and not self._of_delta:
            raise self._unusable(AnswerFault.SHAPE, "a delta link in a query that asks for none")
        for link in (page.next_link, page.delta_link):
            if link is not None:
                self._directory.require_own(link)
        if page.next_link is not None and not page.ids:
            elapsed = self._empty_seconds + min(self._clock.monotonic() - self._used_at, _LONGEST_PAGE)
            if elapsed > EMPTY_SECONDS or self._empty_pages >= EMPTY_PAGES:
                raise self._unusable(AnswerFault.EMPTY, f"{self._empty_pages + 1:,} pages in a row without an object")

    def _accept(self, page: Page, content: int | None) -> None:
        now = self._clock.monotonic()
        if page.ids or page.next_link is None:
            self._empty_pages, self._empty_seconds = 0, 0.0
            self._patience.renew()
        else:
            self._empty_pages += 1
            self._empty_seconds += min(now - self._used_at, _LONGEST_PAGE)
        self._used_at = now
        if page.next_link is not None:
            self._links.add(hash(page.next_link))
        if content is not None:
            self._contents[content] += 1

    def _content(self, page: Page) -> int | None:
        """What tells a page from another; None for a page of nothing."""
        if not page.ids:
            return None
        if not self._of_delta:
            return hash(tuple(page.ids))
        # A big group fills page after page of a delta with other members each time, so there the ids say too little.
        return hash(_written(page.items))

    def _unusable(self, fault: AnswerFault, detail: str) -> Unreadable:
        return Unreadable(fault, host=self._directory.host, detail=detail)


def _written(items: Sequence[Mapping[str, object]]) -> bytes | str:
    """Objects as bytes, the same for the same ones alone."""
    try:
        return msgspec.msgpack.encode(items)
    except (UnicodeEncodeError, OverflowError):
        # Half a surrogate pair, or a number of more than 64 bits; the whole takes six times as long so.
        return repr(items)
