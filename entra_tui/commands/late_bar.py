"""The progress bar of `entra-tui sync`, for runs that last long enough to be looked at."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from entra_tui.commands.sync_text import narrate
from entra_tui.sync.events import Restarted
from entra_tui.sync.progress import SyncProgress

if TYPE_CHECKING:
    from types import TracebackType

    from entra_tui.commands.console import Console
    from entra_tui.commands.sync_bar import SyncBar
    from entra_tui.sync.events import SyncEvent

_SECONDS: Final = 0.5


class LateBar:
    """Shows the bar half a second after it is entered: to load what draws it is a quarter of a short run.

    Args:
        console: Whose stderr is a terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = SyncProgress()
        self._timer = threading.Timer(_SECONDS, self._begin)
        self._changing = threading.Lock()
        self._bar: SyncBar | None = None
        self._over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._changing:
            self._over = True
            if self._bar is not None:
                self._bar.stop()

    def show(self, event: SyncEvent) -> None:
        """Take one event in; the next redraw shows it."""
        self._progress.take(event, time.monotonic())
        if isinstance(event, Restarted):
            self._begin()
            if self._bar is not None:
                self._bar.say(narrate(event) or "")

    def _begin(self) -> None:
        from entra_tui.commands.sync_bar import SyncBar  # noqa: PLC0415 - see above

        with self._changing:
            if self._bar is not None or self._over:
                return
            self._bar = SyncBar(self._console, self._progress)
            # A terminal that was closed shows nothing.
            with suppress(OSError):
                self._bar.start()
