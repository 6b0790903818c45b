"""How long to wait before a request is sent again, and how long to go on trying.

Follows Graph's page on throttling: `Retry-After` is obeyed to the letter, in seconds or as a date (RFC 9110,
10.2.3); without it the wait grows exponentially, with jitter. What is worth another try stands in `transient`.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.model.clock import Clock

UNASKED_SECONDS: Final = 600.0
"""How long to go on without progress where the service does not say when to come back."""

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0
_PROMISING: Final = frozenset({502, 503, 504})
_SERVER_ERRORS: Final = range(500, 600)
_NOT_FOUND: Final = 404
# A comma between two values, not the one behind a weekday.
_BETWEEN_VALUES: Final = re.compile(r",(?!\s*\d{1,2}[ -][A-Za-z]{3})")
_NUMBER: Final = re.compile(
    r"\s*\"?([0-9]+(?:\.[0-9]+)?)\s*(?:s|secs?|seconds?)?\"?\s*(?:;.*)?", re.IGNORECASE | re.DOTALL
)


class WaitReason(Enum):
    """Why the program waits."""

    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    NO_ANSWER = "no answer"
    BAD_ANSWER = "unusable answer"
    COUNT_BEHIND = "count not up to date"
    SIGN_IN = "sign-in refused"


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause before the same request is sent again.

    Attributes:
        reason: Why.
        seconds: How long.
        attempt: Number of the try that failed.
        status: HTTP status of the answer, None when there was none.
        asked: True when the service named the time itself (`Retry-After`).
        took: Seconds that the try that failed took, at most as long as a try can take.
    """

    reason: WaitReason
    seconds: float
    attempt: int
    status: int | None = None
    asked: bool = False
    took: float = 0.0


class _Budget:
    """Seconds that may go by, counted once however many requests run at a time.

    What is counted is the length of each wait and each try, never the time between two looks at the clock: a machine
    that slept did not try meanwhile.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._used = 0.0
        self._until = -math.inf

    def renew(self, now: float) -> None:
        """Nothing is used of it."""
        self._used, self._until = 0.0, now

    def use(self, begun: float, seconds: float) -> None:
        """Count `seconds` from the moment `begun`, unless they were counted for another request."""
        self._used += max(0.0, begun + seconds - max(begun, self._until))
        self._until = max(self._until, begun + seconds)

    def allows(self, now: float, seconds: float) -> bool:
        """Whether a wait may begin."""
        self._until = min(self._until, now)  # a clock that went back is followed
        return self._used + seconds <= self._seconds


class Patience:
    """How long trying may go on without progress.

    One object serves one piece of work, such as a whole synchronization; `renew` is called when something was
    achieved.

    Args:
        clock: Whose time counts.
        seconds: The budget; 0 means a single try.
        unasked_seconds: What of it may go by in tries and waits for which the service did not name the time; None
            is ten minutes, or `seconds` where that is less.
        on_wait: Told of each wait before it begins.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: float,
        *,
        unasked_seconds: float | None = None,
        on_wait: Callable[[Wait], None] | None = None,
    ) -> None:
        self._clock = clock
        self._on_wait = on_wait
        self._all = _Budget(seconds)
        self._unasked = _Budget(min(seconds, UNASKED_SECONDS) if unasked_seconds is None else unasked_seconds)

    @property
    def whole(self) -> Patience:
        """The patience itself, without what another one allows less of."""
        return self

    def renew(self) -> None:
        """Something was achieved: the whole budget counts again."""
        now = self._clock.monotonic()
        for budget in (self._all, self._unasked):
            budget.renew(now)

    async def spend(self, wait: Wait) -> bool:
        """Wait, if the budget allows it.

        Returns:
            False, at once, when the wait would end after the budget has.
        """
        budgets = (self._all,) if wait.asked else (self._all, self._unasked)
        now = self._clock.monotonic()
        for budget in budgets:
            budget.use(now - wait.took, wait.took)
        if not all(budget.allows(now, wait.seconds) for budget in budgets):
            return False
        if self._on_wait is not None:
            self._on_wait(wait)
        await self._clock.sleep(wait.seconds)
        for budget in budgets:
            budget.use(now, wait.seconds)
        return True


class FewErrors(Patience):
    """Another's patience, of which an error of the service's own is worth a few tries only.

    For a question that a service may have no answer to: what never was made can say 500, 501 or 404 for ever, while
    502, 503, 504 and any answer with `Retry-After` promise to pass.

    Args:
        whole: Whose patience it is.
        tries: How often a request that is answered so is sent.
        of_link: Whether everything that the service did not ask to wait for counts, since another link may do.
    """

    def __init__(self, whole: Patience, tries: int, *, of_link: bool = False) -> None:
        self._whole = whole
        self._tries = tries
        self._of_link = of_link
        self._errors = 0

    @property
    def whole(self) -> Patience:
        """Whose patience it is."""
        return self._whole.whole

    def renew(self) -> None:
        """As for the whole."""
        self._whole.renew()

    async def spend(self, wait: Wait) -> bool:
        """As for the whole, unless the tries are used up."""
        if wait.attempt == 1:  # of another request
            self._errors = 0
        status = wait.status or 0
        is_of_question = status == _NOT_FOUND or (status in _SERVER_ERRORS and status not in _PROMISING)
        if not wait.asked and (is_of_question or self._of_link):
            self._errors += 1
            if self._errors >= self._tries:
                return False
        return await self._whole.spend(wait)


def retry_after(value: str | None, now: datetime, *, sent: str | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for, never less; None when it is absent or makes no sense.

    Args:
        value: The header; of several values in it the longest wait counts.
        now: The moment against which a date is measured where `sent` is none.
        sent: The same answer's `Date` header. By its own clock a service means what it says.
    """
    if value is None:
        return None
    waits = [_wait_in(text, sent, now) for text in _BETWEEN_VALUES.split(value)]
    return max((seconds for seconds in waits if seconds is not None), default=None)


def _wait_in(text: str, sent: str | None, now: datetime) -> float | None:
    if text.isascii() and (number := _NUMBER.fullmatch(text)):
        seconds = float(number[1])
        return float(math.ceil(seconds)) if math.isfinite(seconds) else seconds
    moment = _date(text)
    if moment is None:
        return None
    return max(0.0, (moment - (_date(sent) or now)).total_seconds())


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime((text or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def backoff(attempt: int) -> float:
    """Seconds to wait after the `attempt`-th failure: 1, 2, 4, ... at most 60, up to half left to chance."""
    ceiling: float = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempt - 1, 16))
    return ceiling * (0.5 + random.random() / 2)  # noqa: S311 - spreading load, not hiding anything
