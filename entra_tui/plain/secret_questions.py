"""Asking for a client secret or a passphrase at the moment when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from entra_tui.model.fields import FieldError, parse_secret
from entra_tui.model.secret import Secret
from entra_tui.storage.errors import PassphraseError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from entra_tui.model.connector import Connector
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session

Result = TypeVar("Result")

SECRET_QUESTION = "Client secret, the Value (what you type is not shown)"


def with_passphrase(session: Session, dialogue: Dialogue, attempt: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Do what may need the passphrase of the encrypted secrets file, asking for it as often as it takes.

    Args:
        session: Runs it.
        dialogue: Asks.
        attempt: What to do; tried again after each answer.

    Raises:
        PassphraseError: The person gives no passphrase.
        StorageError: As `attempt` does.
    """
    while True:
        try:
            return session.run(attempt())
        except PassphraseError as error:
            dialogue.say(error.sentence)
            passphrase = _passphrase(dialogue, choose=not session.services.has_secrets_file)
            if not passphrase:
                raise
        session.services.unlock(passphrase)


def _passphrase(dialogue: Dialogue, *, choose: bool) -> Secret:
    if not choose:
        return Secret(dialogue.ask_hidden("Passphrase of the secrets file, or Enter to give none"))
    while True:
        first = dialogue.ask_hidden("Choose a passphrase for the secrets file, or Enter to give none")
        if not first or dialogue.ask_hidden("The same passphrase again") == first:
            return Secret(first)
        dialogue.say("The two are not the same.")


def obtain_secret(connector: Connector, session: Session, dialogue: Dialogue) -> Secret | None:
    """A connector's secret: the one that is known, or what the person enters; None where they enter none.

    Raises:
        StorageError: The connector's environment is not known.
    """
    services = session.services
    environment = services.settings.environment(connector.environment)
    again = None
    try:
        known = with_passphrase(session, dialogue, lambda: services.secret_of(connector))
        if known is not None:
            parse_secret(known.reveal(), tenant_id=connector.tenant_id, client_id=connector.client_id)
            return known
        notice, again = services.why_asked(connector)
    except FieldError as error:
        notice = error.sentence
    except PassphraseError:
        notice = "Without the passphrase the stored secret stays locked; enter the secret itself."
    except StorageError as error:
        notice = error.sentence
    if notice:
        dialogue.say(notice)
    dialogue.say(f"The client secret of '{connector.name}' is sent to {environment.login_host}.")
    if again is not None and dialogue.confirm("Try the same secret again"):
        services.remember_secret(connector, again)
        return again
    while entered := dialogue.ask_hidden(SECRET_QUESTION):
        try:
            secret = parse_secret(entered, tenant_id=connector.tenant_id, client_id=connector.client_id)
        except FieldError as error:
            dialogue.say(error.sentence)
            continue
        services.remember_secret(connector, secret)
        return secret
    return None
