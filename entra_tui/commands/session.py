"""The services for one command, on an event loop that stands still while a person is asked."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from entra_tui.services import open_services

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from entra_tui.commands.console import Console
    from entra_tui.services import Services
    from entra_tui.storage.folders import Folders

Result = TypeVar("Result")

# Windows knows no handler on a loop; there a signal ends the process by itself.
_ENDING: Final = () if sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP)


class Session:
    """Runs asynchronous work, piece by piece, so that between two pieces Ctrl+C interrupts a question at once.

    Attributes:
        services: What the command works with.
    """

    def __init__(self, services: Services, runner: asyncio.Runner) -> None:
        self.services = services
        self._runner = runner

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of `work`.

        Raises:
            KeyboardInterrupt: SIGINT, SIGTERM or SIGHUP came; `work` was cancelled and has cleaned up.
        """
        return run_interruptible(self._runner, work)


def run_interruptible(runner: asyncio.Runner, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`, which SIGTERM and a closed terminal end like Ctrl+C; under `nohup` it outlives that.

    Raises:
        KeyboardInterrupt: SIGINT, SIGTERM or SIGHUP came; `work` was cancelled and has cleaned up.
    """
    if threading.current_thread() is not threading.main_thread():
        return runner.run(work)
    loop = runner.get_loop()
    earlier = {number: signal.getsignal(number) for number in _ENDING}
    heeded = [number for number, handler in earlier.items() if handler is not signal.SIG_IGN]

    async def until_terminated() -> Result:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one
        for number in heeded:
            loop.add_signal_handler(number, task.cancel)
        return await work

    try:
        return runner.run(until_terminated())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for number in heeded:
            loop.remove_signal_handler(number)
            signal.signal(number, earlier[number])


@contextmanager
def open_session(console: Console, folders: Folders) -> Iterator[Session]:
    """The services over the network, closed in the end.

    Raises:
        StorageError: A folder cannot be made.
        TrustError: `SSL_CERT_FILE` or a proxy's variable cannot be used.
    """
    services = open_services(folders)
    console.redact = services.http.redactor.text
    with asyncio.Runner() as runner:
        try:
            yield Session(services, runner)
        finally:
            runner.run(services.aclose())
