"""The verification ladder: the checks in order, up to the first that breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final

from entra_tui.checks.context import CheckContext
from entra_tui.checks.rungs.clock import check_clock
from entra_tui.checks.rungs.environment import check_environment
from entra_tui.checks.rungs.input import check_input
from entra_tui.checks.rungs.network import check_network
from entra_tui.checks.rungs.permissions import check_permissions
from entra_tui.checks.rungs.read import check_read
from entra_tui.checks.rungs.secret_expiry import check_secret_expiry
from entra_tui.checks.rungs.sign_in import check_sign_in
from entra_tui.checks.rungs.tenant import check_tenant
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus

Check = Callable[[CheckContext], Awaitable[CheckResult]]

LADDER: Final[dict[CheckId, Check]] = {
    CheckId.INPUT: check_input,
    CheckId.NETWORK: check_network,
    CheckId.CLOCK: check_clock,
    CheckId.TENANT: check_tenant,
    CheckId.ENVIRONMENT: check_environment,
    CheckId.SIGN_IN: check_sign_in,
    CheckId.PERMISSIONS: check_permissions,
    CheckId.READ: check_read,
    CheckId.SECRET_EXPIRY: check_secret_expiry,
}
"""The rungs in the order in which they are climbed; each may rely on those before it."""


async def climb(context: CheckContext, checks: Iterable[CheckId] = LADDER) -> AsyncIterator[CheckResult]:
    """Run `checks` in the ladder's order and yield each result as it is known.

    After the first failure the rest are SKIPPED, with the reason as their summary.
    """
    wanted = set(checks)
    context.patience.renew()
    broken: CheckId | None = None
    for check, run in LADDER.items():
        if check not in wanted:
            continue
        if broken is not None:
            yield CheckResult(check, CheckStatus.SKIPPED, f"Not checked, since {broken.value} failed.")
            continue
        result = await run(context)
        if result.status is CheckStatus.FAILED:
            broken = check
        yield result


def is_healthy(results: Iterable[CheckResult]) -> bool:
    """Whether no check failed; a warning does not count against it."""
    return all(result.status is not CheckStatus.FAILED for result in results)
