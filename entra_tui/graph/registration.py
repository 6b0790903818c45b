"""An app registration, as far as the app itself may read it (Graph resource `application`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from entra_tui.model.environment import GRAPH_APP_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

READABLE_WITH: Final = frozenset(
    {"Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
)
"""Application permissions, each of which lets an app read every registration, its own among them."""

SELECTED: Final = "passwordCredentials,requiredResourceAccess"
"""The properties that `read_registration` looks at."""


@dataclass(frozen=True, slots=True)
class ListedSecret:
    """One client secret of the registration (Graph resource `passwordCredential`).

    Attributes:
        hint: Its first three characters.
        ends: When it ends, UTC.
    """

    hint: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registration lists.

    Attributes:
        secrets: Its client secrets; those without an end or a hint are left out.
        roles: Ids of Microsoft Graph's application permissions that it requests.
        scopes: Ids of Microsoft Graph's delegated permissions that it requests.
    """

    secrets: tuple[ListedSecret, ...]
    roles: frozenset[str]
    scopes: frozenset[str]

    def end_of(self, hint: str) -> datetime | None:
        """When the secret that begins with `hint` ends, the latest of several; None where none begins so."""
        return max((secret.ends for secret in self.secrets if secret.hint == hint), default=None)


def read_registration(body: Mapping[str, object]) -> Registration:
    """A registration from an answer's JSON; what is odd in it is passed over."""
    requested = [
        access
        for resource in _objects(body.get("requiredResourceAccess"))
        if resource.get("resourceAppId") == GRAPH_APP_ID
        for access in _objects(resource.get("resourceAccess"))
    ]
    return Registration(
        secrets=tuple(_secrets(body)),
        roles=frozenset(str(access.get("id")).lower() for access in requested if access.get("type") == "Role"),
        scopes=frozenset(str(access.get("id")).lower() for access in requested if access.get("type") == "Scope"),
    )


def _secrets(body: Mapping[str, object]) -> Iterator[ListedSecret]:
    for credential in _objects(body.get("passwordCredentials")):
        hint, end = credential.get("hint"), credential.get("endDateTime")
        if isinstance(hint, str) and isinstance(end, str):
            try:
                ends = datetime.fromisoformat(end)
                yield ListedSecret(hint, (ends if ends.tzinfo else ends.replace(tzinfo=UTC)).astimezone(UTC))
            except (ValueError, OverflowError):
                continue


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())
