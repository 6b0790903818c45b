"""A colleague with an administrator's roles, who does in a practice tenant what is missing when asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.permission import GUIDE_SET, GrantState, compare_grants
from entra_tui.simulator.graph_permissions import graph_permissions

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.registrations import ServicePrincipal

_HIRED = 3
_MOVED = 5
_LEFT = 1


def act(cloud: PracticeCloud) -> str:
    """Do the next sensible thing for the connector's app, and say what was done in one sentence."""
    client_id = cloud.scenario.applications[0].client_id
    registrations = cloud.tenant.registrations
    principal = registrations.principal(client_id)
    if registrations.application(client_id) is None or principal is None:
        return "The administrator finds no such app in this tenant."
    if not principal.enabled:
        cloud.enable_application(client_id)
        return "The administrator has enabled the app."
    missing = _missing(cloud, principal)
    if missing:
        cloud.grant_consent(client_id, *missing)
        return "The administrator has granted admin consent."
    cloud.create_users(_HIRED)
    cloud.change_users(_MOVED)
    cloud.delete_users(_LEFT)
    return f"In the tenant {_HIRED} people were hired, {_MOVED} changed jobs, {_LEFT} left."


def _missing(cloud: PracticeCloud, principal: ServicePrincipal) -> list[str]:
    names = {found.app_role_id: name for name, found in graph_permissions().items()}
    held = [
        names.get(grant.app_role_id, "")
        for grant in cloud.tenant.registrations.assignments.values()
        if grant.principal_id == principal.object_id
    ]
    return [grant.permission for grant in compare_grants(GUIDE_SET, held) if grant.state is GrantState.MISSING]
