"""Whether a read brought all that the tenant holds: its rows against the tenant's own count, and what would go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from entra_tui.graph.errors import AnswerFault, Refused, Unreachable, Unreadable
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
_MOST_ASKED: Final = 100


class Completeness:
    """Judges the read of one list.

    One object serves a run over a list. A count that is not what came is looked at again for a while where little is
    missing, then everything is read once more in smaller pages. What is missing after that fails the run, unless it is
    at most a hundredth, or a delta said the same. Of rows that would go, some are asked for one by one.

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
        self._by_delta: Changes | None = None

    async def judge(self, stage: Stage, *, resumed: bool = False, counted_before: int | None = None) -> WholeRead:
        """Make sure that a whole read is whole.

        Args:
            stage: What was read.
            resumed: Whether an interrupted run read the first part of it, and no delta tells all that changed since.
            counted_before: What the tenant said to the interrupted run, less those of whom a delta told since that
                they left; None where this run read all, or nothing was said.

        Raises:
            StartOver: Something is missing, and everything was read only once.
            RequestFailed: Something is missing still: `Unreadable` with `AnswerFault.SHORT`.
        """
        storage = self._run.around.storage
        # Until then an object that came twice may be counted for two.
        await storage.do(stage.index_ids)
        self._run.require_few_skipped(stage.entries)
        came = stage.entries + self._run.skipped
        if self._counted and counted_before is not None and counted_before > came:
            self._give_up(f"the tenant said {counted_before:,}; {came:,} came")
        is_old = resumed or counted_before is not None
        surplus = await self._surplus(came, None if is_old else self._run.total)
        if is_old and surplus is not None and surplus < 0:
            # What was read long ago may hold somebody whose leaving no delta told.
            self._give_up(f"the tenant said {came + surplus:,}; {came:,} were read")
        if resumed and surplus is None:
            self._give_up("what an interrupted run read cannot be compared with the tenant")
        changes = await storage.do(stage.preview)
        went = await storage.do(stage.removals, limit=_MOST_ASKED) if changes.removed else []
        if went and self._run.skipped:
            await self._keep_skipped(stage, went)
            changes = await storage.do(stage.preview)
            went = await storage.do(stage.removals, limit=_MOST_ASKED) if changes.removed else []
        asked = [(entry, await self._stays(entry)) for entry in self._sample(went)]
        for entry, stays in asked:
            if stays:
                name = entry.values.get("displayName") or entry.id
                self._give_up(f"'{name}' is still in the tenant, but was not among the {stage.entries:,} that came")
        missing = max(0, surplus or 0)
        if missing:
            numbers = f"the tenant said {came + missing:,}; {came:,} came"
            if not self._is_behind(missing, came + missing, changes):
                self._give_up(numbers)
            self._run.warn(f"The count may be out of date: {numbers}.")
        elif surplus is None and self._counted and asked and all(stays is None for _, stays in asked):
            self._run.warn(f"Nothing could be compared with the tenant; entries removed: {changes.removed:,}.")
        return WholeRead(changes, tuple(went), None if surplus is None else surplus + self._run.skipped)

    def _is_behind(self, missing: int, count: int, changes: Changes) -> bool:
        """Whether the count, rather than what came, may be wrong."""
        if self._by_delta is not None and (changes.added, changes.removed) == (
            self._by_delta.added,
            self._by_delta.removed,
        ):
            # A delta and a full read say the same.
            return True
        # A count may be out of date, but not by much; what was off as far before is no news.
        return self._read_again and (missing <= count * TOLERATED_SHARE or missing == self._run.known_surplus)

    async def _keep_skipped(self, stage: Stage, went: Sequence[Entry]) -> None:
        """Keep rows whose objects came without their ids, as the tenant says one by one."""
        kept: list[str] = []
        for entry in went:
            if len(kept) == self._run.skipped:
                break
            if await self._is_there(entry):
                kept.append(entry.id)
        await self._run.around.storage.do(stage.keep, kept)
        self._run.keep_skipped(len(kept))

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
        usual = self._run.known_surplus or 0
        count = await self._latest_count(changes.total, also=changes.total + usual)
        if count is None or count in {changes.total, changes.total + usual}:
            # A count that was off as far after the last full read is no news.
            return None if count is None else count - changes.total
        surplus = count - changes.total
        detail = f"the tenant said {count:,}; the list would hold {changes.total:,}"
        if changes.total > _QUICKLY_READ and -changes.added <= surplus - usual <= changes.removed:
            # Just what the count would say if it did not know of these changes yet; the next run looks again.
            self._run.warn(f"The count may be out of date: {detail}.")
            return usual
        self._by_delta = changes
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
            latest = await self._latest_count(came, or_less=True)
            # A number that cannot be asked for again still counts.
            count = count if latest is None else latest
        return None if count is None else count - came

    async def _latest_count(self, right: int, *, also: int | None = None, or_less: bool = False) -> int | None:
        """The tenant's count, which is given a while to become right where it is nearly; None where it has none."""
        look = 1
        while True:
            count = await self._directory.count(self._collection)
            if count is None or count in {right, also} or (or_less and count < right):
                return count
            if abs(count - right) > max(_FEW, right * TOLERATED_SHARE):
                return count
            look += 1
            if not await self._wait(look):
                return count

    async def _wait(self, look: int) -> bool:
        """Give the service a moment before the `look`-th look; False where it had its time in this run."""
        wait = Wait(WaitReason.COUNT_BEHIND, backoff(look), look - 1)
        if self._waited or look > _LOOKS or not await self._run.around.patience.spend(wait):
            self._waited = True
            return False
        return True

    def _sample(self, went: Sequence[Entry]) -> list[Entry]:
        """Some of the rows that would go: all of a few, else the first, one in the middle, the last."""
        if len(went) <= _FEW:
            return list(went)
        return [went[place * (len(went) - 1) // (_SAMPLE - 1)] for place in range(_SAMPLE)]

    async def _stays(self, entry: Entry) -> bool | None:
        """Whether the tenant has the object of a row, also after a while; None where it does not say."""
        look = 1
        while is_there := await self._is_there(entry):
            look += 1
            if not await self._wait(look):
                break
        return is_there

    async def _is_there(self, entry: Entry) -> bool | None:
        try:
            return await self._directory.find(self._collection, entry.id) is not None
        except (Refused, Unreadable, Unreachable) as error:
            if error.is_sign_in:
                raise
            return None
