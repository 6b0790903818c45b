"""`permissions`: the token carries what the enabled features need. No request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.model.permission import GrantState, compare_grants

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext


async def check_permissions(context: CheckContext) -> CheckResult:
    """Hold the token's `roles` claim against the needed permissions.

    What was requested in the portal says nothing about what was granted, so only the token counts.
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
    matrix = compare_grants(context.needed, token.roles)
    missing = [grant.permission for grant in matrix if grant.state is GrantState.MISSING]
    if missing:
        granted = [grant.permission for grant in matrix if grant.state is not GrantState.MISSING]
        return context.failed(
            CheckId.PERMISSIONS,
            "permission-missing" if token.roles else "consent-missing",
            values={"missing": ", ".join(missing), "granted": ", ".join(granted)},
        )
    covered = [f"{grant.permission} (by {grant.covered_by})" for grant in matrix if grant.state is GrantState.COVERED]
    summary = f"Granted: {', '.join(permission.value for permission in context.needed)}."
    if covered:
        summary += f" Covered by a wider one: {', '.join(covered)}."
    return context.passed(CheckId.PERMISSIONS, summary)
