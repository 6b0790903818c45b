"""Whether an application exists in a tenant, before there is a secret.

The device-code endpoint tells an unknown client ID (AADSTS700016) from a known one, and since no sign-in is
attempted, none fails in the tenant's log. What Microsoft answers in rarer cases is not documented, so anything
else means that it cannot be told yet.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import Refused, RequestFailed
from entra_tui.graph.refusals import sign_in_refusal

if TYPE_CHECKING:
    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.discovery import TenantDocument
    from entra_tui.model.environment import Environment

_OK: Final = 200
_UNKNOWN_APPLICATION: Final = frozenset({"AADSTS700016", "AADSTS700011"})


class AppPresence(Enum):
    """What the probe could tell."""

    FOUND = "found"
    UNKNOWN = "cannot tell yet"


async def probe_application(
    http: HttpClient, document: TenantDocument, environment: Environment, client_id: str
) -> AppPresence:
    """Ask for a device code that nobody will use.

    Args:
        http: The way out.
        document: The tenant.
        environment: Its environment.
        client_id: Application (client) ID.

    Raises:
        Refused: The application is not in this tenant, with `code` AADSTS700016.
    """
    try:
        document.require_token_host(environment)
        answer = await http.send(
            "POST",
            f"{environment.authority}/{document.tenant_id}/oauth2/v2.0/devicecode",
            form={"client_id": client_id, "scope": environment.scope},
        )
    except RequestFailed:
        return AppPresence.UNKNOWN
    if answer.status == _OK:
        return AppPresence.FOUND
    refusal = sign_in_refusal(answer)
    if isinstance(refusal, Refused) and refusal.code in _UNKNOWN_APPLICATION:
        raise refusal
    return AppPresence.UNKNOWN
