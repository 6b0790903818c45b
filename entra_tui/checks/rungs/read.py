"""`read`: one small request a feature shows that Graph really answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import RequestFailed
from entra_tui.model.finding import CheckId
from entra_tui.model.permission import Feature

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult

_COLLECTIONS: Final = {
    Feature.USERS: "users",
    Feature.GROUPS: "groups",
    Feature.DIRECTORY_ROLES: "directoryRoles",
}


async def check_read(context: CheckContext) -> CheckResult:
    """Read the organization, whose id must be the tenant's, then one object for each feature."""
    directory = context.directory()
    # The guide's set promises users and groups whatever is turned on; least privilege promises just the features.
    features = context.inputs.features | (
        frozenset() if context.inputs.least_privilege else frozenset({Feature.USERS, Feature.GROUPS})
    )
    read: list[str] = []
    try:
        organization = await directory.organization()
        if organization.id != context.subject.tenant_id:
            return context.failed(
                CheckId.READ, "organization-mismatch", values={"organization_id": organization.id or "(none)"}
            )
        for feature in Feature:
            if feature in features | {Feature.USERS}:
                await directory.probe(_COLLECTIONS[feature])
                read.append(feature.label.lower())
    except RequestFailed as error:
        return context.refused(CheckId.READ, error)
    context.organization = organization
    name = organization.display_name or organization.id
    return context.passed(CheckId.READ, f"Read {', '.join(read)} of {name}.")
