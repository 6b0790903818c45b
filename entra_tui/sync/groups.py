"""The list of groups with their members, from one delta stream instead of a request a group."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import RequestFailed
from entra_tui.graph.retry import FewErrors
from entra_tui.model.entry import Entry, Scalar
from entra_tui.storage.lists import Checkpoint
from entra_tui.sync.changes import finish_changes, read_changes
from entra_tui.sync.events import RestartReason, SyncMode
from entra_tui.sync.list_run import StartOver
from entra_tui.sync.memberships import MEMBERS, Memberships, id_of, member_columns
from entra_tui.sync.pages import TRIES
from entra_tui.sync.refusals import is_delta_expired, is_delta_not_offered, is_no_delta, is_page_expired
from entra_tui.sync.rows import REMOVED, joined

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
_BATCH: Final = 500


class GroupList:
    """Brings one list of groups up to date.

    The first round of a delta query gives every group with its members; its delta link gives the changes from then
    on. Where delta is not offered the groups are read without their members, which nothing else tells in one stream.
    """

    def __init__(self, run: ListRun) -> None:
        self._run = run
        self._around = run.around
        self._delta_offered = True

    async def synchronize(self) -> Finished | Held:
        """Bring the list up to date, beginning again where that helps.

        Raises:
            RequestFailed: It did not help.
            StorageError: The lists cannot be used.
        """
        lists, storage = self._around.lists, self._around.storage
        link = await storage.do(lists.delta_link, self._run.name)
        left = await storage.do(lists.open_stage, self._run.name)
        if left is not None:
            # Members are gathered in memory over a whole round, so an interrupted one begins anew.
            await storage.do(left.discard)

        async def attempt(by_delta: bool) -> Finished | Held:
            if by_delta and link is not None:
                return await self._by_delta(link)
            return await self._by_full_read()

        return await self._run.persist(attempt, by_delta=link is not None and not self._around.full)

    async def _by_full_read(self) -> Finished | Held:
        self._run.tell_start(SyncMode.FULL)
        stage = await self._around.storage.do(self._around.lists.begin_stage, self._run.name, self._run.started_at)
        if self._delta_offered:
            delta_link = await self._stage_round(stage)
        else:
            delta_link = None
            await self._stage_plain(stage)
        return await self._run.finish_stage(stage, delta_link)

    async def _stage_round(self, stage: Stage) -> str | None:
        members, delta_link, pages_read = Memberships(), None, 0
        nobody = member_columns(())
        directory = self._around.directory.patient(FewErrors(self._around.patience, TRIES))
        first = partial(directory.first_groups_delta_page, GROUP_COLUMNS)
        try:
            async with aclosing(self._run.pages(of_delta=True).after(first)) as pages:
                async for page in pages:
                    pages_read += 1
                    changes = _Round(members)
                    changes.take(page.items)
                    delta_link = page.delta_link
                    groups = [
                        Entry(group.id, group.values if _is_hidden(group.values) else {**group.values, **nobody})
                        for group in changes.properties()
                    ]
                    await self._catch_up(stage, groups, changes.removed, pages_read)
                    self._run.tell_page(stage.entries)
        except RequestFailed as error:
            if is_page_expired(error) or is_delta_expired(error):
                raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error) from error
            if (is_delta_not_offered(error) or is_no_delta(error)) and not pages_read:
                self._delta_offered = False
                raise StartOver(RestartReason.DELTA_REFUSED, error) from error
            raise
        told = members.groups()
        while batch := [Entry(group, members.columns(group)) for group in islice(told, _BATCH)]:
            await self._catch_up(stage, batch, (), pages_read)
        return delta_link

    async def _catch_up(self, stage: Stage, upserts: Iterable[Entry], removed: Iterable[str], pages: int) -> None:
        await self._around.storage.do(stage.catch_up, upserts, removed, checkpoint=Checkpoint(None, None, pages))

    async def _stage_plain(self, stage: Stage) -> None:
        first = partial(self._around.directory.first_groups_page, GROUP_COLUMNS)
        pages_read = 0
        try:
            async with aclosing(self._run.pages().after(first)) as pages:
                async for page in pages:
                    pages_read += 1
                    entries = [Entry(id_of(item), _values(item)) for item in page.items]
                    await self._around.storage.do(stage.add, entries, checkpoint=Checkpoint(None, None, pages_read))
                    self._run.tell_page(stage.entries)
        except RequestFailed as error:
            if is_page_expired(error):
                raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error) from error
            raise

    async def _by_delta(self, link: str) -> Finished | Held:
        changes = _Round(Memberships())
        next_time = await read_changes(self._run, link, changes)
        upserts = await self._around.storage.do(self._merged, changes)
        return await finish_changes(self._run, upserts, changes.removed, next_time)

    def _merged(self, changes: _Round) -> list[Entry]:
        """The changed groups, with the members that the list has and what was told about them."""
        upserts = []
        told = set(changes.members.groups())
        for entry in changes.properties():
            present = self._around.lists.entry(self._run.name, entry.id)
            values = {**(present.values if present is not None else {}), **entry.values}
            before = values.get(MEMBERS)
            if entry.id in told or not _is_hidden(values):
                values |= changes.members.columns(entry.id, before if isinstance(before, str) else "")
            upserts.append(Entry(entry.id, values))
        return upserts


class _Round:
    """The groups that a delta tells about, merged by id; the last word counts."""

    def __init__(self, members: Memberships) -> None:
        self.members = members
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
                self.members.forget(group)
                self._removed[group] = None
                continue
            self._removed.pop(group, None)
            self._changed.setdefault(group, {}).update(_values(item))
            self.members.take(group, item)

    @property
    def removed(self) -> tuple[str, ...]:
        """Ids of the groups that are gone."""
        return tuple(self._removed)

    def properties(self) -> list[Entry]:
        """The groups that are new or changed, without their members."""
        return [Entry(group, values) for group, values in self._changed.items()]


def _values(item: Mapping[str, object]) -> dict[str, Scalar]:
    return {name: joined(item[name]) for name in _PROPERTIES if name in item}


def _is_hidden(values: Mapping[str, Scalar]) -> bool:
    """Whether nobody is told who is in the group: that is unknown then, and not nobody."""
    return values.get("visibility") == "HiddenMembership"
