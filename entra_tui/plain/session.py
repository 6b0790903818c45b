"""The services for plain mode, on an event loop that stands still while a person is asked."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from types import FrameType

    from entra_tui.services import Services

Result = TypeVar("Result")

_ENDING: Final = () if sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP)


class Session:
    """Runs asynchronous work, piece by piece, so that between two pieces a signal interrupts a question at once.

    Attributes:
        services: What everything works with.
    """

    def __init__(self, services: Services, runner: asyncio.Runner) -> None:
        self.services = services
        self._runner = runner

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of `work`.

        Raises:
            KeyboardInterrupt: Ctrl+C; `work` was cancelled and has cleaned up.
            SystemExit: SIGTERM or SIGHUP, likewise.
        """
        if threading.current_thread() is not threading.main_thread():
            return self._runner.run(work)
        loop = self._runner.get_loop()
        came: list[int] = []
        # What ignores a signal, such as nohup, goes on ignoring it.
        heeded = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
        handlers = {number: signal.getsignal(number) for number in heeded}

        async def until_told() -> Result:
            task = asyncio.current_task()

            def end(number: int) -> None:
                came.append(number)
                if task is not None:
                    task.cancel()

            for number in heeded:
                loop.add_signal_handler(number, end, number)
            return await work

        try:
            return self._runner.run(until_told())
        except asyncio.CancelledError:
            if came:
                raise SystemExit(128 + came[0]) from None
            raise
        finally:
            for number in heeded:
                loop.remove_signal_handler(number)
                signal.signal(number, handlers[number])


@contextmanager
def open_session(services: Services) -> Iterator[Session]:
    """A session on `services`, which are closed in the end; SIGTERM and SIGHUP end it with 128 and their number."""
    with _signals_end(), asyncio.Runner() as runner:
        try:
            yield Session(services, runner)
        finally:
            runner.run(services.aclose())


@contextmanager
def _signals_end() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    # An exception, so that a hidden question gives the terminal its echo back.
    raise SystemExit(128 + number)
