"""`entra-tui connector`: save, show and remove connectors; the form of ASCERA as a command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from entra_tui.commands.connector_view import connector_object, lists_of
from entra_tui.commands.errors import UsageError
from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.removal import confirm_removal
from entra_tui.commands.secret_entry import ask_secret, entered_secret, unlock_file
from entra_tui.commands.session import open_session
from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.fields import parse_client_id, parse_name, parse_secret, parse_tenant_id
from entra_tui.model.permission import Feature
from entra_tui.model.text import harmless
from entra_tui.storage.errors import NameTakenError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.commands.console import Console
    from entra_tui.commands.session import Session
    from entra_tui.model.entry import LookupList
    from entra_tui.model.environment import Environment
    from entra_tui.model.secret import Secret
    from entra_tui.services import Services
    from entra_tui.storage.folders import Folders


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of the connector form, as they were typed.

    Attributes:
        name: The connector's name.
        tenant_id: Directory (tenant) ID.
        client_id: Application (client) ID.
        environment: Name of an environment.
        secret_store: `keyring`, `file` or `none`; None means the keyring where there is one.
        secret_expires: `YYYY-MM-DD`, or None.
        features: Names of features besides `users`.
        least_privilege: Whether only the permissions that the features need are asked for.
    """

    name: str
    tenant_id: str
    client_id: str
    environment: str
    secret_store: str | None
    secret_expires: str | None
    features: Iterable[str]
    least_privilege: bool


def add(console: Console, folders: Folders, form: Form, *, secret_from_stdin: bool, as_json: bool) -> ExitCode:
    """Save a new connector; makes no request.

    Raises:
        FieldError: A field is refused.
        UsageError: The day is no day, or there is no secret to keep.
        StorageError: The name is taken, there is no such environment, or something cannot be written.
    """
    fields = _parse(form)
    with open_session(console, folders) as session:
        settings = session.services.settings.read()
        environment = settings.environment(fields.environment)
        if any(other.name.casefold() == fields.name.casefold() for other in settings.connectors):
            raise NameTakenError(f"There is a connector '{fields.name}' already; choose another name, or remove it.")
        store = SecretStore(form.secret_store) if form.secret_store else _best_store(console, session)
        secret = _secret(fields, environment, store, console, from_stdin=secret_from_stdin)
        if store is SecretStore.FILE:
            unlock_file(console, session)
        connector = Connector(
            fields.name,
            fields.tenant_id,
            fields.client_id,
            fields.environment,
            store,
            fields.secret_expires,
            fields.features,
            fields.least_privilege,
        )
        session.run(session.services.save_connector(connector, secret))
    if as_json:
        console.write_json(connector_object(connector))
    else:
        names = [f"'{name}'" for name in lists_of(connector)]
        told = f"list is {names[0]}" if len(names) == 1 else f"lists are {', '.join(names[:-1])} and {names[-1]}"
        console.write(f"Saved the connector '{connector.name}'; its lookup {told}.")
    return ExitCode.DONE


def remove(console: Console, folders: Folders, *, name: str, confirmed: bool, as_json: bool) -> ExitCode:
    """Remove a connector with its secret and its lookup lists, or the lists that a removed connector left.

    Raises:
        UsageError: Nobody confirmed, and nobody is there to ask.
        Declined: A person was asked and said no.
        LockedError: Another running copy is synchronizing it; nothing is removed.
        StorageError: There is no such connector, or something cannot be written.
    """
    with open_session(console, folders) as session:
        services = session.services
        settings = services.settings.read()
        left = [] if settings.has_connector(name) else _lists_left_by(name, services)
        if left:
            removed, names = left[0].connector, ", ".join(f"'{each.name}'" for each in left)
            confirm_removal(
                console,
                harmless(
                    f"The connector '{removed}' was removed, but its lookup lists are stored: {names}. Remove them?"
                ),
                what=harmless(f"the lookup lists of '{removed}'"),
                confirmed=confirmed,
            )
            session.run(services.remove_orphans(removed))
            told = harmless(f"Removed the lookup lists that the connector '{removed}' left: {names}.")
        else:
            connector = settings.find_connector(name)
            removed, sharing = connector.name, services.secret_sharing(connector)
            confirm_removal(
                console,
                f"{sharing.sentence} Remove the connector {sharing.scope}?".lstrip(),
                what=f"'{removed}' with its lookup lists",
                confirmed=confirmed,
            )
            removal = session.run(services.remove_connector(removed))
            told = removal.sentence
            for text in removal.left:
                console.narrate(text)
    if as_json:
        console.write_json({"removed": removed})
    else:
        console.write(told)
    return ExitCode.DONE


def _lists_left_by(connector: str, services: Services) -> list[LookupList]:
    return [each for each in services.list_overview() if each.connector.casefold() == connector.casefold()]


def _parse(form: Form) -> Connector:
    """The form's values, cleaned; where the secret goes is decided later."""
    name = parse_name(form.name)
    tenant_id = parse_tenant_id(form.tenant_id)
    return Connector(
        name=name,
        tenant_id=tenant_id,
        client_id=parse_client_id(form.client_id, tenant_id=tenant_id),
        environment=form.environment,
        secret_expires=None if form.secret_expires is None else _day(form.secret_expires),
        features=frozenset({Feature.USERS, *(Feature(feature) for feature in form.features)}),
        least_privilege=form.least_privilege,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError("--secret-expires takes a day as YYYY-MM-DD, such as 2027-01-31.") from None


def _best_store(console: Console, session: Session) -> SecretStore:
    best = session.run(session.services.secret_stores())[0]
    if best is SecretStore.KEYRING:
        console.narrate("The client secret goes into the system keyring.")
        return best
    console.narrate(
        "This system has no keyring, so the client secret is not kept: set ENTRA_TUI_CLIENT_SECRET at each use, "
        "or add the connector with --secret-store file."
    )
    return SecretStore.NONE


def _secret(
    fields: Connector, environment: Environment, store: SecretStore, console: Console, *, from_stdin: bool
) -> Secret | None:
    entered = entered_secret(console, from_stdin=from_stdin)
    if entered is None:
        if store is SecretStore.NONE:
            return None
        entered = ask_secret(console, what_for=f"'{fields.name}'", environment=environment)
    return parse_secret(entered.reveal(), tenant_id=fields.tenant_id, client_id=fields.client_id)
