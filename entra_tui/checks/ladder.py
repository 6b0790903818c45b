"""The verification ladder: the checks in order, up to the first that breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Final

from entra_tui.checks.context import CheckContext
from entra_tui.checks.evidence import with_evidence
from entra_tui.checks.rungs.clock import check_clock
from entra_tui.checks.rungs.environment import check_environment
from entra_tui.checks.rungs.input import check_input
from entra_tui.checks.rungs.network import check_network
from entra_tui.checks.rungs.permissions import check_permissions
from entra_tui.checks.rungs.read import check_read
from entra_tui.checks.rungs.secret_expiry import check_secret_expiry
from entra_tui.checks.rungs.sign_in import check_sign_in
from entra_tui.checks.rungs.tenant import check_tenant
from entra_tui.graph.trace import followed
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


_HEARD_BY: Final = {
    CheckId.CLOCK: CheckId.NETWORK,
    CheckId.TENANT: CheckId.NETWORK,
    CheckId.ENVIRONMENT: CheckId.NETWORK,
    CheckId.PERMISSIONS: CheckId.SIGN_IN,
}
"""Which rung hears what another one judges; judged once more, it would be what it was."""


async def run_check(context: CheckContext, check: CheckId) -> CheckResult:
    """Run one rung; what it proved before is forgotten first. The rungs before it must have passed."""
    context.forget([check])
    with followed() as made:
        try:
            result = await LADDER[check](context)
        finally:
            context.asked[check] = tuple(made)
    return with_evidence(result, context)


async def climb(context: CheckContext, checks: Iterable[CheckId] = LADDER) -> AsyncIterator[CheckResult]:
    """Run `checks` in the ladder's order and yield each result as it is known.

    After the first failure the rest are SKIPPED, with the reason as their summary. What other checks proved in this
    context stays.
    """
    wanted = set(checks)
    context.patience.renew()
    context.forget(wanted)
    broken: CheckId | None = None
    for check in LADDER:
        if check not in wanted:
            continue
        if broken is not None:
            yield CheckResult(check, CheckStatus.SKIPPED, f"Not checked, since {broken.value} failed.")
            continue
        result = await run_check(context, check)
        if result.status is CheckStatus.FAILED:
            broken = check
        yield result


def rungs_from(start: CheckId, results: Mapping[CheckId, CheckResult]) -> tuple[CheckId, ...]:
    """The rungs to climb when a run is taken up again at `start`; those before them keep what they proved.

    A rung that judges what another one heard begins with that one, so that permissions are looked for in a fresh
    token, not in the one that lacked them. A rung before `start` that proved nothing is climbed too.

    Args:
        start: Where to begin.
        results: What the run said so far.
    """
    order = list(LADDER)
    proven = {check for check, result in results.items() if result.status in {CheckStatus.PASSED, CheckStatus.WARNING}}
    first = next((check for check in order[: order.index(start)] if check not in proven), start)
    return tuple(order[order.index(_HEARD_BY.get(first, first)) :])
