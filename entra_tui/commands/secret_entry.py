"""Where a command gets a client secret, or a passphrase, from; never from an argument."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from entra_tui.client_secrets import PASSPHRASE_VARIABLE, SECRET_VARIABLE, secret_from_variable
from entra_tui.commands.errors import UsageError
from entra_tui.model.connector import SecretStore

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.commands.session import Session
    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment
    from entra_tui.model.secret import Secret
    from entra_tui.services import Services

_PROMPT: Final = "Client secret (the Value column; what you type is not shown)"


def entered_secret(console: Console, *, from_stdin: bool) -> Secret | None:
    """The secret that came with this call: on standard input, or in the variable; None where it did not.

    Raises:
        UsageError: Standard input holds no text.
    """
    if not from_stdin:
        return secret_from_variable()
    # At a terminal a typed line would show on the screen.
    secret = console.ask_hidden(_PROMPT) if console.can_ask else console.read_first_line()
    if not secret.reveal().strip():
        raise UsageError("No client secret came on standard input; pipe its value, one line, into the command.")
    return secret


def name_login_host(environment: Environment, services: Services, console: Console) -> None:
    """Say where the client secret is about to be sent, unless that is a Microsoft cloud."""
    if services.is_simulated(environment):
        console.narrate(f"Practice tenant: {environment.login_host} is on this machine.")
    elif not environment.built_in:
        console.narrate(f"The client secret is sent to {environment.login_host} ({environment.label}).")


def ask_secret(console: Console, *, what_for: str, environment: Environment) -> Secret:
    """The secret that a person types.

    Raises:
        UsageError: Nobody is there to ask, or nothing was typed.
    """
    if not console.can_ask:
        raise UsageError(
            f"No client secret for {what_for}; set {SECRET_VARIABLE}, or pipe it in with --client-secret-stdin."
        )
    if not environment.built_in:
        console.narrate(f"It will be sent to {environment.login_host}.")
    secret = console.ask_hidden(_PROMPT)
    if not secret:
        raise UsageError("No client secret was entered; run the command again and paste the secret's Value.")
    return secret


def secret_for(connector: Connector, console: Console, session: Session, *, from_stdin: bool) -> Secret:
    """A saved connector's secret: the one piped in, else the one kept, else the variable's, else one that is typed.

    Raises:
        UsageError: There is none, and nobody to ask.
        StorageError: The keyring or the encrypted file does not give it.
    """
    piped = entered_secret(console, from_stdin=True) if from_stdin else None
    if piped is not None:
        return piped
    if connector.secret_store is SecretStore.FILE and session.services.has_secrets_file:
        unlock_file(console, session)
    kept = session.run(session.services.secret_of(connector))
    known = kept or secret_from_variable()
    if known is not None:
        return known
    environment = session.services.settings.environment(connector.environment)
    what_for = f"'{connector.name}'"
    if connector.secret_store is not SecretStore.NONE:
        what_for += f" is stored for {environment.login_host}"
    return ask_secret(console, what_for=what_for, environment=environment)


def unlock_file(console: Console, session: Session) -> None:
    """Ask for the passphrase of the secrets file, twice where it is being chosen; the variable spares the question.

    Raises:
        UsageError: Nothing was typed, or not the same twice.
    """
    if os.environ.get(PASSPHRASE_VARIABLE) or not console.can_ask:
        return
    if session.services.has_secrets_file:
        passphrase = console.ask_hidden("Passphrase of the secrets file")
    else:
        passphrase = console.ask_hidden("Choose a passphrase for the secrets file")
        if passphrase != console.ask_hidden("The same passphrase again"):
            raise UsageError("The two passphrases differ; run the command again.")
    if not passphrase:
        raise UsageError("The secrets file needs a passphrase; run the command again and enter one.")
    session.services.unlock(passphrase)
