"""`sign-in`: Entra issues a token for this app and secret, now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.graph.errors import RequestFailed
from entra_tui.graph.sign_in import require_own, sign_in
from entra_tui.model.finding import CheckId

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult


async def check_sign_in(context: CheckContext) -> CheckResult:
    """Sign in afresh; a token of another tenant or app fails the check too."""
    credentials = context.credentials()
    try:
        context.issued = await sign_in(context.http, credentials, patience=context.patience)
        require_own(context.issued, credentials)
    except RequestFailed as error:
        return context.refused(CheckId.SIGN_IN, error)
    context.token = context.issued
    return context.passed(CheckId.SIGN_IN, "A fresh token was issued.")
