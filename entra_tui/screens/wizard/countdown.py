"""A wait that a person can watch."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.model.clock import Clock


async def count_down(clock: Clock, seconds: float, show: Callable[[int], None], *, hurry: asyncio.Event) -> None:
    """Wait, and call `show` with the whole seconds left, once a second.

    Args:
        clock: Whose seconds.
        seconds: How long.
        show: Told 5, 4, 3, 2, 1.
        hurry: Ends the wait when it is set.
    """
    end = clock.monotonic() + seconds
    hurry.clear()
    while (left := end - clock.monotonic()) > 0 and not hurry.is_set():
        show(math.ceil(left))
        nap = asyncio.ensure_future(clock.sleep(min(1.0, left)))
        woken = asyncio.ensure_future(hurry.wait())
        try:
            await asyncio.wait({nap, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            woken.cancel()
