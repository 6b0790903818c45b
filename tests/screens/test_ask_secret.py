from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Button, Input

from entra_tui.model.connector import SecretStore
from entra_tui.model.secret import Secret
from entra_tui.screens.ask_secret import AskPassphrase, AskSecret, obtain_secret, with_passphrase
from entra_tui.screens.sync import SyncScreen
from entra_tui.screens.troubleshoot import TroubleshootScreen
from entra_tui.storage.errors import KeyringError, PassphraseError
from tests.screens.stage import seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from textual.pilot import Pilot
    from textual.worker import Worker

    from entra_tui.model.connector import Connector
    from tests.screens.stage import Stage

PASSPHRASE = Secret("correct horse battery")


def ask(stage: Stage) -> Worker[Secret | None]:
    async def work() -> Secret | None:
        return await obtain_secret(stage.app, stage.services, stage.connector)

    return stage.app.run_worker(work(), group="start")


async def test_a_secret_that_is_known_is_not_asked_for(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    stage.services.remember_secret(stage.connector, stage.secret)
    async with stage.app.run_test(size=(80, 24)):
        assert await ask(stage).wait() == stage.secret


async def test_an_unknown_one_is_asked_for_until_it_can_be_one_and_then_known(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        worker = ask(stage)
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        stage.app.screen.query_one(Input).value = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
        await pilot.press("enter")
        await pilot.pause()
        assert "This is the Secret ID" in seen(stage.app)
        stage.app.screen.query_one(Input).value = stage.secret.reveal()
        await pilot.pause()
        assert stage.secret.reveal() not in seen(stage.app)
        await pilot.press("enter")
        assert await worker.wait() == stage.secret
        assert await ask(stage).wait() == stage.secret


async def test_escape_gives_none(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        worker = ask(stage)
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        await pilot.press("escape")
        assert await worker.wait() is None


async def test_a_keyring_that_refuses_is_told_and_the_secret_asked_for(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()

    async def refuse(_: Connector) -> Secret | None:
        raise KeyringError("The keyring did not answer; unlock it.")

    monkeypatch.setattr(stage.services, "secret_of", refuse)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        worker = ask(stage)
        await until(pilot, lambda: "The keyring did not answer; unlock it." in seen(stage.app))
        stage.app.screen.query_one(Input).value = stage.secret.reveal()
        await pilot.press("tab", "enter")
        assert await worker.wait() == stage.secret


async def test_a_passphrase_is_chosen_twice_the_same_and_later_asked_until_it_is_right(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    services = stage.services
    stage.connector = replace(stage.connector, secret_store=SecretStore.FILE)
    async with stage.app.run_test(size=(80, 24)) as pilot:

        async def save() -> None:
            await with_passphrase(stage.app, services, lambda: services.save_connector(stage.connector, stage.secret))

        saving = stage.app.run_worker(save(), group="start")
        await until(pilot, lambda: isinstance(stage.app.screen, AskPassphrase))
        assert "Choose a passphrase" in seen(stage.app)
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert "Enter a passphrase." in seen(stage.app)
        first, again = stage.app.screen.query(Input)
        first.value, again.value = PASSPHRASE.reveal(), "something else"
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert "The two are not the same" in seen(stage.app)
        again.value = PASSPHRASE.reveal()
        await pilot.press("enter")
        await saving.wait()

        services.secrets._session.clear()
        services.unlock(Secret("a wrong one"))
        worker = ask(stage)
        await until(pilot, lambda: "Enter the passphrase" in seen(stage.app))
        stage.app.screen.query_one(Input).value = "another wrong one"
        await pilot.press("enter")
        await until(pilot, lambda: "That was not the passphrase" in seen(stage.app))
        stage.app.screen.query_one(Input).value = PASSPHRASE.reveal()
        await pilot.press("enter")
        assert await worker.wait() == stage.secret


async def test_without_the_passphrase_the_secret_itself_will_do(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    stage.connector = replace(stage.connector, secret_store=SecretStore.FILE)
    stage.services.unlock(PASSPHRASE)
    await stage.save()
    stage.services.secrets._session.clear()
    stage.services.unlock(Secret("forgotten"))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        worker = ask(stage)
        await until(pilot, lambda: isinstance(stage.app.screen, AskPassphrase))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        assert "Without the passphrase the stored secret stays locked" in seen(stage.app)
        await pilot.press("escape")
        assert await worker.wait() is None


async def test_giving_no_passphrase_is_the_refusal_that_called_for_it(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()

    async def locked() -> str:
        raise PassphraseError("The secrets file needs its passphrase.")

    async def try_it() -> str:
        try:
            return await with_passphrase(stage.app, stage.services, locked)
        except PassphraseError as error:
            return error.sentence

    async with stage.app.run_test(size=(80, 24)) as pilot:
        worker = stage.app.run_worker(try_it(), group="start")
        await until(pilot, lambda: isinstance(stage.app.screen, AskPassphrase))
        await pilot.press("escape")
        assert await worker.wait() == "The secrets file needs its passphrase."


WRONG = Secret("Wr0~Q-mistyped.secret_value-0123456789ab")


async def test_the_question_names_the_host_that_the_secret_is_sent_to(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        ask(stage)
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        assert "It is sent to" in seen(stage.app)
        assert "login.microsoftonline.com." in seen(stage.app)
        await pilot.press("escape")


async def retry_after_refusal(stage: Stage, pilot: Pilot[int]) -> None:
    """Synchronize with a secret that Entra refuses, and press Retry once it is offered: the question comes."""
    await stage.app.push_screen(SyncScreen(stage.services, stage.connector))
    # The finding is higher than the screen, so that either its title or the button may be out of sight.
    await until(pilot, lambda: "Retry" in [str(button.label) for button in stage.app.screen.query(Button)])
    await pilot.press("s")
    await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))


async def test_retry_asks_for_a_refused_secret_with_the_finding_beside_the_question(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await stage.save(with_secret=False)
    stage.services.remember_secret(stage.connector, WRONG)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await retry_after_refusal(stage, pilot)
        assert "The client secret is wrong. No current secret of app" in " ".join(seen(stage.app).split())
        assert WRONG.reveal() not in seen(stage.app)
        stage.app.screen.query_one(Input).value = stage.secret.reveal()
        await pilot.press("enter")
        await until(pilot, lambda: "Synchronized in" in seen(stage.app))
        assert await stage.services.secret_of(stage.connector) == stage.secret


async def test_one_that_may_be_too_new_can_be_tried_again_as_it_is(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("new-secret-spreading")
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await retry_after_refusal(stage, pilot)
        assert "The client secret is wrong" in " ".join(seen(stage.app).split())
        stage.app.screen.query_one("#same", Button).press()
        await until(pilot, lambda: "Synchronized in" in seen(stage.app))


async def test_an_expired_one_is_not_offered_again(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage("expired-secret")
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await retry_after_refusal(stage, pilot)
        assert "The client secret has expired" in " ".join(seen(stage.app).split())
        assert not stage.app.screen.query("#same")


async def test_the_ladder_asks_before_it_runs_again_and_begins_with_the_other_secret(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await stage.save(with_secret=False)
    stage.services.remember_secret(stage.connector, WRONG)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.app.push_screen(TroubleshootScreen(stage.services))
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: stage.app.screen.has_class("-ended"))
        assert "fails because of the client secret. R asks for it again." in " ".join(seen(stage.app).split())
        await pilot.press("r")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        await pilot.press("escape")
        await until(pilot, lambda: stage.app.screen.has_class("-ended"))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        stage.app.screen.query_one(Input).value = stage.secret.reveal()
        await pilot.press("enter")
        await until(pilot, lambda: "Every check passed" in seen(stage.app))


async def test_a_known_one_of_the_wrong_shape_is_explained_first_and_then_asked_for(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage()
    await stage.save(with_secret=False)
    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", "3f2504e0-4f89-41d3-9a0c-0305e82c3301")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.app.push_screen(TroubleshootScreen(stage.services))
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: stage.app.screen.has_class("-ended"))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(stage.app.screen, AskSecret))
        assert "This is the Secret ID" in seen(stage.app)
        stage.app.screen.query_one(Input).value = stage.secret.reveal()
        await pilot.press("enter")
        await until(pilot, lambda: "Every check passed" in seen(stage.app))
