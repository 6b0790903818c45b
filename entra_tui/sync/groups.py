"""The list of groups with their members, from one delta stream instead of a request a group."""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import RequestFailed
from entra_tui.graph.retry import FewErrors
from entra_tui.model.entry import Entry, Scalar
from entra_tui.storage.lists import MEMBER_COUNT, Checkpoint
from entra_tui.sync.changes import Delta, complete, finish_changes, read_changes
from entra_tui.sync.completeness import Completeness
from entra_tui.sync.events import RestartReason, SyncMode
from entra_tui.sync.list_run import StartOver
from entra_tui.sync.memberships import Memberships
from entra_tui.sync.pages import TRIES
from entra_tui.sync.refusals import is_delta_expired, is_page_expired, why_no_delta
from entra_tui.sync.rows import REMOVED, id_of, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from entra_tui.storage.lists import Stage
    from entra_tui.sync.events import Finished, Held
    from entra_tui.sync.list_run import ListRun

GROUP_COLUMNS: Final = (
    "id",
    "displayName",
    "description",
    "mail",
    "mailEnabled",
    "securityEnabled",
    "groupTypes",
    "visibility",
    "createdDateTime",
)
"""Properties of the Graph resource `group` that are read, besides the members."""

_PROPERTIES: Final = GROUP_COLUMNS[1:]
_COLLECTION: Final = "groups"
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
# Of these there is no end, however far the round came.
_WHEREVER: Final = frozenset({RestartReason.DELTA_LOOP, RestartReason.DELTA_EMPTY})


class GroupList:
    """Brings one list of groups up to date.

    The first round of a delta query gives every group with its members; its delta link gives the changes from then
    on. Where delta does not work the groups are read without their members, which nothing else tells in one stream.
    """

    def __init__(self, run: ListRun) -> None:
        self._run = run
        self._around = run.around
        self._completeness = Completeness(run, _COLLECTION)
        self._no_delta = False
        self._synchronized_at: datetime | None = None

    async def synchronize(self) -> Finished | Held:
        """Bring the list up to date, beginning again where that helps.

        Raises:
            RequestFailed: It did not help.
            StorageError: The lists cannot be used.
        """
        lists, storage = self._around.lists, self._around.storage
        state = await self._run.open()
        self._synchronized_at = state.synchronized_at
        link = state.delta_link
        left = await storage.do(lists.open_stage, self._run.name)
        if left is not None:
            # Which page of a round a group's members end on is not known, so an interrupted one begins anew.
            await storage.do(left.discard)
        if link is not None and self._run.is_full_read_due(state):
            link = None

        async def attempt(by_delta: bool) -> Finished | Held:
            if by_delta and link is not None:
                return await self._by_delta(link)
            return await self._by_full_read()

        return await self._run.persist(attempt, by_delta=link is not None and not self._around.full)

    async def _by_full_read(self) -> Finished | Held:
        self._run.tell_start(SyncMode.FULL)
        stage = await self._run.begin_stage()
        if self._no_delta:
            delta_link = None
            await self._stage_plain(stage)
        else:
            delta_link = await self._stage_round(stage)
        read = await self._completeness.judge(stage)
        return await self._run.finish_stage(stage, read, delta_link, columns=(*_PROPERTIES, MEMBER_COUNT))

    async def _stage_round(self, stage: Stage) -> str | None:
        delta_link, pages_read = None, 0
        hidden, told = set[str](), set[str]()
        directory = self._around.directory.patient(FewErrors(self._around.patience, TRIES))
        first = partial(directory.first_groups_delta_page, GROUP_COLUMNS, page_size=self._run.page_size)
        try:
            async with aclosing(self._run.pages(of_delta=True).after(first)) as pages:
                async for page in pages:
                    pages_read += 1
                    changes = _Round()
                    changes.take(page.items)
                    self._run.skip(page)
                    delta_link = page.delta_link
                    upserts = changes.upserts()
                    hidden.update(entry.id for entry in upserts if _is_hidden(entry.values))
                    told.update(changes.members.changes)
                    await self._around.storage.do(
                        stage.catch_up,
                        upserts,
                        changes.removed,
                        checkpoint=Checkpoint(None, None, pages_read),
                        members=changes.members.changes,
                    )
                    self._run.tell_page(stage.entries)
        except RequestFailed as error:
            if is_page_expired(error) or is_delta_expired(error):
                raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error) from error
            if (reason := why_no_delta(error)) is not None and (not pages_read or reason in _WHEREVER):
                self._no_delta = True
                raise StartOver(reason, error) from error
            raise
        await self._around.storage.do(stage.count_members, hidden - told)
        return delta_link

    async def _stage_plain(self, stage: Stage) -> None:
        first = partial(self._around.directory.first_groups_page, GROUP_COLUMNS, page_size=self._run.page_size)
        pages_read = 0
        try:
            async with aclosing(self._run.pages().after(first)) as pages:
                async for page in pages:
                    pages_read += 1
                    self._run.skip(page)
                    entries = [Entry(id_of(item), _values(item)) for item in page.items]
                    await self._around.storage.do(stage.add, entries, checkpoint=Checkpoint(None, None, pages_read))
                    self._run.tell_page(stage.entries)
        except RequestFailed as error:
            if is_page_expired(error):
                raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error) from error
            raise
        self._run.warn("The members of groups could not be read: their number is unknown.")

    async def _by_delta(self, link: str) -> Finished | Held:
        changes = _Round()
        next_time = await read_changes(self._run, link, changes)
        upserts = changes.upserts()
        ids = [entry.id for entry in upserts]
        known = await self._around.storage.do(self._around.lists.known, self._run.name, ids)
        find = partial(self._run.of_stored_link.find, _COLLECTION, select=",".join(GROUP_COLUMNS))
        async for entry, item in complete(self._run, find, upserts, known):
            upserts.remove(entry)
            if item is not None:
                upserts.append(Entry(entry.id, _values(item)))
        members = dict(changes.members.changes)
        for entry in upserts:
            if entry.id not in known and entry.id not in members and self._is_new(entry):
                # A group that was made since the last run has no members; one that came back tells none.
                members[entry.id] = {}
        delta = Delta(upserts, changes.removed, next_time, members)
        return await finish_changes(self._run, delta, self._completeness, (*_PROPERTIES, MEMBER_COUNT))

    def _is_new(self, entry: Entry) -> bool:
        """Whether a group was made since the last run, by the tenant's word."""
        created = entry.values.get("createdDateTime")
        if self._synchronized_at is None or not isinstance(created, str) or _is_hidden(entry.values):
            return False
        try:
            moment = datetime.fromisoformat(created)
        except ValueError:
            return False
        return moment.tzinfo is not None and moment >= self._synchronized_at - _CLOCKS_DIFFER


class _Round:
    """The groups that a delta tells about, merged by id; the last word counts."""

    def __init__(self) -> None:
        self.members = Memberships()
        self._changed: dict[str, dict[str, Scalar]] = {}
        self._removed: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._changed) + len(self._removed)

    @property
    def size(self) -> int:
        """How many groups and members are held."""
        return len(self) + len(self.members)

    def take(self, items: Iterable[Mapping[str, object]]) -> None:
        """Merge a page's groups."""
        for item in items:
            group = id_of(item)
            if REMOVED in item:
                self._changed.pop(group, None)
                self.members.discard(group)
                self._removed[group] = None
                continue
            self._removed.pop(group, None)
            self._changed.setdefault(group, {}).update(_values(item))
            self.members.take(group, item)

    @property
    def removed(self) -> tuple[str, ...]:
        """Ids of the groups that are gone."""
        return tuple(self._removed)

    def upserts(self) -> list[Entry]:
        """The groups that are new or changed, without their members."""
        return [Entry(group, values) for group, values in self._changed.items()]


def _values(item: Mapping[str, object]) -> dict[str, Scalar]:
    return {name: joined(item[name]) for name in _PROPERTIES if name in item}


def _is_hidden(values: Mapping[str, Scalar]) -> bool:
    """Whether nobody is told who is in the group: that is unknown then, and not nobody."""
    return values.get("visibility") == "HiddenMembership"
