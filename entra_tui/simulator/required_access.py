"""What an app asks for: `requiredResourceAccess` of an app registration, as far as it is about Microsoft Graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.environment import GRAPH_APP_ID
from entra_tui.simulator.graph_permissions import graph_permissions, role_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.simulator.registrations import Application


def required_access(permissions: Iterable[str], delegated: Iterable[str] = ()) -> list[dict[str, object]]:
    """`requiredResourceAccess` for application and delegated permissions of Graph, by name.

    Raises:
        LookupError: A permission that Graph does not have.
    """
    rows: list[dict[str, object]] = [{"id": role_id_of(name), "type": "Role"} for name in permissions]
    rows += [{"id": graph_permissions()[name].scope_id, "type": "Scope"} for name in delegated]
    return [{"resourceAppId": GRAPH_APP_ID, "resourceAccess": rows}] if rows else []


def asked_for(application: Application) -> list[str]:
    """Ids of the application permissions of Graph that an app asks for."""
    return [
        str(row["id"])
        for entry in application.required
        if entry.get("resourceAppId") == GRAPH_APP_ID
        for row in _rows(entry)
        if row.get("type") == "Role"
    ]


def _rows(entry: dict[str, object]) -> list[dict[str, object]]:
    rows = entry.get("resourceAccess")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
