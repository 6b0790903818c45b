"""Where a synchronization stands, drawn from its events: what a screen shows at any moment it looks."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, Started, Waiting

if TYPE_CHECKING:
    from entra_tui.sync.events import RestartReason, SyncEvent, SyncMode

_SAMPLES: Final = 32
"""Pages over which the rate is taken: long enough to be calm, short enough to follow a change."""


class SyncProgress:
    """What is known of a run so far. Times are those of one clock that only grows, in seconds.

    Attributes:
        list: Name of the list under way; empty before the first one begins.
        mode: How it is read; None before it begins.
        resumed_entries: Entries of this list that an interrupted run had read already.
        entries: Entries of this list read so far.
        total: How many the tenant said it holds; None when it did not say.
        pages: Pages of this list read so far.
        requests: Requests of the run so far, retries included.
        retries: How often a request had to be sent again.
        restarts: Why reading began again, in order.
        waiting: The latest wait, until something came of the request behind it; `wait_left` tells whether it lasts.
        finished: The lists that were brought up to date, in order, without the sum over several.
        held: What waits for somebody's word.
        failed: The first list that ended early; None when none did.
        ends: How each list ended, in order.
    """

    def __init__(self) -> None:
        self.list = ""
        self.mode: SyncMode | None = None
        self.resumed_entries = 0
        self.entries = 0
        self.total: int | None = None
        self.pages = 0
        self.requests = 0
        self.retries = 0
        self.restarts: list[RestartReason] = []
        self.waiting: Waiting | None = None
        self.finished: list[Finished] = []
        self.held: list[Held] = []
        self.failed: Failed | None = None
        self.ends: list[Finished | Held | Failed] = []
        self._wait_ends = 0.0
        self._latest: float | None = None
        self._samples: deque[tuple[float, int]] = deque(maxlen=_SAMPLES)

    def take(self, event: SyncEvent, now: float) -> None:
        """Take in what happened at `now`."""
        if not (isinstance(event, PageRead) and now < self._wait_ends):
            # A page that was asked for before the wait is told during it.
            self.waiting = None
            self._wait_ends = 0.0
        self._latest = now
        match event:
            case Started():
                self._begin(event, now)
            case PageRead():
                self.pages, self.entries, self.total = event.pages, event.entries, event.total
                self.requests = event.requests
                self._samples.append((now, event.entries))
            case Waiting():
                self.waiting = event
                self.retries += 1
                self._wait_ends = now + event.wait.seconds
            case Restarted():
                self.restarts.append(event.reason)
                self._samples.clear()
            case Held():
                self.held.append(event)
                self.ends.append(event)
            case Finished():
                self.requests = event.requests
                if event.list:
                    self.finished.append(event)
                    self.ends.append(event)
            case Failed():
                self.requests = event.requests
                self.failed = self.failed or event
                self.ends.append(event)

    def forget_pace(self) -> None:
        """Measure the rate anew: somebody held the run for a while."""
        self._samples.clear()
        self._latest = None

    @property
    def rate(self) -> float | None:
        """Entries a second; None while too little is known."""
        if len(self._samples) < 2:  # noqa: PLR2004 - a rate lies between two moments
            return None
        (began, first), (ended, last) = self._samples[0], self._samples[-1]
        return (last - first) / (ended - began) if ended > began and last > first else None

    @property
    def share(self) -> float | None:
        """How much of the list is read, 0 to 1; None where no total is known."""
        if not self.total:
            return None
        return min(1.0, self.entries / self.total)

    def seconds_left(self, now: float) -> float | None:
        """How long it may still take at the present rate; None while that cannot be told."""
        rate = self.rate
        if rate is None or self.total is None:
            return None
        return max(0, self.total - self.entries) / rate + self.wait_left(now)

    def quiet_for(self, now: float) -> float:
        """Seconds since anything happened; 0 during a wait of our own, and while nothing happened yet."""
        return 0.0 if self._latest is None else max(0.0, now - max(self._latest, self._wait_ends))

    def wait_left(self, now: float) -> float:
        """Seconds until the request is sent again; 0 when there is no wait."""
        return max(0.0, self._wait_ends - now)

    def _begin(self, event: Started, now: float) -> None:
        self.list, self.mode = event.list, event.mode
        self.resumed_entries = self.entries = event.resumed_entries
        self.total = None
        self.pages = 0
        self._samples.clear()
        self._samples.append((now, event.resumed_entries))
