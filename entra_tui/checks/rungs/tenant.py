"""`tenant`: the tenant exists. Anonymous; no secret is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.graph.discovery import TenantDocument, discover, discover_everywhere
from entra_tui.graph.errors import Refused, RequestFailed
from entra_tui.model.finding import CheckId

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult

_NO_SUCH_TENANT = frozenset({"AADSTS90002", "AADSTS900021", "AADSTS900023", "AADSTS90038"})


async def check_tenant(context: CheckContext) -> CheckResult:
    """Ask the chosen cloud for the tenant; where it knows none, ask the other clouds and try the client ID."""
    try:
        document = await _document(context)
    except Refused as error:
        if error.code not in _NO_SUCH_TENANT:
            return context.refused(CheckId.TENANT, error)
        elsewhere = await _elsewhere(context)
        if elsewhere is None:
            if await _is_tenant(context, context.client_id):
                return context.failed(CheckId.TENANT, "tenant-client-swapped")
            return context.refused(CheckId.TENANT, error)
        document = elsewhere
    except RequestFailed as error:
        return context.refused(CheckId.TENANT, error)
    context.document = document
    region = document.region_sub_scope or document.region_scope
    return context.passed(CheckId.TENANT, f"The tenant exists{f', region {region}' if region else ''}.")


async def _document(context: CheckContext) -> TenantDocument:
    # What the network check heard is not asked for again.
    heard, context.discovered = context.discovered, None
    if isinstance(heard, RequestFailed):
        raise heard
    return heard or await discover(context.http, context.tenant, context.inputs.environment, patience=context.patience)


async def _elsewhere(context: CheckContext) -> TenantDocument | None:
    others = [
        environment
        for environment in context.environments
        if environment.authority != context.inputs.environment.authority and environment.built_in
    ]
    if not others or not context.inputs.environment.built_in:
        return None
    try:
        return (await discover_everywhere(context.http, context.tenant, others)).documents[0]
    except RequestFailed:
        return None


async def _is_tenant(context: CheckContext, guid: str) -> bool:
    try:
        await discover(context.http, guid, context.inputs.environment)
    except RequestFailed:
        return False
    return True
