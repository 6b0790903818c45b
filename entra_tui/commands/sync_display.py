"""Who shows a synchronization while it runs: JSON lines, a progress bar, or a line now and then."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol, Self

from entra_tui.commands.event_json import event_object
from entra_tui.commands.sync_text import narrate
from entra_tui.sync.events import PageRead

if TYPE_CHECKING:
    from types import TracebackType

    from entra_tui.commands.console import Console
    from entra_tui.sync.events import SyncEvent

_SECONDS_BETWEEN_LINES: Final = 5.0


class SyncDisplay(AbstractContextManager["SyncDisplay"], Protocol):
    """Shows events; leaving it gives the terminal back as it was."""

    def show(self, event: SyncEvent) -> None:
        """Take one event."""
        ...


class JsonLines:
    """One JSON object a line on stdout, at once."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, event: SyncEvent) -> None:
        """Write one event."""
        self._console.write_json(event_object(event), one_line=True)


class NarratedLines:
    """A line on stderr for what happens, and for pages every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, event: SyncEvent) -> None:
        """Narrate one event, unless a page was told of just now."""
        if isinstance(event, PageRead):
            if event.seconds - self._told_at < _SECONDS_BETWEEN_LINES:
                return
            self._told_at = event.seconds
        line = narrate(event)
        if line is not None:
            self._console.narrate(line)
