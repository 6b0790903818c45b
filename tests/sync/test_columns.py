"""Other columns chosen in config.toml: what a delta link was made for counts no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.user_columns import (
    EXTENSION_ATTRIBUTES,
    FURTHER_USER_COLUMNS,
    LIST_USER_COLUMNS,
    USER_COLUMNS,
    select_of,
)
from entra_tui.services import Services, open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.graph_api.resources import Resource, parse_select
from entra_tui.simulator.people import COST_CENTER, TRAININGS
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.folders import Folders
from entra_tui.sync.events import Finished, Restarted, RestartReason, SyncEvent, SyncMode

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.model.secret import Secret
    from entra_tui.simulator.directory import UserDirectory

LIST = "Users - Contoso"


class Program:
    """The services on a practice tenant of forty people."""

    def __init__(self, folder: Path) -> None:
        cloud = PracticeCloud(find_scenario("healthy"), users=40, clock=ManualClock())
        self.cloud = cloud
        self.services: Services = open_practice(Folders.locate(folder), cloud)
        inputs = cloud.inputs
        self.secret: Secret = inputs.secret
        self.connector = Connector("Contoso", inputs.tenant, inputs.client_id, inputs.environment, SecretStore.NONE)

    def choose(self, *columns: str) -> None:
        path = self.services.settings.path
        kept = path.read_text().partition("\n[lists]")[0]
        path.write_text(f"{kept}\n[lists]\nuser_columns = [{', '.join(repr(name) for name in columns)}]\n")

    async def synchronize(self, *, full: bool = False) -> list[SyncEvent]:
        return [event async for event in self.services.synchronize(self.connector, self.secret, full=full)]


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
    names = (*USER_COLUMNS, *FURTHER_USER_COLUMNS, *LIST_USER_COLUMNS, COST_CENTER, TRAININGS)
    assert parse_select(select_of(names), Resource.USER).names == names
    assert select_of(EXTENSION_ATTRIBUTES) == "onPremisesExtensionAttributes"
    assert parse_select(select_of(EXTENSION_ATTRIBUTES), Resource.USER).chosen


ATTRIBUTES = "onPremisesExtensionAttributes"
CHANGES: list[tuple[str, dict[str, object], object]] = [
    ("businessPhones", {"businessPhones": ["+49 30 1", "+49 30 2"]}, "+49 30 1, +49 30 2"),
    ("businessPhones", {"businessPhones": []}, None),
    (
        "proxyAddresses",
        {"proxyAddresses": ["SMTP:a@b.example", "smtp:c@b.example"]},
        "SMTP:a@b.example, smtp:c@b.example",
    ),
    ("otherMails", {"otherMails": ["x@y.example"]}, "x@y.example"),
    ("imAddresses", {"imAddresses": ["sip:x@y.example"]}, "sip:x@y.example"),
    ("extensionAttribute1", {ATTRIBUTES: {"extensionAttribute1": "007", "extensionAttribute2": "x"}}, "007"),
    ("extensionAttribute15", {ATTRIBUTES: {"extensionAttribute15": "M\u00fcller"}}, "M\u00fcller"),
    ("extensionAttribute1", {ATTRIBUTES: {"extensionAttribute1": None}}, None),
    (COST_CENTER, {COST_CENTER: "0099"}, "0099"),
    (TRAININGS, {TRAININGS: ["First aid"]}, "First aid"),
    ("manager", {"manager": "another"}, "another"),
    ("manager", {"manager": None}, None),
    ("manager", {"displayName": "Ada"}, "as before"),
    ("extensionAttribute1", {"displayName": "Ada"}, "as before"),
]


@pytest.mark.parametrize(("column", "change", "expected"), CHANGES)
async def test_a_column_is_read_in_full_and_then_by_delta(
    tmp_path: Path, column: str, change: dict[str, object], expected: object
) -> None:
    program = Program(tmp_path / "home")
    users = program.cloud.tenant.users
    async with program.services:
        await program.services.save_connector(program.connector, program.secret)
        program.choose("mail", column)
        assert end(await program.synchronize()).mode is SyncMode.FULL
        lists = program.services.lists
        rows = {entry.id: entry.values.get(column) for entry in lists.rows(LIST)}
        assert rows == {users.id_at(position): told(users, position, column) for position in range(40)}
        some = next((identifier for identifier, value in rows.items() if value is not None), users.id_at(0))
        if expected == "another":
            expected = next(identifier for identifier in rows if identifier not in {some, rows[some]})
            change = {"manager": expected}
        program.cloud.update_user(some, **change)
        assert end(await program.synchronize()).mode is SyncMode.DELTA
        entry = lists.entry(LIST, some)
        assert entry is not None
        assert entry.values.get(column) == (rows[some] if expected == "as before" else expected)
        assert entry.values.get("displayName") == change.get("displayName", entry.values["displayName"])

        delta = {entry.id: dict(entry.values) for entry in lists.rows(LIST)}
        assert end(await program.synchronize(full=True)).mode is SyncMode.FULL
        whole = {entry.id: {k: v for k, v in entry.values.items() if v is not None} for entry in lists.rows(LIST)}
        assert whole == {key: {k: v for k, v in row.items() if v is not None} for key, row in delta.items()}


def told(users: UserDirectory, position: int, column: str) -> object:
    """What the practice tenant knows, by another way than Graph's answers."""
    user = users.last_known(position)
    if column == "manager":
        manager = users.manager(position)
        return None if manager is None else users.id_at(manager)
    if column.startswith("extensionAttribute"):
        attributes = user["onPremisesExtensionAttributes"]
        assert isinstance(attributes, dict)
        return attributes[column]
    value = user[column]
    return ", ".join(value) or None if isinstance(value, list) else value
