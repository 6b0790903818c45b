"""`clock`: this machine's clock and Microsoft's agree. No request; the network check heard the time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from entra_tui.model.finding import CheckId, CheckResult, CheckStatus

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext

_TOLERATED: Final = timedelta(minutes=5)


async def check_clock(context: CheckContext) -> CheckResult:
    """Warn when the clocks are more than five minutes apart.

    A wrong clock does not by itself refuse a sign-in with a secret, but it makes every recorded time useless and the
    end of a token wrong.
    """
    ahead = context.clock_offset
    if ahead is None:
        return CheckResult(
            CheckId.CLOCK, CheckStatus.SKIPPED, "No answer told the time, so the clocks are not compared."
        )
    if abs(ahead) <= _TOLERATED.total_seconds():
        return context.passed(CheckId.CLOCK, "This machine's clock and Microsoft's agree.")
    return context.failed(
        CheckId.CLOCK,
        "clock-skewed",
        values={"apart": _spoken(abs(ahead)), "direction": "slow" if ahead > 0 else "fast"},
        status=CheckStatus.WARNING,
    )


def _spoken(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
