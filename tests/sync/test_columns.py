"""Other columns chosen in config.toml: what a delta link was made for counts no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.user_columns import FURTHER_USER_COLUMNS, USER_COLUMNS
from entra_tui.services import Services, open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.graph_api.resources import Resource, parse_select
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.folders import Folders
from entra_tui.sync.events import Finished, Restarted, RestartReason, SyncEvent, SyncMode

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.model.secret import Secret

LIST = "Users - Contoso"


class Program:
    """The services on a practice tenant of forty people."""

    def __init__(self, folder: Path) -> None:
        cloud = PracticeCloud(find_scenario("healthy"), users=40, clock=ManualClock())
        self.services: Services = open_practice(Folders.locate(folder), cloud)
        inputs = cloud.inputs
        self.secret: Secret = inputs.secret
        self.connector = Connector("Contoso", inputs.tenant, inputs.client_id, inputs.environment, SecretStore.NONE)

    def choose(self, *columns: str) -> None:
        path = self.services.settings.path
        kept = path.read_text().partition("\n[lists]")[0]
        path.write_text(f"{kept}\n[lists]\nuser_columns = [{', '.join(repr(name) for name in columns)}]\n")

    async def synchronize(self) -> list[SyncEvent]:
        return [event async for event in self.services.synchronize(self.connector, self.secret)]


def end(events: list[SyncEvent]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


async def test_other_columns_are_read_in_full_once_and_then_by_delta(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    lists = program.services.lists
    async with program.services:
        await program.services.save_connector(program.connector, program.secret)
        assert end(await program.synchronize()).mode is SyncMode.FULL
        assert lists.columns(LIST) == USER_COLUMNS
        assert end(await program.synchronize()).mode is SyncMode.DELTA

        program.choose("department", "city")
        events = await program.synchronize()
        assert Restarted(LIST, RestartReason.COLUMNS_CHANGED) in events
        assert end(events).mode is SyncMode.FULL
        assert end(events).changes.changed == 40
        assert lists.columns(LIST) == ("id", "userPrincipalName", "displayName", "department", "city")
        for entry in lists.rows(LIST):
            assert set(entry.values) <= {"userPrincipalName", "displayName", "department", "city"}

        program.choose("city", "department")
        events = await program.synchronize()
        assert end(events).mode is SyncMode.DELTA
        assert not any(isinstance(event, Restarted) for event in events)


async def test_what_an_interrupted_run_read_with_other_columns_does_not_count(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    lists = program.services.lists
    async with program.services:
        await program.services.save_connector(program.connector, program.secret)
        lists.begin_stage(LIST, program.services.http.clock.now(), USER_COLUMNS)
        program.choose("city")
        assert end(await program.synchronize()).changes.added == 40
        assert lists.columns(LIST) == ("id", "userPrincipalName", "displayName", "city")


def test_every_column_that_may_be_chosen_is_a_property_of_a_user() -> None:
    names = (*USER_COLUMNS, *FURTHER_USER_COLUMNS)
    assert parse_select(",".join(names), Resource.USER).names == names
