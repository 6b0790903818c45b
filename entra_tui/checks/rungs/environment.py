"""`environment`: the tenant lives in the chosen cloud, and a secret would go to that cloud's own host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.graph.address import split_address
from entra_tui.graph.errors import UnsafeDestination
from entra_tui.model.environment import PUBLIC
from entra_tui.model.finding import CheckId

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult


async def check_environment(context: CheckContext) -> CheckResult:
    """Compare the cloud that the tenant's document names with the one that was chosen. No request."""
    document = context.document
    if document is None:
        raise RuntimeError("the environment was asked for before the tenant")
    chosen = context.inputs.environment
    actual = document.environment(context.environments)
    if actual is None:
        return context.failed(
            CheckId.ENVIRONMENT,
            "environment-unknown",
            values={
                "issuer_host": split_address(document.issuer).netloc or "(none)",
                "tenant_graph_host": document.graph_host or "(none)",
            },
        )
    if actual.name != chosen.name:
        gcc = document.is_gcc and actual == PUBLIC
        return context.failed(
            CheckId.ENVIRONMENT,
            "environment-gcc" if gcc else "environment-mismatch",
            values={"actual": actual.shown_label},
        )
    try:
        document.require_token_host(chosen)
    except UnsafeDestination as error:
        return context.refused(CheckId.ENVIRONMENT, error)
    return context.passed(CheckId.ENVIRONMENT, f"The tenant is in {actual.shown_label}.")
