"""Waiting until a program has handled what was sent to it: by its message queues, not by the clock.

Textual's own waits for the process to use little processor time, at least 40 ms a key; that is most of the time that a
walk through the program takes, and on a busy machine the process is idle before it has handled the key.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from textual import app, pilot
from textual._context import active_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from textual.message_pump import MessagePump
    from textual.screen import Screen

_ROUNDS: Final = 4
"""Turns of the event loop in a row without any message, so that what a worker sends next is waited for as well."""


async def until_handled(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until every widget waits for its next message. In the place of `textual._wait.wait_for_idle`.

    Args:
        min_sleep: As Textual calls it; nothing waits for time.
        max_sleep: Seconds after which a handler that waits for something itself is left alone.
    """
    running = active_app.get()
    deadline = time.monotonic() + max_sleep
    quiet = 0
    while quiet < _ROUNDS and time.monotonic() < deadline:
        await asyncio.sleep(0)
        busy = running._resize_timer is not None or any(_is_busy(pump) for pump in _pumps(running))
        quiet = 0 if busy else quiet + 1
        if quiet == _ROUNDS and running.screen_stack and _is_behind(running.screen):
            # Textual's timer would come to it within a sixtieth of a second.
            running.screen._on_timer_update()
            quiet = 0


def settle_by_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every pilot wait that way."""
    monkeypatch.setattr(pilot, "wait_for_idle", until_handled)
    monkeypatch.setattr(app, "wait_for_idle", until_handled)


def _pumps(running: app.App[object]) -> Iterator[MessagePump]:
    yield running
    yield from tuple(running._registry)


def _is_busy(pump: MessagePump) -> bool:
    # Textual's queue (8.2.8): whoever waits for a message waits for this event.
    ready: asyncio.Event = pump._message_queue.ready_event
    waits = bool(getattr(ready, "_waiters", ())) and not ready.is_set()
    return pump._running and not waits


def _is_behind(screen: Screen[object]) -> bool:
    """Whether a new layout, a repaint or a callback after the next one is still to come."""
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._dirty_widgets
        or screen._callbacks
    )
