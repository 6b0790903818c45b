"""One run over one list: what every kind of list shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from entra_tui.graph.errors import AnswerFault, RequestFailed, Unreadable
from entra_tui.graph.page import read_page
from entra_tui.graph.retry import FewErrors, Wait, WaitReason, backoff
from entra_tui.storage.errors import DamagedListError, LockedError, StageLostError, StorageError
from entra_tui.storage.lists import RunMode, RunOutcome, RunReport
from entra_tui.sync.breaker import columns_emptied, removes_too_much
from entra_tui.sync.events import (
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
from entra_tui.sync.sentences import effect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from entra_tui.graph.directory import Directory
    from entra_tui.graph.page import Page, PageReader
    from entra_tui.model.entry import Changes, ColumnLoss, Entry
    from entra_tui.model.finding import Finding
    from entra_tui.storage.lists import DeltaPreview, ListRecord, Stage
    from entra_tui.sync.surroundings import Surroundings

T = TypeVar("T")

MOST_RESTARTS: Final = 5
"""How often one run begins again before it gives up."""

STORED_TRIES: Final = 5
"""How often what a stored link leads to is asked for while it brings errors."""

MOST_REPEATS: Final = 100
"""How many pages in a row may bring nothing but objects that came before."""

SKIPPED_SHARE: Final = 0.01
"""Share of the objects that may be skipped since they have no id."""

_MOST_NAMED: Final = 5
_NOT_RESUMED: Final = frozenset({AnswerFault.LOOP, AnswerFault.EMPTY, AnswerFault.SHORT, AnswerFault.NO_IDS})


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
class WholeRead:
    """A read of which nothing is missing.

    Attributes:
        changes: What it would do to the list.
        removals: Rows that would go, or the first of them.
        surplus: How many more objects the tenant counts than came; None where it does not say.
    """

    changes: Changes
    removals: tuple[Entry, ...]
    surplus: int | None


class ListRun:
    """Counts, tells and records one run over one list.

    Attributes:
        name: Name of the list.
        around: What the run works with.
        mode: How the list is being brought up to date; None before that is known.
        stage: What is staged of a full read that can be gone on with; None where there is none.
        total: How many objects the tenant said there are; None when it did not say.
        page_size: Objects to ask for in one page.
        skipped: How many objects had no id.
        known_surplus: How many more objects than rows the tenant counted at the last run; None where not known.
        applied: Whether the list was changed.
        error: Why the run failed; None unless it did.
    """

    def __init__(self, name: str, around: Surroundings) -> None:
        self.name = name
        self.around = around
        self.mode: SyncMode | None = None
        self.stage: Stage | None = None
        self.total: int | None = None
        self.page_size = around.page_size
        self.skipped = 0
        self.known_surplus: int | None = None
        self.applied = False
        self.error: RequestFailed | StorageError | None = None
        self._pages = 0
        self._without_id: list[str] = []
        self._warnings: dict[str, None] = {}
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

    def pages(
        self, *, of_delta: bool = False, directory: Directory | None = None, read: PageReader = read_page
    ) -> Pages:
        """A reader for one query, with the directory's patience or that of another `directory`."""
        return Pages(
            directory or self.around.directory,
            self.around.patience,
            self.around.pause,
            clock=self._clock,
            of_delta=of_delta,
            read=read,
        )

    @property
    def of_stored_link(self) -> Directory:
        """The directory for what a stored link leads to: a few errors, and everything is read instead."""
        return self.around.directory.patient(FewErrors(self.around.patience, STORED_TRIES, of_link=True))

    def read_smaller_pages(self) -> None:
        """Ask for half as many objects in a page from now on."""
        self.page_size = max(1, self.page_size // 2)

    # ------------------------------------------------------------ the list

    async def open(self) -> ListRecord:
        """What is known of the list; one that holds another tenant's rows is emptied first.

        Raises:
            RequestFailed: Whose rows would come cannot be told.
            StorageError: The lists cannot be used.
        """
        lists, storage = self.around.lists, self.around.storage
        state = await storage.do(lists.state, self.name)
        if state.source is not None and state.source != self.around.source:
            await self.around.proof.confirm()
            self.tell_restart(RestartReason.SOURCE_CHANGED)
            await storage.do(lists.empty, self.name)
            state = await storage.do(lists.state, self.name)
        self.known_surplus = state.surplus
        return state

    def is_full_read_due(self, state: ListRecord) -> bool:
        """Whether the last full read is so old that everything is read again; said where it is."""
        every = self.around.full_read_every
        if every is None or self.around.full:
            return False
        # A time to come was told by a clock that was wrong.
        if state.full_read_at is not None and timedelta(0) <= self._started_at - state.full_read_at < every:
            return False
        self.tell_restart(RestartReason.FULL_READ_DUE)
        return True

    async def begin_stage(self, columns: Sequence[str] = ()) -> Stage:
        """Begin to stage everything, once the tenant is known to be the right one.

        Raises:
            RequestFailed: It is not, or there is no answer.
            StorageError: The lists cannot be used.
        """
        await self.around.proof.confirm()
        return await self.around.storage.do(
            self.around.lists.begin_stage, self.name, self._started_at, columns, self.around.source
        )

    def skip(self, page: Page) -> None:
        """Pass over the objects of a page that have no id."""
        self.skipped += len(page.without_id)
        self._without_id += page.without_id[: _MOST_NAMED - len(self._without_id)]

    def keep_skipped(self, count: int) -> None:
        """So many of those without an id stay in the list as they were."""
        self.skipped -= count
        if count:
            self.warn(f"Objects that came without an ID and stay as they were: {count:,}.")

    def _forget_skipped(self) -> None:
        self.total = None
        self.skipped = 0
        self._without_id.clear()

    def require_few_skipped(self, entries: int) -> None:
        """Make sure that at most a hundredth was skipped.

        Raises:
            Unreadable: It was more.
        """
        whole = entries + self.skipped
        if self.skipped > whole * SKIPPED_SHARE:
            detail = f"{self.skipped:,} of {whole:,} objects have no ID, such as '{self._without_id[0]}'"
            raise Unreadable(AnswerFault.NO_IDS, host=self.around.directory.host, detail=detail)

    def warn(self, sentence: str) -> None:
        """Tell something worth knowing about a result that counts all the same; once."""
        self._warnings[sentence] = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is worth knowing."""
        if not self.skipped:
            return tuple(self._warnings)
        what = "1 object has" if self.skipped == 1 else f"{self.skipped:,} objects have"
        named = ", ".join(f"'{name}'" for name in self._without_id[: self.skipped])
        if (more := self.skipped - len(self._without_id)) > 0:
            named += f" and {more:,} more"
        return (f"{what} no ID and cannot be listed: {named}.", *self._warnings)

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
        restarts, damaged = 0, False
        while True:
            try:
                return await attempt(by_delta)
            except DamagedListError:
                if damaged:
                    raise
                damaged, by_delta, self.stage = True, False, None
                self._forget_skipped()
                self.tell_restart(RestartReason.ROWS_DAMAGED)
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
                self._forget_skipped()
                if not again.keep_stage:
                    self.stage = None

    # ------------------------------------------------------------ how it ends

    async def finish_stage(
        self, stage: Stage, read: WholeRead, delta_link: str | None, *, columns: Collection[str]
    ) -> Finished | Held:
        """Put the staged rows in place of the list, unless that would take too much from it.

        Args:
            stage: All that was read.
            read: What it would do.
            delta_link: Where the next delta begins; None where there is none.
            columns: Columns whose values are not to be lost.
        """
        if not self.around.confirmed:
            losses = await self.around.storage.do(stage.losses, columns) if read.changes.changed else []
            if (held := await self.hold_losses(read.changes, losses, read.removals)) is not None:
                return held

        def swap() -> Changes:
            done = stage.swap(self._report(), delta_link=delta_link, surplus=read.surplus)
            self.applied = True
            return done

        return self.finished(await self.around.storage.do(swap))

    async def finish_delta(self, preview: DeltaPreview, delta_link: str, *, surplus: int | None) -> Finished:
        """Merge a delta into the list as it was seen, once the tenant is known to be the right one."""
        await self.around.proof.confirm()

        def merge() -> Changes:
            done = self.around.lists.merge(
                self.name,
                preview,
                self._report(),
                delta_link=delta_link,
                surplus=surplus,
                source=self.around.source,
            )
            self.applied = True
            return done

        return self.finished(await self.around.storage.do(merge))

    async def hold_losses(self, changes: Changes, losses: Iterable[ColumnLoss], going: Sequence[Entry]) -> Held | None:
        """Leave the list as it is, for a person to decide, where a result would take too much; None where it is fine.

        Args:
            changes: What the result would do.
            losses: Columns that entries would lose.
            going: Entries that would go, or the first of them.
        """
        present = changes.removed + changes.changed + changes.unchanged
        too_many = removes_too_much(changes)
        emptied = () if too_many else columns_emptied(losses, present)
        if not too_many and not emptied:
            return None
        held = Held(self.name, changes, present, tuple(going), self.requests, self.seconds, emptied)
        # The history keeps numbers of rows; which columns it is about would be lost.
        self.warn(f"It would {effect(held)}.")
        await self.around.storage.do(
            self.around.lists.record_unfinished,
            self.name,
            self._report(),
            RunOutcome.HELD,
            reason=held.code,
            changes=changes,
        )
        return held

    def finished(self, changes: Changes) -> Finished:
        """The list is up to date."""
        return Finished(
            self.name,
            changes,
            self.mode or SyncMode.FULL,
            self.requests,
            self._pages,
            self.seconds,
            self.warnings,
        )

    async def failed(self, finding: Finding, error: RequestFailed | StorageError) -> Failed:
        """The list is as it was."""
        self.error = error
        can_resume = False
        if isinstance(error, Unreadable) and error.fault in _NOT_RESUMED and self.stage is not None:
            # Going on from a checkpoint inside a circle would stay in it, and what is missing would stay missing.
            await self.record(self.stage.discard)
        elif not isinstance(error, StageLostError):
            can_resume = self.stage is not None and self.stage.checkpoint is not None
        if not isinstance(error, LockedError):
            await self.record(self._record_unfinished, RunOutcome.FAILED, finding.code)
        return Failed(self.name, finding, self.requests, self.seconds, can_resume, self.mode)

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
        return RunReport(mode, self._started_at, self._clock.now(), self.requests, self.warnings)
