"""Reading what a client wrote: members of a JSON body, each with the refusal that Graph gives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from entra_tui.simulator.graph_api.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping


def text(body: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text; null counts as empty.

    Raises:
        GraphRefusal: Something else.
    """
    value = body.get(name, default)
    if value is not None and not isinstance(value, str):
        raise bad_request(f"Invalid value specified for property '{name}'.")
    return value or ""


def flag(body: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """True or false; null counts as false.

    Raises:
        GraphRefusal: Something else.
    """
    value = body.get(name, default)
    if value is not None and not isinstance(value, bool):
        raise bad_request(f"Invalid value specified for property '{name}'.")
    return bool(value)


def moment(body: Mapping[str, Any], name: str) -> datetime | None:
    """A moment in ISO 8601, UTC where no zone is named; None where there is none.

    Raises:
        GraphRefusal: Something else.
    """
    value = text(body, name)
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise bad_request(f"Cannot convert the literal '{value}' to the expected type 'Edm.DateTimeOffset'.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def stamp(when: datetime) -> str:
    """A moment as Graph writes it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def required_access_rows(value: object) -> list[dict[str, object]]:
    """`requiredResourceAccess` as it was written.

    Raises:
        GraphRefusal: It has not the shape of one.
    """
    problem = bad_request("Invalid value specified for property 'requiredResourceAccess' of resource 'Application'.")
    if not isinstance(value, list):
        raise problem
    rows: list[dict[str, object]] = []
    for entry in value:
        if not isinstance(entry, dict) or not isinstance(entry.get("resourceAppId"), str):
            raise problem
        wanted = entry.get("resourceAccess")
        if not isinstance(wanted, list):
            raise problem
        for row in wanted:
            if not isinstance(row, dict) or row.get("type") not in {"Role", "Scope"} or not row.get("id"):
                raise problem
        access = [{"id": str(row["id"]).lower(), "type": row["type"]} for row in wanted]
        rows.append({"resourceAppId": entry["resourceAppId"].lower(), "resourceAccess": access})
    return rows
