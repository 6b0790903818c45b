"""Saved connectors: look, check, synchronize, remove, and create one without the seven steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.connector import CONNECTOR_TYPE, DEFAULT_NAME, Connector
from entra_tui.model.fields import FieldError, parse_client_id, parse_name, parse_secret, parse_tenant_id
from entra_tui.plain.connector_form import check_and_save, climb_ladder
from entra_tui.plain.secret_questions import SECRET_QUESTION, obtain_secret
from entra_tui.plain.synchronizing import synchronize

if TYPE_CHECKING:
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session

_ACTIONS = ("Check it", "Synchronize it", "Remove it")


def browse_connectors(session: Session, dialogue: Dialogue) -> None:
    """Choose a connector, and what to do with it."""
    while True:
        connectors = session.services.settings.read().connectors
        dialogue.say()
        dialogue.say("ConMon: Maintain > Connectors")
        names = [connector.name for connector in connectors]
        position = dialogue.choose("A number, or b to go back", [*names, "Create a connector"])
        if position is None:
            return
        if position == len(connectors):
            _create(session, dialogue)
        else:
            _act(connectors[position], session, dialogue)


def _act(connector: Connector, session: Session, dialogue: Dialogue) -> None:
    dialogue.say()
    dialogue.say(f"Name: {connector.name}")
    dialogue.say(f"Connector type: {CONNECTOR_TYPE}")
    dialogue.say(f"Tenant ID: {connector.tenant_id}")
    dialogue.say(f"Client ID: {connector.client_id}")
    dialogue.say(f"Environment Type: {session.services.settings.environment(connector.environment).shown_label}")
    dialogue.say(f"Lookup list: {connector.users_list}")
    match dialogue.choose("A number, or b to go back", _ACTIONS):
        case 0:
            check(connector, session, dialogue)
        case 1:
            bring_up_to_date(connector, session, dialogue)
        case 2:
            _remove(connector, session, dialogue)
        case _:
            pass


def _remove(connector: Connector, session: Session, dialogue: Dialogue) -> None:
    sharing = session.services.secret_sharing(connector)
    if sharing.sentence:
        dialogue.say(sharing.sentence)
    if not dialogue.confirm(f"Remove {sharing.scope}"):
        return
    removal = session.run(session.services.remove_connector(connector.name))
    for text in (removal.sentence, *removal.left):
        dialogue.say(text)


def choose_connector(session: Session, dialogue: Dialogue) -> Connector | None:
    """The connector that a person means: the only one there is, or the one they choose; None for none."""
    connectors = session.services.settings.read().connectors
    if not connectors:
        dialogue.say("There is no connector yet. Set one up first.")
        return None
    if len(connectors) == 1:
        return connectors[0]
    position = dialogue.choose("Which connector, or b to go back", [connector.name for connector in connectors])
    return None if position is None else connectors[position]


def check(connector: Connector, session: Session, dialogue: Dialogue) -> None:
    """Climb the verification ladder."""
    secret = obtain_secret(connector, session, dialogue)
    if secret is not None:
        results = climb_ladder(session, dialogue, connector, secret)
        failed = sum(result.finding is not None for result in results)
        dialogue.say(f"Checked '{connector.name}': {f'{failed} finding(s)' if failed else 'everything holds'}.")


def bring_up_to_date(connector: Connector, session: Session, dialogue: Dialogue) -> None:
    """Synchronize its lists."""
    secret = obtain_secret(connector, session, dialogue)
    if secret is not None:
        synchronize(session, dialogue, connector, secret)


def _create(session: Session, dialogue: Dialogue) -> None:
    environments = session.services.environments
    try:
        name = parse_name(dialogue.ask("Name", present=DEFAULT_NAME))
        tenant_id = parse_tenant_id(dialogue.ask("Tenant ID"))
        client_id = parse_client_id(dialogue.ask("Client ID"), tenant_id=tenant_id)
        secret = parse_secret(dialogue.ask_hidden(SECRET_QUESTION), tenant_id=tenant_id, client_id=client_id)
    except FieldError as error:
        dialogue.say(f"{error.field.value}: refused. {error.sentence}")
        return
    dialogue.say("Environment Type:")
    position = dialogue.choose("Its number", [environment.shown_label for environment in environments], present=0)
    if position is not None:
        check_and_save(session, dialogue, Connector(name, tenant_id, client_id, environments[position].name), secret)
