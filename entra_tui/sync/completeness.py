"""Whether a read brought all that the tenant holds: its rows against the tenant's own count, and what would go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from entra_tui.graph.errors import AnswerFault, Refused, Unreadable
from entra_tui.graph.retry import FewErrors, Wait, WaitReason, backoff
from entra_tui.sync.events import RestartReason
from entra_tui.sync.list_run import StartOver, WholeRead
from entra_tui.sync.pages import TRIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.model.entry import Changes, Entry
    from entra_tui.storage.lists import Stage
    from entra_tui.sync.list_run import ListRun

TOLERATED_SHARE: Final = 0.01
"""Share of the count that may be missing after a second read: the count lags behind, and a tenant moves."""

# About three quarters of a minute.
_LOOKS: Final = 6
_FEW: Final = 5
_QUICKLY_READ: Final = 5_000
"""Entries up to which everything is read again rather than a doubt left."""

_SAMPLE: Final = 3


class Completeness:
    """Judges the read of one list.

    A count that is not what came is looked at again for a while where little is missing, then everything is read once
    more in smaller pages. What is missing after that fails the run, unless it is at most a hundredth. Of rows that
    would go, some are asked for one by one.

    Args:
        run: The run.
        collection: Graph's name of what is read: `users`, `groups`, `directoryRoles`.
        counted: Whether the tenant counts it.
    """

    def __init__(self, run: ListRun, collection: str, *, counted: bool = True) -> None:
        self._run = run
        self._collection = collection
        self._counted = counted and run.around.compare_counts
        self._directory = run.around.directory.patient(FewErrors(run.around.patience, TRIES, of_link=True))
        self._read_again = False
        self._waited = False

    async def judge(self, stage: Stage, *, counted_before: int | None = None) -> WholeRead:
        """Make sure that a whole read is whole.

        Args:
            stage: What was read.
            counted_before: What the tenant said to an interrupted run that read the first part of it, less those of
                whom a delta told since that they left; None where this run read all.

        Raises:
            StartOver: Something is missing, and everything was read only once.
            RequestFailed: Something is missing still: `Unreadable` with `AnswerFault.SHORT`.
        """
        storage = self._run.around.storage
        self._run.require_few_skipped(stage.entries)
        came = stage.entries + self._run.skipped
        if self._counted and counted_before is not None and counted_before > came:
            self._give_up(f"the tenant said {counted_before:,}; {came:,} came")
        surplus = await self._surplus(came, self._run.total if counted_before is None else None)
        missing = max(0, surplus or 0)
        if counted_before is not None and surplus is not None and surplus < 0:
            # What was read long ago may hold somebody whose leaving no delta told.
            self._give_up(f"the tenant said {came + surplus:,}; {came:,} were read")
        changes = await storage.do(stage.preview)
        went = await storage.do(stage.removals, limit=100) if changes.removed else []
        if went and self._run.skipped:
            # An object that came without its id cannot be told from one that did not come.
            may_be_kept = went[: self._run.skipped]
            await storage.do(stage.keep, [entry.id for entry in may_be_kept if await self._is_there(entry)])
            changes = await storage.do(stage.preview)
            went = await storage.do(stage.removals, limit=100)
        for entry in self._sample(went):
            if await self._is_there(entry):
                name = entry.values.get("displayName") or entry.id
                self._give_up(f"'{name}' is still in the tenant, but it was not listed")
        if missing:
            numbers = f"the tenant said {came + missing:,}; {came:,} came"
            # A count may be out of date, but not by much; what was off as far before is no news.
            is_behind = missing <= (came + missing) * TOLERATED_SHARE or missing == self._run.known_surplus
            if not self._read_again or not is_behind:
                self._give_up(numbers)
            self._run.warn(f"Twice {numbers}; the count may be out of date.")
        return WholeRead(changes, tuple(went), surplus)

    async def compare(self, changes: Changes) -> int | None:
        """Make sure that the list is what the tenant counts, once a delta is merged.

        Args:
            changes: What merging it does.

        Returns:
            How many more objects the tenant counts; None where it does not say.

        Raises:
            StartOver: It counts another number, so the delta did not tell all.
        """
        if not self._counted:
            return None
        count = await self._latest_count(changes.total)
        if count is None or count == changes.total:
            return None if count is None else 0
        surplus = count - changes.total
        detail = f"the tenant said {count:,}; the list would hold {changes.total:,}"
        if changes.total > _QUICKLY_READ and -changes.added <= surplus <= changes.removed:
            # Just what the count would say if it did not know of these changes yet; the next run looks again.
            self._run.warn(f"After the changes {detail}; the count may be out of date.")
            return surplus
        raise StartOver(RestartReason.COUNT_DIFFERS, self._short(detail))

    def _give_up(self, detail: str) -> NoReturn:
        if self._read_again:
            raise self._short(detail)
        self._read_again = True
        self._run.read_smaller_pages()
        raise StartOver(RestartReason.SHORT_READ, self._short(detail))

    def _short(self, detail: str) -> Unreadable:
        return Unreadable(AnswerFault.SHORT, host=self._run.around.directory.host, detail=detail)

    async def _surplus(self, came: int, count: int | None) -> int | None:
        """How many more objects the tenant counts than came, by its latest word; `count` was its first."""
        if not self._counted:
            return None
        if count is None or count > came:
            count = await self._latest_count(came, or_less=True)
        return None if count is None else count - came

    async def _latest_count(self, right: int, *, or_less: bool = False) -> int | None:
        """The tenant's count, which is given a while to become `right` where it is nearly; None where it has none."""
        look = 1
        while True:
            count = await self._directory.count(self._collection)
            if count is None or count == right or (or_less and count < right):
                return count
            if abs(count - right) > max(_FEW, right * TOLERATED_SHARE):
                return count
            look += 1
            wait = Wait(WaitReason.COUNT_BEHIND, backoff(look), look - 1)
            if self._waited or look > _LOOKS or not await self._run.around.patience.spend(wait):
                self._waited = True
                return count

    def _sample(self, went: Sequence[Entry]) -> list[Entry]:
        """Some of the rows that would go: all of a few, else the first, one in the middle, the last."""
        if len(went) <= _FEW:
            return list(went)
        return [went[place * (len(went) - 1) // (_SAMPLE - 1)] for place in range(_SAMPLE)]

    async def _is_there(self, entry: Entry) -> bool | None:
        """Whether the tenant has the object of a row; None where it does not say."""
        try:
            return await self._directory.find(self._collection, entry.id) is not None
        except (Refused, Unreadable) as error:
            if error.is_sign_in:
                raise
            return None
