"""The connector of a recorded run, for screens that work with saved ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import tomli_w

from entra_tui.model.connector import Connector
from entra_tui.model.fields import parse_guid
from entra_tui.report.errors import ReportError

if TYPE_CHECKING:
    from entra_tui.report.report import Report

_NAME: Final = "The recorded connector"


def recorded_connector(report: Report) -> Connector:
    """The connector.

    Raises:
        ReportError: The run was made with a tenant or an app that no saved connector can have.
    """
    inputs = report.inputs
    tenant_id, client_id = parse_guid(inputs.tenant), parse_guid(inputs.client_id)
    if tenant_id is None or client_id is None:
        raise ReportError(
            "This run was made with values that no connector can have; `entra-tui replay FILE --json` shows it."
        )
    return Connector(
        name=_NAME,
        tenant_id=tenant_id,
        client_id=client_id,
        environment=inputs.environment.name,
        secret_expires=inputs.secret_expires,
        features=inputs.features,
        least_privilege=inputs.least_privilege,
    )


def recorded_settings(report: Report) -> str:
    """A `config.toml` that knows the run's environment."""
    environment = report.inputs.environment
    document: dict[str, object] = {"version": 1}
    if not environment.built_in:
        told = {
            "label": environment.label,
            "authority": environment.authority,
            "graph": environment.graph,
            "portal": environment.portal,
        }
        document["environments"] = {environment.name: {name: text for name, text in told.items() if text}}
    return tomli_w.dumps(document)
