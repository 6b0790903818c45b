"""The connector form of ASCERA, field by field, for the person who fills it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.fields import Field

if TYPE_CHECKING:
    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment
    from entra_tui.model.secret import Secret

HIDDEN: Final = "(not on this sheet; hand it over by itself)"


def sheet(connector: Connector, environment: Environment, secret: Secret | None = None) -> tuple[tuple[str, str], ...]:
    """Names and values of the form's fields, in the form's order.

    Args:
        connector: What to enter.
        environment: Its environment.
        secret: The client secret, given only where somebody asked for it to be shown.
    """
    return (
        (Field.NAME.value, connector.name),
        (Field.TENANT_ID.value, connector.tenant_id),
        (Field.CLIENT_ID.value, connector.client_id),
        (Field.CLIENT_SECRET.value, HIDDEN if secret is None else secret.reveal()),
        (Field.ENVIRONMENT.value, environment.label),
    )
