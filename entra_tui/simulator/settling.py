"""Changes that were made and cannot be read yet, since Graph is only consistent in the end."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta


class Settling:
    """Changes on their way to where Graph reads, in the order in which they were made.

    Args:
        delay: How long each is on its way.
    """

    def __init__(self, delay: timedelta) -> None:
        self._delay = delay
        self._waiting: deque[tuple[datetime, Callable[[], object]]] = deque()

    def make(self, change: Callable[[], object], now: datetime) -> None:
        """Make a change: at once without a delay, else when `settle` is told that its moment has come.

        Raises:
            LookupError: As the change does, if it is made at once.
        """
        if self._delay:
            self._waiting.append((now + self._delay, change))
        else:
            change()

    def settle(self, now: datetime) -> None:
        """Make every change whose moment has come."""
        while self._waiting and self._waiting[0][0] <= now:
            _, change = self._waiting.popleft()
            # What it is about went while it was on its way.
            with contextlib.suppress(LookupError):
                change()
