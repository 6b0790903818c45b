"""When a request is worth another try, and how long to wait before it.

Follows Graph's page on throttling: `Retry-After` is obeyed to the letter, in seconds or as a date (RFC 9110,
10.2.3); without it the wait grows exponentially, with jitter.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import NetworkFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.model.clock import Clock

RETRIED_STATUSES: Final = frozenset({429, 500, 502, 503, 504})
RETRIED_FAULTS: Final = frozenset({NetworkFault.CUT, NetworkFault.TIMEOUT, NetworkFault.REFUSED, NetworkFault.NAME})
_INTERNAL_ERROR: Final = 500
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0


class WaitReason(Enum):
    """Why the program waits."""

    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    NO_ANSWER = "no answer"
    BAD_ANSWER = "unusable answer"


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause before the same request is sent again.

    Attributes:
        reason: Why.
        seconds: How long.
        attempt: Number of the try that failed.
        status: HTTP status of the answer, None when there was none.
        asked: True when the service named the time itself (`Retry-After`).
    """

    reason: WaitReason
    seconds: float
    attempt: int
    status: int | None = None
    asked: bool = False


class Patience:
    """How long trying may go on without progress.

    One object serves one piece of work, such as a whole synchronization; `renew` is called when something was
    achieved.

    Args:
        clock: Whose time counts.
        seconds: The budget; 0 means a single try.
        on_wait: Told of each wait before it begins.
    """

    def __init__(self, clock: Clock, seconds: float, *, on_wait: Callable[[Wait], None] | None = None) -> None:
        self._clock = clock
        self._seconds = seconds
        self._on_wait = on_wait
        self._deadline = clock.monotonic() + seconds

    def renew(self) -> None:
        """Something was achieved: the whole budget counts again."""
        self._deadline = self._clock.monotonic() + self._seconds

    async def spend(self, wait: Wait) -> bool:
        """Wait, if the budget allows it.

        Returns:
            False, at once, when the wait would end after the budget has.
        """
        if self._clock.monotonic() + wait.seconds > self._deadline:
            return False
        if self._on_wait is not None:
            self._on_wait(wait)
        await self._clock.sleep(wait.seconds)
        return True


class FewErrors(Patience):
    """Another's patience, of which an internal error (500) is worth a few tries only.

    For a question that a service may have no answer to: what never was made can say 500 for ever, while 502, 503 and
    504 promise to pass.

    Args:
        whole: Whose patience it is.
        tries: How often a request that is answered 500 is sent.
    """

    def __init__(self, whole: Patience, tries: int) -> None:
        self._whole = whole
        self._tries = tries

    def renew(self) -> None:
        """As for the whole."""
        self._whole.renew()

    async def spend(self, wait: Wait) -> bool:
        """As for the whole, unless the tries are used up."""
        if wait.status == _INTERNAL_ERROR and wait.attempt >= self._tries:
            return False
        return await self._whole.spend(wait)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for; None when it is absent or makes no sense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def backoff(attempt: int) -> float:
    """Seconds to wait after the `attempt`-th failure: 1, 2, 4, ... at most 60, up to half left to chance."""
    ceiling: float = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempt - 1, 16))
    return ceiling * (0.5 + random.random() / 2)  # noqa: S311 - spreading load, not hiding anything
