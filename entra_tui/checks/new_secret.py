"""Signing in with a secret that may have been made a moment ago and not have spread yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.checks.ladder import run_check
from entra_tui.model.finding import CheckId, CheckStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult

# A new secret has been seen to take 4 to 18 seconds, and automation waits 30; after 75 it is not a matter of time.
_PAUSES: Final = (5.0, 10.0, 20.0, 40.0)
_NOT_SPREAD: Final = frozenset({"AADSTS7000215", "AADSTS700016"})


@dataclass(frozen=True, slots=True)
class SignInTry:
    """One sign-in.

    Attributes:
        number: Counts up from 1.
        of: How many there will be at most.
        result: What came of it.
        next_in: Seconds until the next try; None when there is none.
        settles: Whether it is known from now on what the secret is worth, so that waiting for it would help no more.
    """

    number: int
    of: int
    result: CheckResult
    next_in: float | None
    settles: bool = False


async def sign_in_with_secret(context: CheckContext, *, may_be_new: bool) -> AsyncIterator[SignInTry]:
    """Try to sign in; with a secret that may be new again, after growing pauses, while it may still be spreading.

    The consumer waits `next_in` seconds, with whatever it shows meanwhile, before it asks for the next try.

    Args:
        context: One in which `input`, `tenant` and `environment` have passed.
        may_be_new: Whether the secret may have been made a moment ago. One that is known to be old is tried once.
    """
    pauses = _PAUSES if may_be_new else ()
    for number, pause in enumerate((*pauses, None), start=1):
        result = await run_check(context, CheckId.SIGN_IN)
        spreading = (
            result.status is CheckStatus.FAILED and result.finding is not None and result.finding.code in _NOT_SPREAD
        )
        next_in = pause if spreading else None
        settles = result.status is CheckStatus.PASSED or (spreading and next_in is None)
        yield SignInTry(number, len(pauses) + 1, result, next_in, settles)
        if not spreading:
            return
