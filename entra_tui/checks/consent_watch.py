"""Watching for admin consent: a fresh token again and again, until it carries what is needed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final

from entra_tui.checks.ladder import run_check
from entra_tui.model.finding import CheckId, CheckStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entra_tui.checks.context import CheckContext
    from entra_tui.model.finding import CheckResult
    from entra_tui.model.permission import Grant

# Entra ends a loop of more than 15 like requests in five minutes (AADSTS50196), so the first looks are quick and the
# later ones slow: at most 15 in any five minutes.
_PAUSES: Final = (5.0, 5.0, 5.0, 5.0, 10.0, 10.0, 20.0)
_LATER_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a fresh token.

    Attributes:
        number: Counts up from 1.
        result: What the sign-in or the permissions check said.
        grants: The permissions matrix; empty when there was no token, or one that does not show its permissions.
        next_in: Seconds until the next look; None when there is none.
    """

    number: int
    result: CheckResult
    grants: tuple[Grant, ...]
    next_in: float | None


async def watch_consent(context: CheckContext) -> AsyncIterator[Look]:
    """Look at a fresh token until it carries every needed permission, or until a sign-in fails for good.

    The consumer waits `next_in` seconds, with whatever it shows meanwhile, before it asks for the next look.

    Args:
        context: One in which `input`, `tenant` and `environment` have passed.
    """
    for number, pause in enumerate(chain(_PAUSES, repeat(_LATER_PAUSE)), start=1):
        result = await run_check(context, CheckId.SIGN_IN)
        grants: tuple[Grant, ...] = ()
        if result.status is not CheckStatus.FAILED and context.token is not None:
            result = await run_check(context, CheckId.PERMISSIONS)
            grants = context.grants
        ended = result.status is not CheckStatus.FAILED or not (result.finding and result.finding.may_pass)
        yield Look(number, result, grants, None if ended else pause)
        if ended:
            return
