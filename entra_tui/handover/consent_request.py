"""The request for admin consent, as a message to somebody who may grant it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entra_tui.handover.instructions import Target


def consent_address(target: Target) -> str:
    """The address that asks for everything the app registration asks for.

    The app has no redirect URI, so the page may end on an error after the grant; only a fresh token tells.
    """
    return f"{target.environment.authority}/{target.tenant}/adminconsent?client_id={target.client_id}"


def consent_message(target: Target, page: str) -> str:
    """A message ready to send.

    Args:
        target: Which app in which tenant.
        page: Address of the portal page with the button.
    """
    names = "\n".join(f"- {permission.value}: {permission.permits}" for permission in target.permissions)
    return (
        f"Please grant admin consent for the app {target.app_name} (client ID {target.app}) "
        f"in the tenant {target.tenant}.\n\n"
        f"It asks for these application permissions of Microsoft Graph, all of them read-only:\n{names}\n\n"
        "Needed role: Privileged Role Administrator or Global Administrator. An Application Administrator cannot.\n"
        f"Open {page}\nand click Grant admin consent."
    )
