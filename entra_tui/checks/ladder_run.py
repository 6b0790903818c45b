"""A run of the ladder, kept so that it can be looked into and taken up again from a rung."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.checks.evidence import exchanges_behind
from entra_tui.checks.ladder import LADDER, climb, rungs_from
from entra_tui.model.finding import CheckId, CheckStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.checks.context import CheckContext
    from entra_tui.graph.trace import Exchange
    from entra_tui.model.finding import CheckResult
    from entra_tui.model.permission import Grant


class LadderRun:
    """One run of the ladder: what each rung said, and the requests behind it.

    Args:
        context: The run's own; nothing may have been asked with it yet.

    Attributes:
        context: As above.
        began: When the run was made, UTC.
    """

    def __init__(self, context: CheckContext) -> None:
        self.context = context
        self.began = context.http.clock.now()
        self._results: dict[CheckId, CheckResult] = {}

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """What each check said, in the ladder's order."""
        return tuple(self._results[check] for check in LADDER if check in self._results)

    def result(self, check: CheckId) -> CheckResult | None:
        """What one check said; None before it did."""
        return self._results.get(check)

    def exchanges(self, check: CheckId) -> tuple[Exchange, ...]:
        """The requests on which a check's word rests, oldest first."""
        return exchanges_behind(self.context, check)

    @property
    def all_exchanges(self) -> tuple[Exchange, ...]:
        """The requests that led to the results, oldest first; those of a rung that was climbed anew are its last."""
        asked = (exchange for exchanges in self.context.asked.values() for exchange in exchanges)
        return tuple(sorted(asked, key=lambda exchange: exchange.number))

    def grants(self, check: CheckId) -> tuple[Grant, ...]:
        """The permissions matrix of the check that makes one; empty for others, and where no token showed it."""
        return self.context.grants if check is CheckId.PERMISSIONS else ()

    @property
    def needs_secret(self) -> bool:
        """Whether the run ended because the secret cannot be one, or Entra refused it, so that another is needed."""
        context = self.context
        shaped = self.result(CheckId.INPUT)
        if shaped is not None and shaped.status is CheckStatus.FAILED:
            return bool(context.client_id)
        said = self.result(CheckId.SIGN_IN)
        if said is None or said.status is not CheckStatus.FAILED or context.document is None or context.secret is None:
            return False
        credentials = context.credentials()
        return context.http.verdicts.refusal(credentials.key, credentials.secret) is not None

    def rungs_from(self, start: CheckId) -> tuple[CheckId, ...]:
        """The checks that `climb` would run from `start` on; see `ladder.rungs_from`."""
        return rungs_from(start, self._results)

    async def climb(
        self, on_result: Callable[[CheckResult], None] = lambda _: None, *, start: CheckId = CheckId.INPUT
    ) -> tuple[CheckResult, ...]:
        """Run the ladder, the whole of it or from a rung on, and keep the results.

        Args:
            on_result: Told each new result as it is known.
            start: Where to begin; checks before it keep what they proved.

        Returns:
            All results, in the ladder's order.
        """
        checks = self.rungs_from(start)
        for check in checks:
            self._results.pop(check, None)
        async for result in climb(self.context, checks):
            self._results[result.check] = result
            on_result(result)
        return self.results
