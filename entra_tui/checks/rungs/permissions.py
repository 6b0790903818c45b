"""`permissions`: the token carries what the enabled features need. One request, and only where something is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import RequestFailed
from entra_tui.graph.registration import READABLE_WITH
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.model.permission import GrantState, Requested, compare_grants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.checks.context import CheckContext
    from entra_tui.graph.registration import Registration
    from entra_tui.graph.token import Token
    from entra_tui.model.permission import Grant, Permission

_UNREAD: Final = "it was not added as an Application permission, or consent was granted before it was added"
_ADDED: Final = "it was added, but consent was granted before that, or less than a minute ago"
_NOT_ADDED: Final = "the app does not list it as an Application permission"


async def check_permissions(context: CheckContext) -> CheckResult:
    """Hold the token's `roles` claim against the needed permissions.

    What was requested in the portal says nothing about what was granted, so only the token counts; where something is
    missing and the app may read its own registration, that tells why.
    """
    token = context.token
    if token is None:
        raise RuntimeError("permissions were asked for before the sign-in")
    if not token.readable:
        return CheckResult(
            CheckId.PERMISSIONS,
            CheckStatus.SKIPPED,
            "The token does not show its permissions; the next check reads instead.",
        )
    matrix = context.grants = compare_grants(context.needed, token.roles)
    missing = [grant.permission for grant in matrix if grant.state is GrantState.MISSING]
    if missing:
        return await _missing(context, token, missing, _granted(matrix))
    summary = f"Granted: {', '.join(permission.value for permission in context.needed)}."
    covered = [f"{grant.permission} (by {grant.covered_by})" for grant in matrix if grant.state is GrantState.COVERED]
    if covered:
        summary += f" Covered by a wider one: {', '.join(covered)}."
    surplus = [grant.permission for grant in matrix if grant.state is GrantState.SURPLUS]
    if surplus:
        summary += f" Not needed: {', '.join(surplus)}."
    return context.passed(CheckId.PERMISSIONS, summary)


def _granted(matrix: Sequence[Grant]) -> list[str]:
    return [grant.permission for grant in matrix if grant.state is not GrantState.MISSING]


async def _missing(context: CheckContext, token: Token, missing: list[str], granted: list[str]) -> CheckResult:
    values = {"missing": ", ".join(missing), "granted": ", ".join(granted), "reason": _UNREAD}
    if not token.roles:
        return context.failed(CheckId.PERMISSIONS, "consent-missing", values=values)
    registration = await _registration(context, token)
    if registration is None:
        return context.failed(CheckId.PERMISSIONS, "permission-missing", values=values)
    requested = {permission.value: _requested(permission, registration) for permission in context.needed}
    context.grants = tuple(
        replace(grant, requested=requested[grant.permission]) if grant.permission in missing else grant
        for grant in context.grants
    )
    delegated = [name for name in missing if requested[name] is Requested.DELEGATED]
    if delegated:
        values["delegated"] = ", ".join(delegated)
        return context.failed(CheckId.PERMISSIONS, "permission-delegated", values=values)
    listed = all(requested[name] is Requested.APPLICATION for name in missing)
    values["reason"] = _ADDED if listed else _NOT_ADDED
    return context.failed(CheckId.PERMISSIONS, "permission-missing", values=values)


def _requested(permission: Permission, registration: Registration) -> Requested:
    if permission.app_role_id in registration.roles:
        return Requested.APPLICATION
    return Requested.DELEGATED if permission.scope_id in registration.scopes else Requested.NOT


async def _registration(context: CheckContext, token: Token) -> Registration | None:
    """What the app requests; None where it may not be read, which is no finding of its own."""
    if not token.roles & READABLE_WITH:
        return None
    try:
        return await context.directory().registration(context.client_id)
    except RequestFailed:
        return None
