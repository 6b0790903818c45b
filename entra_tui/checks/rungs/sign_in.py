"""`sign-in`: Entra issues a token for this app and secret, now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.graph.errors import RequestFailed
from entra_tui.graph.sign_in import sign_in
from entra_tui.model.finding import CheckId

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult


async def check_sign_in(context: CheckContext) -> CheckResult:
    """Sign in afresh; a token of another tenant fails the check too."""
    credentials = context.credentials()
    try:
        token = await sign_in(context.http, credentials, patience=context.patience)
    except RequestFailed as error:
        return context.refused(CheckId.SIGN_IN, error)
    context.issued = token
    if token.tenant_id and token.tenant_id.lower() != credentials.tenant_id:
        return context.failed(CheckId.SIGN_IN, "token-of-another-tenant", values={"token_tenant": token.tenant_id})
    context.token = token
    return context.passed(CheckId.SIGN_IN, "A fresh token was issued.")
