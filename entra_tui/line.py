"""The line to the terminal: noticing that it dropped, and leaving the terminal as it was found."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from entra_tui.terminal_kind import is_browser

if sys.platform != "win32":
    import select
    import termios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_EVERY: Final = 1.0
_PATIENCE: Final = 1.5
# Mouse, marked pastes, focus reports, keyboard protocol, alternate screen off; cursor and line wrap on.
_MODES_OFF: Final = (
    "".join(f"\x1b[?{mode}l" for mode in (1000, 1003, 1015, 1006, 2004, 1004)) + "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?7h"
)
_DROPPED: Final = 129
"""The exit code of a line that dropped: as if SIGHUP (1) had come."""


class LineWatch:
    """Ends the program on SIGTERM, on SIGHUP, and when the terminal has gone without a signal.

    Args:
        end: Ends the program with an exit code, in good order.
    """

    def __init__(self, end: Callable[[int], None]) -> None:
        self._end_well = end
        self._ending = False

    def start(self) -> None:
        """Begin to watch, on the running loop; on Windows there is nothing to watch."""
        if sys.platform == "win32":
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            # What ignores a hang-up, such as nohup, goes on ignoring it, until the terminal has really gone.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._end, 128 + number)
        if sys.stdin.isatty() or is_browser():
            loop.call_later(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        if self._ending:
            return
        if is_open(sys.stdin.fileno()):
            asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look)
        else:
            self._end(_DROPPED)

    def _end(self, code: int) -> None:
        if self._ending:
            return
        self._ending = True
        # A terminal that takes no more bytes would hold up the good order for ever; all that matters is stored.
        last_resort = threading.Timer(_PATIENCE, os._exit, (code,))
        last_resort.daemon = True
        last_resort.start()
        self._end_well(code)


def is_open(descriptor: int) -> bool:
    """Whether there still is a terminal, or the server of a page, behind a file descriptor that had one."""
    if is_browser():
        page = select.poll()
        page.register(descriptor, 0)
        return not any(event & select.POLLHUP for _, event in page.poll(0))
    try:
        termios.tcgetattr(descriptor)
    except termios.error:
        return False
    return True


def has_shell() -> bool:
    """Whether a shell is there to continue this process once it is suspended."""
    return sys.platform != "win32" and os.getsid(0) != os.getpid()


@contextmanager
def restored_at_exit() -> Iterator[None]:
    """Where the block does not end in good order, the interpreter's end turns off what a full screen turned on."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def restore() -> None:
        with suppress(termios.error, OSError, ValueError):
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else descriptor, _MODES_OFF.encode())

    atexit.register(restore)
    yield
    atexit.unregister(restore)
