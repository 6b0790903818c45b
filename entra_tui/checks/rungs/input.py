"""`input`: the values have the right shapes, each in its own field. No request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.fields import FieldError, parse_client_id, parse_secret, parse_tenant
from entra_tui.model.finding import CheckId

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult


async def check_input(context: CheckContext) -> CheckResult:
    """Clean and parse every field; the first that is refused fails the check."""
    inputs = context.inputs
    try:
        context.tenant = parse_tenant(inputs.tenant)
        context.client_id = parse_client_id(inputs.client_id, tenant_id=context.tenant)
        context.secret = parse_secret(inputs.secret.reveal(), tenant_id=context.tenant, client_id=context.client_id)
    except FieldError as error:
        return context.failed(CheckId.INPUT, error.code, message=error.sentence, values={"field": error.field.value})
    return context.passed(CheckId.INPUT, "IDs and secret have the right shapes.")
