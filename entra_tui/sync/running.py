"""Synchronizations under way, apart from any screen: a screen may be left and come back to."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING

from entra_tui.storage.errors import StorageError
from entra_tui.sync.pause import Pause
from entra_tui.sync.progress import SyncProgress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from entra_tui.model.clock import Clock
    from entra_tui.sync.events import SyncEvent


class SyncOutcome(Enum):
    """How a run ended."""

    FINISHED = "finished"
    HELD = "held"
    FAILED = "failed"
    CANCELED = "canceled"


class RunningSync:
    """One synchronization: its task, and where it stands. Made inside a running event loop.

    Args:
        open_events: Begins the synchronization, which `pause` holds.
        clock: Measures rate and waits.

    Attributes:
        progress: Where it stands.
        outcome: How it ended; None while it runs.
        refusal: Why something stored could not be used, as one sentence; empty when nothing was refused.
    """

    def __init__(self, open_events: Callable[[Pause], AsyncIterator[SyncEvent]], clock: Clock) -> None:
        self.progress = SyncProgress()
        self.outcome: SyncOutcome | None = None
        self.refusal = ""
        self._clock = clock
        self._pause = Pause()
        self._task = asyncio.create_task(self._run(open_events))
        self._task.add_done_callback(self._end)

    @property
    def is_paused(self) -> bool:
        """Whether it is held between two pages."""
        return self.outcome is None and self._pause.is_on

    def now(self) -> float:
        """The moment against which the progress is read."""
        return self._clock.monotonic()

    def pause(self) -> None:
        """Hold it before the next page."""
        self._pause.pause()

    def resume(self) -> None:
        """Go on."""
        self.progress.forget_pace()
        self._pause.resume()

    def cancel(self) -> None:
        """End it; the list stays what it was."""
        self._task.cancel()

    async def ended(self) -> None:
        """Come back when it has ended, in whatever way."""
        await asyncio.wait([self._task])

    def raise_defect(self) -> None:
        """Raise what a defect of the program's own raised in the task, if anything did."""
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    async def _run(self, open_events: Callable[[Pause], AsyncIterator[SyncEvent]]) -> SyncOutcome:
        try:
            async for event in open_events(self._pause):
                self.progress.take(event, self.now())
        except StorageError as error:
            self.refusal = error.sentence
            return SyncOutcome.FAILED
        return self._conclude()

    def _end(self, task: asyncio.Task[SyncOutcome]) -> None:
        # Not in the task itself: one that is canceled before its first step never runs.
        if task.cancelled():
            self.outcome = SyncOutcome.CANCELED
        else:
            self.outcome = task.result() if task.exception() is None else SyncOutcome.FAILED

    def _conclude(self) -> SyncOutcome:
        if self.progress.failed is not None:
            return SyncOutcome.FAILED
        return SyncOutcome.HELD if self.progress.held else SyncOutcome.FINISHED


class RunningSyncs:
    """The latest synchronization of each connector, running or ended."""

    def __init__(self) -> None:
        self._syncs: dict[str, RunningSync] = {}

    def find(self, connector: str) -> RunningSync | None:
        """The latest run of a connector; None where there was none since the program began."""
        return self._syncs.get(connector.casefold())

    def start(
        self, connector: str, open_events: Callable[[Pause], AsyncIterator[SyncEvent]], clock: Clock
    ) -> RunningSync:
        """Begin a run; one that runs already is given back instead."""
        present = self.find(connector)
        if present is not None and present.outcome is None:
            return present
        begun = RunningSync(open_events, clock)
        self._syncs[connector.casefold()] = begun
        return begun

    async def end(self, connector: str) -> None:
        """End a connector's run where one is under way, come back when it has ended, and remember none of it."""
        sync = self._syncs.pop(connector.casefold(), None)
        if sync is not None:
            sync.cancel()
            await sync.ended()

    async def aclose(self) -> None:
        """End all that still run, and come back when they have."""
        for sync in self._syncs.values():
            sync.cancel()
        for sync in self._syncs.values():
            await sync.ended()
