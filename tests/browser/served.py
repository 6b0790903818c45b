"""`entra-tui serve` in a process of its own, and who visits it."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.commands.program import SECONDS, Program

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator

    import aiohttp


@dataclass(frozen=True)
class Served:
    """A page that is being served.

    Attributes:
        address: The page's.
        process: The server.
    """

    address: str
    process: subprocess.Popen[str]

    @property
    def visitors(self) -> list[int]:
        """Process ids of the visitors' programs."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for children in tasks for pid in children.read_text().split()]


@asynccontextmanager
async def served(home: Path, *arguments: str, **variables: str) -> AsyncIterator[Served]:
    """Serve the page at a port that is free; in the end it ends well."""
    process = Program(home).start("serve", *arguments, "--port", "0", **variables)
    try:
        assert process.stdout is not None
        address = (await asyncio.to_thread(process.stdout.readline)).strip()
        assert address.startswith("http://127.0.0.1:"), process.communicate(timeout=SECONDS)
        yield Served(address, process)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=SECONDS)


async def until_drawn(socket: aiohttp.ClientWebSocketResponse, text: str) -> bytes:
    """Everything that a visitor's program draws, up to `text`."""
    drawn = b""
    while text.encode() not in drawn:
        message = await socket.receive()
        assert isinstance(message.data, bytes), message
        drawn += message.data
    return drawn


def environment_of(pid: int) -> str:
    """The variables that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_text()


async def until_gone(pid: int) -> None:
    """Wait until there is no such process; the test's own time limit ends what never comes."""
    while _exists(pid):  # noqa: ASYNC110 - it is no child of this one
        await asyncio.sleep(0.02)


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
