"""A synchronization as a line now and then."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from entra_tui.commands.sync_text import describe_effect, describe_failure, describe_result, narrate
from entra_tui.plain.finding_lines import say_finding
from entra_tui.sync.events import Failed, Finished, Held, PageRead
from entra_tui.sync.progress import SyncProgress
from entra_tui.sync.sentences import interrupted, warnings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from entra_tui.model.connector import Connector
    from entra_tui.model.secret import Secret
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session
    from entra_tui.sync.events import SyncEvent

_SECONDS_BETWEEN_LINES: Final = 5.0


def synchronize(session: Session, dialogue: Dialogue, connector: Connector, secret: Secret) -> bool:
    """Bring a connector's lists up to date; a result that is held back is applied when the person says so.

    Returns:
        Whether every list is up to date now.
    """
    confirmed = False
    while True:
        place = session.services.settings.environment(connector.environment).place
        dialogue.say(f"Synchronizing{place}. Press Ctrl+C to stop.")
        progress = SyncProgress()
        events = session.services.synchronize(connector, secret, confirmed=confirmed)
        try:
            ends = session.run(_follow(events, dialogue, progress))
        except KeyboardInterrupt:
            can_resume = session.services.can_resume(connector)
            dialogue.say(f"Stopped. {interrupted(progress, can_resume=can_resume)}")
            return False
        for held in progress.held:
            say_finding(session.services.explain_held(held, connector), dialogue)
        if not progress.held or confirmed or not dialogue.confirm("Apply it anyway"):
            return bool(ends) and all(isinstance(event, Finished) for event in ends)
        confirmed = True


async def _follow(
    events: AsyncGenerator[SyncEvent, None], dialogue: Dialogue, progress: SyncProgress
) -> list[SyncEvent]:
    ends: list[SyncEvent] = []
    told_at = 0.0
    async with aclosing(events):
        async for event in events:
            progress.take(event, time.monotonic())
            match event:
                case Finished():
                    dialogue.say(describe_result(event))
                    for warning in warnings(event):
                        dialogue.say(warning)
                case Failed():
                    dialogue.say(describe_failure(event))
                    say_finding(event.finding, dialogue)
                case Held():
                    dialogue.say(describe_effect(event))
                case PageRead(seconds=seconds) if seconds - told_at < _SECONDS_BETWEEN_LINES:
                    continue
                case _:
                    told_at = event.seconds if isinstance(event, PageRead) else told_at
                    dialogue.say(narrate(event) or "")
            if isinstance(event, Finished | Failed | Held):
                ends.append(event)
    return ends
