"""A pair of hands at the keyboard, and eyes that wait for the screen."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any, Final

from textual import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

_LOOK_EVERY: Final = 0.02
_SETTLE: Final = 1.0
_ANSWERED_WITHIN: Final = 10.0
"""Seconds, of the machine's and not of the story's, after which a key has gone astray."""
_MOST_TABS: Final = 40
_CHARACTERS: Final = {"enter": "\r", "tab": "\t"}


class Interrupted(Exception):
    """A person has taken over."""


class Unanswered(Exception):
    """The program did not answer a key; whoever looks at the screen again sees what to press now."""


class Stuck(Exception):
    """What the hands wanted to reach is not there; the text says what."""


class Hands:
    """Types and pastes into a running application, and tells its own events from a person's.

    Args:
        app: The application.
        is_held: Whether a person has taken over; then every action raises `Interrupted`.
    """

    def __init__(self, app: App[Any], is_held: Callable[[], bool]) -> None:
        self._app = app
        self._is_held = is_held
        self._own: list[events.Event] = []

    def typed(self, event: events.Event) -> bool:
        """Whether these hands made the event; asked once for each."""
        for own in self._own:
            if own is event:
                self._own.remove(own)
                return True
        return False

    async def press(self, key: str) -> None:
        """Press one key and let the program answer."""
        await self._send(events.Key(key, _CHARACTERS.get(key)))

    async def paste(self, text: str) -> None:
        """Paste into the field that has the cursor."""
        await self._send(events.Paste(text))

    async def refill(self, text: str) -> None:
        """Paste in place of what the focused field holds."""
        await self.press("end")
        await self.press("ctrl+u")
        await self.paste(text)

    async def tab_to(self, name: str) -> None:
        """Tab until the widget with the id `name` has the focus.

        Raises:
            Stuck: Tab never comes there.
        """
        for _ in range(_MOST_TABS):
            focused = self._app.focused
            if focused is not None and focused.id == name:
                return
            await self.press("tab")
        raise Stuck(f"Tab never comes to {name}.")

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        while not holds():
            self.stop_if_held()
            await asyncio.sleep(_LOOK_EVERY)
        await self._settle()

    async def until_answered(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that the program does at once.

        Raises:
            Unanswered: It does not; the key was meant for a screen that was going away, say.
        """
        end = time.monotonic() + _ANSWERED_WITHIN
        await self.until(lambda: holds() or time.monotonic() > end)
        if not holds():
            raise Unanswered

    def stop_if_held(self) -> None:
        """Let a person take over where one has asked for it.

        Raises:
            Interrupted: One has.
        """
        if self._is_held():
            raise Interrupted

    async def _send(self, event: events.Event) -> None:
        self.stop_if_held()
        self._own.append(event)
        self._app.post_message(event)
        await self._settle()

    async def _settle(self) -> None:
        """Let everybody get through what has come: down to the focused widget, and what it says back up."""
        screen = self._app.screen
        focused = self._app.focused or screen
        for pump in (self._app, screen, *focused.ancestors_with_self):
            await _reached(pump.call_later)
        await _reached(screen.call_after_refresh)


async def _reached(call: Callable[[Callable[[], None]], bool]) -> None:
    seen = asyncio.Event()
    # A pump that is closing answers nobody.
    with contextlib.suppress(TimeoutError):
        if call(seen.set):
            await asyncio.wait_for(seen.wait(), _SETTLE)
