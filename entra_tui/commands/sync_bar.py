"""The progress bar of `entra-tui sync`: entries done, rate, time left, and a countdown while it must wait."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from rich.console import Console as Terminal
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from entra_tui.commands.wait_text import REASONS

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.sync.progress import SyncProgress

_REDRAWS_PER_SECOND: Final = 4
_BAR_WIDTH: Final = 20
_MINUTE: Final = 60


class SyncBar:
    """One line on stderr, redrawn at most four times a second; it leaves nothing behind.

    Args:
        console: Whose stderr is a terminal.
        progress: What it shows.
    """

    def __init__(self, console: Console, progress: SyncProgress) -> None:
        self._progress = progress
        self._terminal = Terminal(file=console.err, highlight=False, markup=False, emoji=False)
        self._live = Live(
            get_renderable=self._draw,
            console=self._terminal,
            refresh_per_second=_REDRAWS_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def start(self) -> None:
        """Draw from now on."""
        self._live.start()

    def stop(self) -> None:
        """Give the terminal back."""
        # One that was closed needs nothing back.
        with suppress(OSError):
            self._live.stop()

    def say(self, text: str) -> None:
        """Write a line above the bar."""
        self._terminal.print(text)

    def _draw(self) -> Table:
        progress = self._progress
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        cells: list[Text | ProgressBar] = [Text(progress.list or "Signing in")]
        if progress.total:
            line.add_column(width=_BAR_WIDTH)
            # A known share only: a bar that runs to and fro says nothing, at a price on a slow line.
            cells.append(ProgressBar(progress.total, min(progress.entries, progress.total), width=_BAR_WIDTH))
        for text in (_count(progress), self._pace()):
            line.add_column(no_wrap=True, justify="right")
            cells.append(Text(text))
        line.add_row(*cells)
        return line

    def _pace(self) -> str:
        """How fast and how much longer; during a wait its reason and what is left of it."""
        now = time.monotonic()
        waiting = self._progress.waiting
        if waiting is not None and (pause := self._progress.wait_left(now)):
            return f"{REASONS[waiting.wait.reason]}: {math.ceil(pause)} s"
        if self._progress.rate is None:
            return ""
        left = self._progress.seconds_left(now)
        return f"{self._progress.rate:,.0f}/s" + ("" if left is None else f" {_duration(left)} left")


def _count(progress: SyncProgress) -> str:
    if not progress.list:
        return ""
    return f"{progress.entries:,}" + (f"/{progress.total:,}" if progress.total is not None else "")


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    return f"{whole} s" if whole < _MINUTE else f"{whole // _MINUTE}:{whole % _MINUTE:02} min"
