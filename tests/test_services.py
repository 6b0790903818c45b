"""Connectors that are removed or renamed while this copy, or another one, is at work on their lists."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.permission import Feature
from entra_tui.model.secret import Secret
from entra_tui.services import open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.errors import ConnectorSavedError, LockedError, NameTakenError, UnknownNameError
from entra_tui.storage.folders import Folders
from entra_tui.storage.lists import ListDatabase
from entra_tui.sync.events import Failed, Finished
from entra_tui.sync.running import RunningSync, SyncOutcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from entra_tui.services import Services

LIST = "Users - Contoso"


class Desk:
    """The services on a practice tenant, and a connector to it."""

    def __init__(self, folder: Path) -> None:
        self.folders = Folders.locate(folder)
        cloud = PracticeCloud(find_scenario("healthy"), users=20, clock=ManualClock())
        self.services: Services = open_practice(self.folders, cloud)
        given = cloud.inputs
        self.secret = given.secret
        self.connector = Connector("Contoso", given.tenant, given.client_id, given.environment, SecretStore.NONE)

    async def synchronize(self, connector: Connector | None = None) -> list[object]:
        return [event async for event in self.services.synchronize(connector or self.connector, self.secret)]

    async def start(self) -> RunningSync:
        """A run that a screen began, that has claimed its list and is held before its first page."""
        services, connector = self.services, self.connector
        running = services.running_syncs.start(
            connector.name,
            lambda pause: services.synchronize(connector, self.secret, pause=pause),
            services.http.clock,
        )
        running.pause()
        while not running.progress.list:  # noqa: ASYNC110 - a progress has no event
            await asyncio.sleep(0)
        return running

    @property
    def stored(self) -> tuple[list[str], list[str]]:
        return (
            [one.name for one in self.services.settings.read().connectors],
            [one.name for one in self.services.lists.overview()],
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    one = Desk(tmp_path)
    await one.services.save_connector(one.connector, one.secret)
    yield one
    await one.services.aclose()


async def test_a_removal_ends_the_run_that_this_copy_began(desk: Desk) -> None:
    running = await desk.start()
    assert desk.services.is_synchronizing("CONTOSO")
    await desk.services.remove_connector("contoso")
    assert running.outcome is SyncOutcome.CANCELED
    assert not desk.services.is_synchronizing("Contoso")
    assert desk.stored == ([], [])
    await desk.services.save_connector(desk.connector, desk.secret)
    assert desk.services.running_syncs.find("Contoso") is None


async def test_what_another_copy_synchronizes_is_neither_removed_nor_renamed(desk: Desk) -> None:
    await desk.services.save_connector(replace(desk.connector, features=frozenset(Feature)), None, instead_of="Contoso")
    before = desk.services.settings.path.read_bytes(), desk.stored
    with ListDatabase(desk.services.lists.path) as other, other.claim("Groups - Contoso"):
        with pytest.raises(LockedError, match="'Groups - Contoso', so nothing was removed"):
            await desk.services.remove_connector("Contoso")
        for changed in (replace(desk.connector, name="Fabrikam"), replace(desk.connector, tenant_id="x" * 36)):
            with pytest.raises(LockedError, match="so nothing was changed"):
                await desk.services.save_connector(changed, None, instead_of="Contoso")
        assert (desk.services.settings.path.read_bytes(), desk.stored) == before
    assert await desk.services.secret_of(desk.connector) == desk.secret


async def test_what_this_copy_synchronizes_keeps_its_name_and_tenant(desk: Desk) -> None:
    running = await desk.start()
    with pytest.raises(LockedError, match="'Contoso' is being synchronized; wait for that to end"):
        await desk.services.save_connector(replace(desk.connector, name="Fabrikam"), None, instead_of="Contoso")
    least = replace(desk.connector, least_privilege=True)
    await desk.services.save_connector(least, None, instead_of="Contoso")
    assert running.outcome is None
    assert desk.services.settings.find_connector("Contoso").least_privilege


async def test_a_run_of_a_removed_connector_fails_and_makes_no_list(desk: Desk) -> None:
    await desk.services.remove_connector("Contoso")
    (end,) = await desk.synchronize()
    assert isinstance(end, Failed)
    assert end.finding.code == "connector-removed"
    assert desk.stored == ([], [])


async def test_a_run_does_not_fill_the_list_of_another_tenants_connector_of_the_same_name(desk: Desk) -> None:
    other = replace(desk.connector, tenant_id="11111111-1111-4111-8111-111111111111")
    await desk.services.save_connector(other, None, instead_of="Contoso")
    (end,) = await desk.synchronize()
    assert isinstance(end, Failed)
    assert end.finding.code == "connector-removed"
    assert desk.services.lists.count(LIST) == 0


async def test_a_feature_that_is_switched_off_leaves_a_list_that_goes_with_its_connector(desk: Desk) -> None:
    wide = replace(desk.connector, features=frozenset({Feature.USERS, Feature.GROUPS}))
    await desk.services.save_connector(wide, None, instead_of="Contoso")
    desk.services.settings.replace_connector("Contoso", desk.connector)
    ends = [event for event in await desk.synchronize(wide) if isinstance(event, Finished | Failed)]
    assert [end.list for end in ends if isinstance(end, Finished)] == [LIST, "Groups - Contoso", ""]
    await desk.services.remove_connector("Contoso")
    assert desk.stored == ([], [])


async def test_the_secret_is_remembered_as_long_as_a_connector_uses_it(desk: Desk) -> None:
    twin = replace(desk.connector, name="Fabrikam")
    await desk.services.save_connector(twin, None)
    await desk.services.remove_connector("Contoso")
    assert await desk.services.secret_of(twin) == desk.secret
    await desk.services.remove_connector("Fabrikam")
    assert await desk.services.secret_of(twin) is None


async def test_a_store_that_no_connector_uses_any_more_keeps_no_secret(desk: Desk) -> None:
    desk.services.unlock(Secret("four words and more"))
    kept = replace(desk.connector, name="Fabrikam", secret_store=SecretStore.FILE)
    await desk.services.save_connector(kept, desk.secret)
    secrets = desk.folders.data / "secrets.json"
    assert desk.connector.client_id in secrets.read_text()
    await desk.services.remove_connector("Fabrikam")
    assert desk.connector.client_id not in secrets.read_text()


async def test_a_connector_that_was_removed_is_saved_as_a_new_one(desk: Desk) -> None:
    await desk.services.remove_connector("Contoso")
    await desk.services.save_connector(desk.connector, desk.secret, instead_of="Contoso")
    assert desk.stored == (["Contoso"], [LIST])


async def test_a_name_whose_list_was_left_behind_is_refused_before_anything_changes(desk: Desk) -> None:
    desk.services.lists.create_list(Feature.USERS, "Fabrikam")
    with pytest.raises(NameTakenError, match="'Users - Fabrikam' of a removed connector"):
        await desk.services.save_connector(replace(desk.connector, name="Fabrikam"), None, instead_of="Contoso")
    assert desk.stored == (["Contoso"], [LIST, "Users - Fabrikam"])
    await desk.services.save_connector(replace(desk.connector, name="CONTOSO"), None, instead_of="Contoso")
    assert desk.stored == (["CONTOSO"], ["Users - CONTOSO", "Users - Fabrikam"])


async def test_only_lists_of_removed_connectors_are_removed_alone(desk: Desk) -> None:
    running = await desk.start()
    (one,) = desk.services.lists.overview()
    with pytest.raises(ConnectorSavedError, match="`entra-tui connector remove`"):
        await desk.services.remove_orphan(one)
    with pytest.raises(ConnectorSavedError):
        await desk.services.remove_orphans("contoso")
    assert running.outcome is None
    desk.services.settings.remove_connector("Contoso")
    await desk.services.remove_orphan(one)
    assert running.outcome is SyncOutcome.CANCELED
    with pytest.raises(UnknownNameError):
        await desk.services.remove_orphan(one)
