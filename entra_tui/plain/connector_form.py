"""The connector form as questions: checked as a whole, then saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from entra_tui.checks.ladder import climb
from entra_tui.commands.wait_text import describe_wait
from entra_tui.model.connector import SecretStore
from entra_tui.model.finding import is_healthy
from entra_tui.plain.finding_lines import say_result
from entra_tui.plain.secret_questions import with_passphrase
from entra_tui.storage.errors import StorageError

if TYPE_CHECKING:
    from entra_tui.checks.context import Inputs
    from entra_tui.model.connector import Connector
    from entra_tui.model.finding import CheckResult
    from entra_tui.model.secret import Secret
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session
    from entra_tui.services import Services

_STORES: Final = {
    SecretStore.KEYRING: "in the system keyring",
    SecretStore.FILE: "in a file encrypted under a passphrase",
    SecretStore.NONE: "nowhere; it is asked for each time, or read from ENTRA_TUI_CLIENT_SECRET",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """A connector that was saved.

    Attributes:
        connector: As it stands in `config.toml`.
        checked: Whether the whole ladder held.
    """

    connector: Connector
    checked: bool


def check_and_save(
    session: Session, dialogue: Dialogue, connector: Connector, secret: Secret, *, instead_of: str | None = None
) -> Saved | None:
    """Ask where the secret is kept, climb the whole ladder, save.

    Args:
        session: Runs it.
        dialogue: Asks and tells.
        connector: What to save.
        secret: Its secret.
        instead_of: Name of the connector that it replaces.

    Returns:
        What was saved; None where nothing was, which is said.
    """
    store = _ask_store(session, dialogue)
    if store is None:
        return None
    connector = replace(connector, secret_store=store)
    checked = is_healthy(climb_ladder(session, dialogue, connector, secret, entered=True))
    if not checked and not dialogue.confirm("Save it all the same"):
        return None
    services = session.services
    try:
        with_passphrase(session, dialogue, lambda: services.save_connector(connector, secret, instead_of=instead_of))
    except StorageError as error:
        dialogue.say(f"Not saved. {error.sentence}")
        return None
    dialogue.say(f"Saved the connector '{connector.name}'. Its lookup list is '{connector.users_list}'.")
    return Saved(connector, checked)


def _ask_store(session: Session, dialogue: Dialogue) -> SecretStore | None:
    stores = session.run(session.services.secret_stores())
    dialogue.say("Keep the secret:")
    position = dialogue.choose("Its number", [_STORES[store] for store in stores], present=0)
    return None if position is None else stores[position]


def climb_ladder(
    session: Session, dialogue: Dialogue, connector: Connector, secret: Secret, *, entered: bool = False
) -> list[CheckResult]:
    """Climb the whole ladder for a connector, a line for each rung.

    Args:
        session: Runs it.
        dialogue: Tells.
        connector: What is checked.
        secret: Its secret.
        entered: Whether the person has just entered the secret for this very environment.
    """
    inputs = session.services.inputs_of(connector, secret, entered=entered)
    return session.run(_climb(session.services, dialogue, inputs))


async def _climb(services: Services, dialogue: Dialogue, inputs: Inputs) -> list[CheckResult]:
    if not inputs.environment.built_in:
        dialogue.say(f"The client secret is sent to {inputs.environment.login_host}.")
    context = services.check_context(
        inputs,
        on_wait=lambda wait: dialogue.say(describe_wait(wait)),
    )
    results: list[CheckResult] = []
    async for result in climb(context):
        say_result(result, dialogue)
        results.append(result)
    return results
