"""Step 2's question: is there such an app in the tenant? Asked before there is a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entra_tui.checks.catalogue import Catalogue, Subject
from entra_tui.graph.app_probe import AppPresence, probe_application
from entra_tui.graph.discovery import discover
from entra_tui.graph.errors import RequestFailed

if TYPE_CHECKING:
    from entra_tui.graph.client import HttpClient
    from entra_tui.model.environment import Environment
    from entra_tui.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Registration:
    """What could be told about an app registration.

    Attributes:
        presence: Found, or that it cannot be told yet.
        finding: That the app is not there, or that nothing could be asked.
    """

    presence: AppPresence
    finding: Finding | None = None


async def probe_registration(
    http: HttpClient, tenant_id: str, client_id: str, environment: Environment, catalogue: Catalogue
) -> Registration:
    """Ask whether app `client_id` exists in the tenant; no sign-in is attempted."""
    subject = Subject(environment, tenant_id, client_id)
    try:
        document = await discover(http, tenant_id, environment)
        presence = await probe_application(http, document, environment, client_id)
    except RequestFailed as error:
        return Registration(AppPresence.UNKNOWN, catalogue.explain_error(error, subject, http.redactor.text))
    return Registration(presence)
