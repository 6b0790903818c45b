"""The list of users: a full read with what changed meanwhile, or the changes since the last run."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import AnswerFault, Refused, RequestFailed, Unreadable, UnsafeDestination
from entra_tui.graph.retry import FewErrors
from entra_tui.model.entry import Entry
from entra_tui.model.user_columns import expand_of, select_of
from entra_tui.storage.lists import Checkpoint, RunOutcome, stored_rows
from entra_tui.sync.changes import Delta, complete, finish_changes, read_changes
from entra_tui.sync.completeness import Completeness
from entra_tui.sync.delta_round import DeltaRound
from entra_tui.sync.early_page import EarlyPage
from entra_tui.sync.events import RestartReason, SyncMode
from entra_tui.sync.list_run import MOST_REPEATS, StartOver
from entra_tui.sync.pages import TRIES
from entra_tui.sync.refusals import is_link_failing, is_link_lost, is_page_expired, why_no_delta
from entra_tui.sync.rows import user_row_columns, values_of
from entra_tui.sync.user_pages import UserPageReader
from entra_tui.sync.write_behind import WriteBehind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.graph.page import Page
    from entra_tui.storage.lists import Stage, StoredRow
    from entra_tui.sync.events import Finished, Held
    from entra_tui.sync.list_run import ListRun

USUAL_PAGE: Final = 100
"""Users in a page where nothing is said; for a service that refuses more."""

LONG_READ: Final = 20
"""Pages from which on the changes are asked for beside the last page: a twentieth of the time is worth it."""

_COLLECTION: Final = "users"
_BAD_REQUEST: Final = 400
_STALE: Final = timedelta(hours=1)


class UserList:
    """Brings one list of users up to date.

    Without a delta link from the last run everything is read: first a delta link "from now on" is taken, then the
    pages are staged, then what changed meanwhile is merged in, then the whole becomes the list. With one, only what
    changed is read. Where delta is not offered, full reads are compared with the list.
    """

    def __init__(self, run: ListRun) -> None:
        self._run = run
        self._around = run.around
        self._columns = user_row_columns(run.around.columns)
        self._read = UserPageReader(self._columns)
        self._completeness = Completeness(run, _COLLECTION)
        self._resumed = False
        self._left_meanwhile = 0
        self._repeats = 0
        self._pages_kept = 0
        self._is_incomplete = False
        self._no_delta: RestartReason | None = None
        self._early = EarlyPage()

    async def synchronize(self) -> Finished | Held:
        """Bring the list up to date, beginning again where that helps.

        Raises:
            RequestFailed: It did not help.
            StorageError: The lists cannot be used.
        """
        state = await self._run.open()
        self._run.stage = await self._left_stage()
        link = state.delta_link
        if link is not None and self._are_others(state.columns):
            # The link would go on telling the columns that it was made for.
            link = None
            self._run.tell_restart(RestartReason.COLUMNS_CHANGED)
        elif link is not None and self._run.stage is None and self._run.is_full_read_due(state):
            link = None

        async def attempt(by_delta: bool) -> Finished | Held:
            if by_delta and link is not None:
                return await self._by_delta(link)
            async with self._early:
                return await self._by_full_read()

        by_delta = link is not None and self._run.stage is None and not self._around.full
        return await self._run.persist(attempt, by_delta=by_delta)

    async def _left_stage(self) -> Stage | None:
        """What an interrupted run left, where it still counts; else it is discarded."""
        lists, storage, name = self._around.lists, self._around.storage, self._run.name
        stage = await storage.do(lists.open_stage, name)
        if stage is None:
            return None
        if self._are_others(stage.columns) or stage.source != self._around.source:
            if stage.source is None:
                # Of an older release, which did not note whose rows it read.
                self._run.tell_restart(RestartReason.CHECKPOINT_LOST)
            await storage.do(stage.discard)
            return None
        runs = await storage.do(lists.runs, name, limit=1)
        held = bool(runs) and runs[0].outcome is RunOutcome.HELD
        if stage.checkpoint is not None and not self._around.full and (not held or self._around.confirmed):
            # Without a delta nobody would tell what changed since, and rows that old are worth less than new ones.
            if stage.checkpoint.delta_link is not None or self._run.started_at - stage.started_at <= _STALE:
                self._resumed = True
                return stage
            self._run.tell_restart(RestartReason.CHECKPOINT_OLD)
        await storage.do(stage.discard)
        return None

    def _are_others(self, columns: Sequence[str]) -> bool:
        """Whether something was read with other columns than are wanted now."""
        return bool(columns) and set(columns) != set(self._around.columns)

    # ------------------------------------------------------------ everything

    async def _by_full_read(self) -> Finished | Held:
        self._run.tell_start(SyncMode.FULL)
        stage = self._run.stage
        resumed, counted_before = False, None
        self._left_meanwhile = self._repeats = self._pages_kept = 0
        self._is_incomplete = False
        if stage is None:
            checkpoint = Checkpoint(None, await self._delta_from_now())
            stage = self._run.stage = await self._run.begin_stage(self._around.columns)
            checkpoint = await self._stage_pages(stage, checkpoint)
        else:
            assert stage.checkpoint is not None  # noqa: S101 - only a stage with one is kept
            await self._around.proof.confirm()
            checkpoint = stage.checkpoint
            resumed, counted_before = checkpoint.delta_link is None, checkpoint.expected
            self._run.total = checkpoint.expected
            self._pages_kept = checkpoint.pages
            if not self._resumed:
                # Everything comes again, and takes the place of what is there.
                await self._around.storage.do(stage.index_ids)
            if checkpoint.next_link is not None or not self._resumed:
                checkpoint = await self._stage_pages(stage, checkpoint)
            elif checkpoint.delta_link is not None:
                # The rest of the catching up that was interrupted tells nothing of the time since.
                checkpoint = await self._catch_up(stage, checkpoint)
        self._resumed = False
        if checkpoint.delta_link is not None:
            # The line and the disk are busy at the same time.
            indexing = asyncio.create_task(self._around.storage.do(stage.index))
            try:
                checkpoint = await self._catch_up(stage, checkpoint)
            finally:
                await indexing
        if counted_before is not None:
            counted_before -= self._left_meanwhile
        read = await self._completeness.judge(stage, resumed=resumed, counted_before=counted_before)
        delta_link = checkpoint.delta_link
        if self._is_incomplete:
            self._run.warn("A change came without an ID while everything was read. The next run reads everything.")
            delta_link = None
        return await self._run.finish_stage(stage, read, delta_link, columns=self._columns.names)

    async def _delta_from_now(self) -> str | None:
        """A delta link for what changes after this moment; None where there is none to be had."""
        if self._no_delta is not None:
            return None
        directory = self._around.directory.patient(FewErrors(self._around.patience, TRIES))
        first = partial(directory.latest_users_delta, self._around.columns)
        reason = RestartReason.DELTA_NOT_OFFERED
        try:
            async with aclosing(self._run.pages(of_delta=True, directory=directory).after(first)) as pages:
                async for page in pages:
                    if page.delta_link is not None:
                        return page.delta_link
                    if page.items:
                        # Who does not know `latest` begins to list everybody, which the pages of users do better.
                        break
        except RequestFailed as error:
            known = why_no_delta(error)
            if known is None:
                raise
            reason = known
        self._no_delta = reason
        self._run.tell_restart(reason)
        return None

    async def _stage_pages(self, stage: Stage, checkpoint: Checkpoint) -> Checkpoint:
        reader = self._run.pages(read=self._read)
        if self._resumed and checkpoint.next_link is not None:
            pages = reader.behind(checkpoint.next_link, directory=self._run.of_stored_link)
        else:
            pages = reader.after(self._first_page)
        came = stage.entries
        try:
            async with aclosing(pages), WriteBehind() as behind:
                async for page in pages:
                    if not checkpoint.pages and page.count is not None and not _counts_itself(page):
                        self._run.total = page.count
                    self._run.skip(page)
                    checkpoint = Checkpoint(
                        page.next_link, checkpoint.delta_link, checkpoint.pages + 1, self._run.total
                    )
                    await behind.begin(partial(self._write, stage, checkpoint, stored_rows(page.users)))
                    came += len(page.ids)
                    if self._is_before_last(page, checkpoint, came):
                        self._catch_up_early(checkpoint)
                        # Nothing is to be written meanwhile.
                        await behind.begin(partial(self._around.storage.do, stage.index))
        except RequestFailed as error:
            resumed, self._resumed = self._resumed, False
            if is_page_expired(error):
                # Whoever left the tenant since the first page is told by the delta alone.
                kept = checkpoint.delta_link is not None and stage.checkpoint is not None
                raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error, keep_stage=kept) from error
            if resumed and is_link_failing(error):
                raise StartOver(RestartReason.CHECKPOINT_FAILED, error) from error
            if resumed and (is_link_lost(error) or isinstance(error, UnsafeDestination)):
                raise StartOver(RestartReason.CHECKPOINT_LOST, error) from error
            raise
        return checkpoint

    def _is_before_last(self, page: Page, checkpoint: Checkpoint, came: int) -> bool:
        """Whether the next page is probably the last of a long read, when `came` objects came with this one."""
        if checkpoint.delta_link is None or page.next_link is None or self._early.is_asked:
            return False
        return (
            checkpoint.pages >= LONG_READ
            and checkpoint.expected is not None
            and (0 < checkpoint.expected - came <= len(page.ids))
        )

    def _catch_up_early(self, checkpoint: Checkpoint) -> None:
        """Ask what changed meanwhile beside the last page; what changes after that comes with the next run."""
        assert checkpoint.delta_link is not None  # noqa: S101 - the caller saw to it
        link = checkpoint.delta_link
        self._early.ask(link, self._run.of_stored_link.follow(link, of_delta=True))

    async def _write(self, stage: Stage, checkpoint: Checkpoint, rows: Sequence[StoredRow]) -> None:
        fresh = await self._around.storage.do(stage.add_rows, rows, checkpoint=checkpoint)
        self._resumed = False
        if fresh is not None:
            self._repeats = self._repeats + 1 if rows and not fresh else 0
        # A stage that was kept is read over once.
        if self._repeats > MOST_REPEATS + self._pages_kept:
            detail = f"{self._repeats:,} pages of objects that came before"
            raise Unreadable(AnswerFault.LOOP, host=self._around.directory.host, detail=detail)
        self._run.tell_page(stage.entries)

    async def _first_page(self) -> Page:
        first = partial(self._around.directory.first_users_page, self._around.columns, read=self._read)
        try:
            return await first(page_size=self._run.page_size)
        except Refused as refusal:
            if refusal.status != _BAD_REQUEST or refusal.is_sign_in or self._run.page_size <= USUAL_PAGE:
                raise
            self._run.page_size = USUAL_PAGE
            return await first(page_size=USUAL_PAGE)

    async def _catch_up(self, stage: Stage, checkpoint: Checkpoint) -> Checkpoint:
        assert checkpoint.delta_link is not None  # noqa: S101 - the caller saw to it
        pages = self._run.pages(of_delta=True, directory=self._run.of_stored_link).behind(
            checkpoint.delta_link, early=self._early
        )
        try:
            async with aclosing(pages):
                async for page in pages:
                    changes = DeltaRound(self._columns)
                    changes.take(page.items)
                    # The delta link moves on behind a change that cannot be told whose it is.
                    self._is_incomplete = self._is_incomplete or bool(page.without_id)
                    upserts = tuple(changes.changed)
                    known = await self._around.storage.do(stage.known, [entry.id for entry in upserts])
                    checkpoint = Checkpoint(
                        None, page.next_link or page.delta_link, checkpoint.pages + 1, checkpoint.expected
                    )
                    await self._around.storage.do(
                        stage.catch_up,
                        await self._complete(upserts, known),
                        changes.removed,
                        checkpoint=checkpoint,
                    )
                    self._left_meanwhile += len(changes.removed)
                    self._run.tell_page(stage.entries)
        except RequestFailed as error:
            if is_page_expired(error):
                raise StartOver(RestartReason.DELTA_EXPIRED, error) from error
            if (reason := why_no_delta(error)) is not None:
                if reason is not RestartReason.DELTA_EXPIRED:
                    self._no_delta = reason
                raise StartOver(reason, error) from error
            raise
        return checkpoint

    async def _complete(self, upserts: Sequence[Entry], known: set[str]) -> list[Entry]:
        """The entries of a delta, those that came without a name as the tenant has them now."""
        found: dict[str, Entry | None] = {}
        find = partial(
            self._run.of_stored_link.find,
            _COLLECTION,
            select=select_of(self._around.columns),
            expand=expand_of(self._around.columns),
        )
        async for entry, item in complete(self._run, find, upserts, known):
            found[entry.id] = None if item is None else Entry(entry.id, values_of(item, self._columns))
        return [whole for entry in upserts if (whole := found.get(entry.id, entry)) is not None]

    # ------------------------------------------------------------ what changed

    async def _by_delta(self, link: str) -> Finished | Held:
        changes = DeltaRound(self._columns)
        next_time = await read_changes(self._run, link, changes)
        upserts = tuple(changes.changed)
        known = await self._around.storage.do(self._around.lists.known, self._run.name, [entry.id for entry in upserts])
        delta = Delta(await self._complete(upserts, known), changes.removed, next_time)
        return await finish_changes(self._run, delta, self._completeness, self._columns.names)


def _counts_itself(page: Page) -> bool:
    """Whether a page's count is no more than its own length, though another page follows: some services write that."""
    return page.next_link is not None and page.count is not None and page.count <= len(page.ids)
