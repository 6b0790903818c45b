"""The list of directory roles and who holds them: a request for the roles and one for each role's holders."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import Refused, RequestFailed, Unreachable, Unreadable
from entra_tui.graph.retry import FewErrors
from entra_tui.model.entry import Entry
from entra_tui.storage.lists import MEMBER_COUNT, NO_MEMBERS, Checkpoint
from entra_tui.sync.completeness import Completeness
from entra_tui.sync.events import RestartReason, SyncMode
from entra_tui.sync.list_run import StartOver
from entra_tui.sync.pages import TRIES
from entra_tui.sync.refusals import is_page_expired
from entra_tui.sync.rows import RowColumns, id_of, values_of

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
        self._completeness = Completeness(run, "directoryRoles", counted=False)

    async def synchronize(self) -> Finished | Held:
        """Bring the list up to date, beginning again where that helps.

        Raises:
            RequestFailed: It did not help.
            StorageError: The lists cannot be used.
        """
        await self._run.open()

        async def attempt(by_delta: bool) -> Finished | Held:  # noqa: ARG001 - there is none
            return await self._read()

        return await self._run.persist(attempt, by_delta=False)

    async def _read(self) -> Finished | Held:
        self._run.tell_start(SyncMode.FULL)
        stage = await self._run.begin_stage()
        try:
            await self._stage_roles(stage)
        except RequestFailed as error:
            if is_page_expired(error):
                raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error) from error
            raise
        read = await self._completeness.judge(stage)
        return await self._run.finish_stage(stage, read, None, columns=(*ROLE_COLUMNS[1:], MEMBER_COUNT))

    async def _stage_roles(self, stage: Stage) -> None:
        roles: dict[str, Mapping[str, object]] = {}
        async with aclosing(self._run.pages().after(self._around.directory.directory_roles)) as pages:
            async for page in pages:
                self._run.skip(page)
                roles.update((id_of(role), role) for role in page.items)
        self._run.total = len(roles)
        for place, (role_id, role) in enumerate(roles.items(), 1):
            values = values_of(role, _VALUES)
            name = values.get("displayName") or role_id
            holders = await self._holders(role_id, f"'{name}'")
            if holders is None:
                self._run.warn(f"The holders of '{name}' could not be read: their number is unknown.")
                members = NO_MEMBERS
            else:
                values[MEMBER_COUNT] = len(holders)
                members = {role_id: holders}
            await self._around.storage.do(
                stage.catch_up,
                [Entry(role_id, values)],
                (),
                checkpoint=Checkpoint(None, None, place),
                members=members,
            )
            self._run.tell_page(stage.entries)

    async def _holders(self, role: str, name: str) -> Mapping[str, bool] | None:
        """Who holds a role, each with True; None where the tenant does not tell."""
        holders: dict[str, bool] = {}
        directory = self._around.directory.patient(FewErrors(self._around.patience, TRIES, of_link=True))
        first = partial(directory.first_role_members_page, role)
        try:
            async with aclosing(self._run.pages(directory=directory).after(first)) as pages:
                async for page in pages:
                    if page.without_id:
                        self._run.warn(f"Some holders of {name} have no ID and cannot be listed.")
                    holders.update((id_of(holder), True) for holder in page.items)
        except (Refused, Unreadable, Unreachable) as error:
            # What goes wrong with one role says nothing about the others.
            if error.is_sign_in or is_page_expired(error):
                raise
            return None
        return holders
