"""Steps 6 and 7: the connector, and its first synchronization."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entra_tui.model.fields import FieldError, parse_name
from entra_tui.onboarding import Step
from entra_tui.plain.connector_form import check_and_save
from entra_tui.plain.secret_questions import obtain_secret
from entra_tui.plain.synchronizing import synchronize

if TYPE_CHECKING:
    from entra_tui.plain.walk import Walk


def take_connector(walk: Walk) -> bool:
    """Ask for a name, check everything, save; whether it was saved."""
    dialogue, draft = walk.dialogue, walk.draft
    dialogue.say(f"Tenant ID: {draft.tenant_id}")
    dialogue.say(f"Client ID: {draft.client_id}")
    dialogue.say(f"Environment Type: {walk.environment.shown_label}")
    try:
        name = parse_name(walk.ask("Name", present=draft.name))
    except FieldError as error:
        dialogue.say(f"Name: refused. {error.sentence}")
        return False
    secret = walk.inputs().secret
    # A connector that this onboarding saved before is brought up to date, not refused for its name.
    instead_of = draft.name if draft.saved else None
    saved = check_and_save(walk.session, dialogue, replace(draft.connector(), name=name), secret, instead_of=instead_of)
    if saved is None:
        return False
    walk.onboarding.record_saved(saved.connector, secret, checked=saved.checked)
    return True


def take_synchronization(walk: Walk) -> bool:
    """Fill the list; whether it stands."""
    walk.ask("Press Enter to synchronize")
    connector = walk.draft.connector()
    entered, secrets = walk.onboarding.secret, walk.services.secrets
    secret = entered if entered is not None and secrets.refusal(connector, entered) is None else None
    secret = secret or obtain_secret(connector, walk.session, walk.dialogue)
    if secret is None or not synchronize(walk.session, walk.dialogue, connector, secret):
        return False
    walk.onboarding.prove(Step.SYNCHRONIZE, f"'{connector.users_list}' is synchronized.")
    return True
