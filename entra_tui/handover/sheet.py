"""The connector form of ASCERA, field by field, for the person who fills it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.fields import Field

if TYPE_CHECKING:
    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment

HIDDEN: Final = "(not on this sheet; hand it over by itself)"
"""What stands for the client secret: a sheet is copied, written to a file and sent."""


def sheet(connector: Connector, environment: Environment) -> tuple[tuple[str, str], ...]:
    """Names and values of the form's fields, in the form's order."""
    return (
        (Field.NAME.value, connector.name),
        (Field.TENANT_ID.value, connector.tenant_id),
        (Field.CLIENT_ID.value, connector.client_id),
        (Field.CLIENT_SECRET.value, HIDDEN),
        (Field.ENVIRONMENT.value, environment.label),
    )
