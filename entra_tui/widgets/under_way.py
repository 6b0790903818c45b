"""What the line of a check says while it is under way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from entra_tui.widgets.sync_lines import wait

if TYPE_CHECKING:
    from entra_tui.graph.retry import Wait


class UnderWay:
    """One check that began just now: how long it takes already, or how long it still waits and why."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._pause: Wait | None = None
        self._goes_on = 0.0

    def wait_for(self, pause: Wait) -> None:
        """The request is sent again after `pause`, which begins now."""
        self._pause, self._goes_on = pause, time.monotonic() + pause.seconds

    @property
    def text(self) -> str:
        """At this moment."""
        now = time.monotonic()
        if self._pause is not None and now < self._goes_on:
            return wait(self._pause, self._goes_on - now)
        # A wait shows its age from the second second on; before that a number would only flicker.
        elapsed = int(now - self._since)
        return f"checking, {elapsed} s" if elapsed else "checking"
