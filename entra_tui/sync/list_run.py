"""One run over one list: what every kind of list shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from entra_tui.graph.errors import AnswerFault, RequestFailed, Unreadable
from entra_tui.graph.retry import Wait, WaitReason, backoff
from entra_tui.storage.errors import LockedError, StageLostError, StorageError
from entra_tui.storage.lists import RunMode, RunOutcome, RunReport
from entra_tui.sync.breaker import removes_too_much
from entra_tui.sync.events import (
    TOO_MANY_REMOVALS,
    Failed,
    Finished,
    Held,
    PageRead,
    Restarted,
    RestartReason,
    Started,
    SyncMode,
)
from entra_tui.sync.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.directory import Directory
    from entra_tui.graph.retry import Patience
    from entra_tui.model.entry import Changes, Entry
    from entra_tui.model.finding import Finding
    from entra_tui.storage.lists import ListDatabase, Stage
    from entra_tui.sync.events import SyncEvent
    from entra_tui.sync.pause import Pause
    from entra_tui.sync.storage_thread import StorageThread

T = TypeVar("T")

MOST_RESTARTS: Final = 5
"""How often one run begins again before it gives up."""


class StartOver(Exception):
    """Reading cannot go on from where it is.

    Attributes:
        reason: Why, for the person.
        cause: What failed, should there have been too many of these.
        keep_stage: Whether what is staged still counts.
        by_delta: Whether to begin with the list's delta link again.
    """

    def __init__(
        self, reason: RestartReason, cause: RequestFailed, *, keep_stage: bool = False, by_delta: bool = False
    ) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.cause = cause
        self.keep_stage = keep_stage
        self.by_delta = by_delta


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run works with.

    Attributes:
        http: The one way out; its clock and trace measure the run.
        directory: The tenant, read with `patience`.
        patience: The budget of the whole run.
        lists: The lookup lists.
        storage: The thread in which they are used.
        pause: Holds the run between two pages.
        explain: Makes a finding of a failed request.
        post: Takes each event.
        columns: Properties of a user that are read.
        page_size: Users to ask for in one page.
        full: Whether everything is read even where a delta would do.
        confirmed: Whether a person said that much may be removed.
    """

    http: HttpClient
    directory: Directory
    patience: Patience
    lists: ListDatabase
    storage: StorageThread
    pause: Pause
    explain: Callable[[RequestFailed], Finding]
    post: Callable[[SyncEvent], None]
    columns: Sequence[str]
    page_size: int
    full: bool
    confirmed: bool


class ListRun:
    """Counts, tells and records one run over one list.

    Attributes:
        name: Name of the list.
        around: What the run works with.
        mode: How the list is being brought up to date; None before that is known.
        stage: What is staged of a full read that can be gone on with; None where there is none.
        total: How many objects the tenant said there are; None when it did not say.
        applied: Whether the list was changed.
        error: Why the run failed; None unless it did.
    """

    def __init__(self, name: str, around: Surroundings) -> None:
        self.name = name
        self.around = around
        self.mode: SyncMode | None = None
        self.stage: Stage | None = None
        self.total: int | None = None
        self.applied = False
        self.error: RequestFailed | StorageError | None = None
        self._pages = 0
        self._clock = around.http.clock
        self._started_at = self._clock.now()
        self._begun = self._clock.monotonic()
        self._requests_before = around.http.trace.count

    @property
    def started_at(self) -> datetime:
        """When the run began."""
        return self._started_at

    @property
    def requests(self) -> int:
        """Requests since the run began, retries and sign-ins included."""
        return self.around.http.trace.count - self._requests_before

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return self._clock.monotonic() - self._begun

    def pages(self, *, of_delta: bool = False) -> Pages:
        """A reader for one query."""
        return Pages(self.around.directory, self.around.patience, self.around.pause, of_delta=of_delta)

    # ------------------------------------------------------------ told

    def tell_start(self, mode: SyncMode) -> None:
        """Reading begins, in `mode`; told once for each mode."""
        if self.mode is not mode:
            self.mode = mode
            resumed = self.stage.entries if self.stage is not None and mode is SyncMode.FULL else 0
            self.around.post(Started(self.name, mode, resumed))

    def tell_page(self, entries: int) -> None:
        """A page was read and, where pages are staged, committed."""
        self._pages += 1
        self.around.post(PageRead(self.name, self._pages, entries, self.total, self.seconds, self.requests))

    def tell_restart(self, reason: RestartReason) -> None:
        """Reading begins again."""
        self.around.post(Restarted(self.name, reason))

    # ------------------------------------------------------------ beginning again

    async def persist(
        self, attempt: Callable[[bool], Awaitable[Finished | Held]], *, by_delta: bool
    ) -> Finished | Held:
        """Call `attempt`, which is told whether to go by the delta link, until it need not start over.

        Raises:
            RequestFailed: What made it start over once too often, or what starting over does not help.
            StorageError: The lists cannot be used.
        """
        restarts = 0
        while True:
            try:
                return await attempt(by_delta)
            except StartOver as again:
                restarts += 1
                if restarts > MOST_RESTARTS:
                    raise again.cause from again
                self.tell_restart(again.reason)
                if again.reason is RestartReason.PAGE_TOKEN_EXPIRED:
                    # A service in trouble is not asked for everything again at once, and its new links are new.
                    wait = Wait(
                        WaitReason.BAD_ANSWER, backoff(restarts + 1), restarts, again.cause.evidence.http_status
                    )
                    if not await self.around.patience.spend(wait):
                        raise again.cause from again
                by_delta = again.by_delta
                if not again.keep_stage:
                    self.stage = None

    # ------------------------------------------------------------ how it ends

    async def finish_stage(self, stage: Stage, delta_link: str | None) -> Finished | Held:
        """Put the staged rows in place of the list, unless that would remove too much."""
        changes = await self.around.storage.do(stage.preview)
        if removes_too_much(changes) and not self.around.confirmed:
            going = await self.around.storage.do(stage.removals, limit=100)
            return await self.hold(changes, going)

        def swap() -> Changes:
            done = stage.swap(self._report(), delta_link=delta_link)
            self.applied = True
            return done

        return self.finished(await self.around.storage.do(swap))

    async def finish_delta(self, upserts: Sequence[Entry], removed: Sequence[str], delta_link: str) -> Finished:
        """Merge a whole delta into the list."""

        def apply() -> Changes:
            done = self.around.lists.apply(self.name, upserts, removed, self._report(), delta_link=delta_link)
            self.applied = True
            return done

        return self.finished(await self.around.storage.do(apply))

    async def hold(self, changes: Changes, examples: Sequence[Entry]) -> Held:
        """Leave the list as it is, for a person to decide."""
        await self.around.storage.do(
            self.around.lists.record_unfinished,
            self.name,
            self._report(),
            RunOutcome.HELD,
            reason=TOO_MANY_REMOVALS,
            changes=changes,
        )
        present = changes.removed + changes.changed + changes.unchanged
        return Held(self.name, changes, present, tuple(examples), self.requests, self.seconds)

    def finished(self, changes: Changes) -> Finished:
        """The list is up to date."""
        return Finished(self.name, changes, self.mode or SyncMode.FULL, self.requests, self._pages, self.seconds)

    async def failed(self, finding: Finding, error: RequestFailed | StorageError) -> Failed:
        """The list is as it was."""
        self.error = error
        can_resume = False
        if isinstance(error, Unreadable) and error.fault is AnswerFault.LOOP and self.stage is not None:
            # Going on from a checkpoint inside a circle would stay in it.
            await self.record(self.stage.discard)
        elif not isinstance(error, StageLostError):
            can_resume = self.stage is not None and self.stage.checkpoint is not None
        if not isinstance(error, LockedError):
            await self.record(self._record_unfinished, RunOutcome.FAILED, finding.code)
        return Failed(self.name, finding, self.requests, self.seconds, can_resume)

    async def canceled(self) -> None:
        """Somebody stopped the run. What is staged stays, for the next one."""
        await self.record(self._record_unfinished, RunOutcome.CANCELED, "canceled")

    async def record(self, work: Callable[..., None], *args: object) -> None:
        """Write something that must not hide why the run ended."""

        def quietly() -> None:
            try:
                work(*args)
            except StorageError:
                return

        await self.around.storage.do(quietly)

    def _record_unfinished(self, outcome: RunOutcome, reason: str) -> None:
        # Called in the storage's thread, after a swap that a cancellation found under way.
        if not self.applied:
            self.around.lists.record_unfinished(self.name, self._report(), outcome, reason=reason)

    def _report(self) -> RunReport:
        mode = RunMode.DELTA if self.mode is SyncMode.DELTA else RunMode.FULL
        return RunReport(mode, self._started_at, self._clock.now(), self.requests)
