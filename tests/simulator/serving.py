"""The HTTPS server on a free port, for tests that need real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.server import Endpoints, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from entra_tui.simulator.faults import Fault


@pytest.fixture
def own_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, trust and proxies of the machine would win over what a test says."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@contextlib.asynccontextmanager
async def serving(
    scenario: str,
    folder: Path,
    *,
    users: int = 30,
    granted: tuple[str, ...] | None = None,
    faults: tuple[Fault, ...] | None = None,
) -> AsyncIterator[tuple[Endpoints, PracticeCloud]]:
    """Serve a scenario, with other grants or faults if they are named, until the block ends."""
    found = find_scenario(scenario)
    if granted is not None:
        found = replace(found, applications=(replace(found.applications[0], granted=granted),))
    if faults is not None:
        found = replace(found, faults=faults)
    cloud = PracticeCloud(found, users=users)
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[Endpoints] = loop.create_future()
    ends: list[Callable[[], None]] = []

    async def run() -> None:
        stop, own_loop = asyncio.Event(), asyncio.get_running_loop()

        def end() -> None:
            own_loop.call_soon_threadsafe(stop.set)

        def tell(endpoints: Endpoints) -> None:
            loop.call_soon_threadsafe(functools.partial(ready.set_result, endpoints))

        ends.append(end)
        await serve(cloud, folder=folder, port=0, on_ready=tell, stop=stop)

    # A thread of its own, since these clients block the loop that they run in.
    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    try:
        yield await asyncio.wait_for(ready, 20), cloud
    finally:
        for end in ends:
            end()
        thread.join(20)


def strict(endpoints: Endpoints) -> ssl.SSLContext:
    """Trust in the server's own authority alone, with the strict checks of Python 3.13."""
    context = ssl.create_default_context(cafile=str(endpoints.ca_file))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context
