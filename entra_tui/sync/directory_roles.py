"""The list of directory roles and who holds them: a request for the roles and one for each role's holders."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import RequestFailed
from entra_tui.model.entry import Entry
from entra_tui.storage.lists import Checkpoint
from entra_tui.sync.events import RestartReason, SyncMode
from entra_tui.sync.list_run import StartOver
from entra_tui.sync.memberships import id_of, member_columns
from entra_tui.sync.refusals import is_page_expired
from entra_tui.sync.rows import RowColumns, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.storage.lists import Stage
    from entra_tui.sync.events import Finished, Held
    from entra_tui.sync.list_run import ListRun

ROLE_COLUMNS: Final = ("id", "displayName", "description", "roleTemplateId")
"""Properties of the Graph resource `directoryRole` that are read, besides the members."""

_VALUES: Final = RowColumns(ROLE_COLUMNS[1:])


class DirectoryRoleList:
    """Brings one list of directory roles up to date; there are few, so they are read whole each time."""

    def __init__(self, run: ListRun) -> None:
        self._run = run
        self._around = run.around

    async def synchronize(self) -> Finished | Held:
        """Bring the list up to date, beginning again where that helps.

        Raises:
            RequestFailed: It did not help.
            StorageError: The lists cannot be used.
        """

        async def attempt(by_delta: bool) -> Finished | Held:  # noqa: ARG001 - there is none
            return await self._read()

        return await self._run.persist(attempt, by_delta=False)

    async def _read(self) -> Finished | Held:
        self._run.tell_start(SyncMode.FULL)
        stage = await self._around.storage.do(self._around.lists.begin_stage, self._run.name, self._run.started_at)
        try:
            await self._stage_roles(stage)
        except RequestFailed as error:
            if is_page_expired(error):
                raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error) from error
            raise
        return await self._run.finish_stage(stage, None)

    async def _stage_roles(self, stage: Stage) -> None:
        roles: list[Mapping[str, object]] = []
        async with aclosing(self._run.pages().after(self._around.directory.directory_roles)) as pages:
            async for page in pages:
                roles += page.items
        self._run.total = len({id_of(role) for role in roles})
        for place, role in enumerate(roles, 1):
            holders = await self._holders(id_of(role))
            entry = Entry(id_of(role), {**values_of(role, _VALUES), **member_columns(holders)})
            await self._around.storage.do(stage.add, [entry], checkpoint=Checkpoint(None, None, place))
            self._run.tell_page(stage.entries)

    async def _holders(self, role: str) -> list[str]:
        holders: list[str] = []
        first = partial(self._around.directory.first_role_members_page, role)
        async with aclosing(self._run.pages().after(first)) as pages:
            async for page in pages:
                holders += (id_of(holder) for holder in page.items)
        return holders
