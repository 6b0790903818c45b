"""The program on a practice tenant, with a clock that stands still, for tests of screens."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.worker import WorkerCancelled

from entra_tui.app import EntraApp
from entra_tui.model.connector import Connector, SecretStore
from entra_tui.services import open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.folders import Folders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import App
    from textual.pilot import Pilot

NAME = "Contoso"
_PATIENCE = 60.0
"""Seconds after which something never comes."""

_ENDLESS = frozenset({"start", "checks"})
"""Groups of workers that may wait for a person."""


class Stage:
    """One program on one practice tenant."""

    def __init__(self, folder: Path, scenario: str = "healthy", *, users: int | None = 40) -> None:
        self.clock = ManualClock()
        self.cloud = PracticeCloud(find_scenario(scenario), users=users, clock=self.clock)
        self.services = open_practice(Folders.locate(folder), self.cloud)
        self.app = EntraApp(self.services)
        inputs = self.cloud.inputs
        self.secret = inputs.secret
        self.connector = Connector(NAME, inputs.tenant, inputs.client_id, inputs.environment, SecretStore.NONE)

    async def save(self, *, with_secret: bool = True) -> None:
        """Save the connector, and with it its empty list."""
        await self.services.save_connector(self.connector, self.secret if with_secret else None)

    async def fill(self) -> None:
        """Save the connector and synchronize its list."""
        await self.save()
        await self.synchronize()

    async def synchronize(self) -> None:
        """Bring its lists up to date."""
        async for _ in self.services.synchronize(self.connector, self.secret):
            pass


async def settle(pilot: Pilot[int]) -> None:
    """Let everything end that does not wait for a person."""
    quiet = 0
    while quiet < 2:
        await pilot.pause()
        busy = [worker for worker in pilot.app.workers if not worker.is_finished and worker.group not in _ENDLESS]
        quiet = 0 if busy else quiet + 1
        for worker in busy:
            with suppress(WorkerCancelled):
                await worker.wait()


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Let the program run until something holds."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, f"it never came to that; the screen shows:\n{seen(pilot.app)}"
        await pilot.pause()
    await pilot.pause()


def seen(app: App[int]) -> str:
    """The text on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
