"""Removing connectors, and lists that a removed one left, from the screens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Static

from entra_tui.model.connector import SecretStore
from entra_tui.model.secret import Secret
from entra_tui.screens.connectors import ConnectorsScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.lookup_lists import LookupListsScreen
from entra_tui.screens.removal import RemoveListScreen, RemoveScreen
from entra_tui.storage.errors import FolderError
from entra_tui.storage.lists import ListDatabase
from entra_tui.sync.running import SyncOutcome
from tests.screens.stage import NAME, seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.screens.stage import Stage

LIST = f"Users - {NAME}"


def stored(stage: Stage) -> tuple[list[str], list[str]]:
    return (
        [one.name for one in stage.services.settings.read().connectors],
        [one.name for one in stage.services.lists.overview()],
    )


async def test_a_connector_that_is_synchronized_here_is_removed_after_its_run_has_ended(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        running = stage.services.running_syncs.start(
            NAME, lambda pause: stage.services.synchronize(stage.connector, stage.secret, pause=pause), stage.clock
        )
        running.pause()
        await until(pilot, lambda: bool(running.progress.list))
        stage.app.push_screen(ConnectorsScreen(stage.services))
        await settle(pilot)
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(stage.app.screen, RemoveScreen))
        assert "Its synchronization is under way and will be canceled." in seen(stage.app)
        assert running.outcome is None
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "No connector is saved yet" in seen(stage.app))
        assert running.outcome is SyncOutcome.CANCELED
        assert stored(stage) == ([], [])


async def test_a_connector_that_another_copy_synchronizes_stays_and_the_screen_says_why(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await stage.save()
    with ListDatabase(stage.services.lists.path) as other, other.claim(LIST):
        async with stage.app.run_test(size=(80, 24)) as pilot:
            stage.app.push_screen(ConnectorsScreen(stage.services))
            await settle(pilot)
            await pilot.press("delete")
            await until(pilot, lambda: isinstance(stage.app.screen, RemoveScreen))
            assert "under way" not in seen(stage.app)
            await pilot.press("tab", "enter")
            await until(pilot, lambda: "so nothing was removed" in " ".join(seen(stage.app).split()))
            assert stored(stage) == ([NAME], [LIST])


async def test_a_list_that_was_left_behind_is_marked_and_alone_can_be_removed(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await stage.fill()
    await stage.services.save_connector(replace(stage.connector, name="Fabrikam"), None)
    stage.services.settings.remove_connector(NAME)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = LookupListsScreen(stage.services)
        stage.app.push_screen(screen)
        await settle(pilot)
        assert f"Connector: {NAME} (removed). Delete removes the list." in seen(stage.app)
        assert seen(stage.app).count("(removed)") == 1
        assert "Remove" in seen(stage.app).splitlines()[-1]
        await pilot.press("down", "delete")
        await settle(pilot)
        assert stage.app.screen is screen
        assert "Remove" not in seen(stage.app).splitlines()[-1]

        await pilot.press("up", "delete")
        await until(pilot, lambda: isinstance(stage.app.screen, RemoveListScreen))
        assert f"Remove '{LIST}' with its 40 entries" in seen(stage.app)
        await pilot.press("enter")
        await settle(pilot)
        assert len(stored(stage)[1]) == 2
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(stage.app.screen, RemoveListScreen))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: LIST not in seen(stage.app))
        assert stored(stage) == (["Fabrikam"], ["Users - Fabrikam"])
        assert "(removed)" not in seen(stage.app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, LookupListScreen)


async def test_a_list_that_another_copy_reads_stays_and_the_screen_says_why(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.save()
    stage.services.settings.remove_connector(NAME)
    with ListDatabase(stage.services.lists.path) as other, other.claim(LIST):
        async with stage.app.run_test(size=(80, 24)) as pilot:
            stage.app.push_screen(LookupListsScreen(stage.services))
            await settle(pilot)
            await pilot.press("delete")
            await until(pilot, lambda: isinstance(stage.app.screen, RemoveListScreen))
            await pilot.press("tab", "enter")
            await until(pilot, lambda: "so nothing was removed" in " ".join(seen(stage.app).split()))
            assert stored(stage) == ([], [LIST])


async def test_the_question_and_the_screen_say_what_becomes_of_the_secret(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    stage.services.unlock(Secret("four words and more"))
    for name in (NAME, "Fabrikam"):
        stage.connector = replace(stage.connector, name=name, secret_store=SecretStore.FILE)
        await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(ConnectorsScreen(stage.services))
        await settle(pilot)
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(stage.app.screen, RemoveScreen))
        told = str(stage.app.screen.query(Static).first().content)
        assert f"Remove '{NAME}' with its lookup lists?" in told
        assert "Its secret stays in the encrypted secrets file for 'Fabrikam'." in told
        await pilot.press("tab", "enter")
        await until(pilot, lambda: stored(stage)[0] == ["Fabrikam"])
        await settle(pilot)

        def refuse(*_: object, **__: object) -> bool:
            raise FolderError("The disk is read-only; make room.")

        monkeypatch.setattr("entra_tui.storage.secrets.SecretVault.forget", refuse)
        await pilot.press("delete")
        await until(pilot, lambda: isinstance(stage.app.screen, RemoveScreen))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "'Fabrikam' was not removed, since its secret cannot be" in seen(stage.app))
        assert stored(stage)[0] == ["Fabrikam"]
