"""A synchronization as a line now and then."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from entra_tui.commands.sync_text import describe_failure, describe_result, narrate
from entra_tui.plain.finding_lines import say_finding
from entra_tui.sync.events import Failed, Finished, Held, PageRead

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from entra_tui.model.connector import Connector
    from entra_tui.model.secret import Secret
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session
    from entra_tui.sync.events import SyncEvent

_SECONDS_BETWEEN_LINES: Final = 5.0


def synchronize(session: Session, dialogue: Dialogue, connector: Connector, secret: Secret) -> bool:
    """Bring a connector's lists up to date; a result that removes much is applied when the person says so.

    Returns:
        Whether every list is up to date now.
    """
    confirmed = False
    while True:
        dialogue.say("Synchronizing. Ctrl+C stops; what was read is kept.")
        events = session.services.synchronize(connector, secret, confirmed=confirmed)
        try:
            ends = session.run(_follow(events, dialogue))
        except KeyboardInterrupt:
            dialogue.say("Stopped. The list is as it was before, and the next run goes on.")
            return False
        held = [event for event in ends if isinstance(event, Held)]
        if not held or confirmed or not dialogue.confirm("Apply it all the same"):
            return bool(ends) and all(isinstance(event, Finished) for event in ends)
        confirmed = True


async def _follow(events: AsyncGenerator[SyncEvent, None], dialogue: Dialogue) -> list[SyncEvent]:
    ends: list[SyncEvent] = []
    told_at = 0.0
    async with aclosing(events):
        async for event in events:
            match event:
                case Finished():
                    dialogue.say(describe_result(event))
                case Failed():
                    dialogue.say(describe_failure(event))
                    say_finding(event.finding, dialogue)
                case Held():
                    dialogue.say(
                        f"{event.list}: held back, nothing was changed. {event.changes.removed:,} of its "
                        f"{event.entries:,} entries would be removed."
                    )
                case PageRead(seconds=seconds) if seconds - told_at < _SECONDS_BETWEEN_LINES:
                    continue
                case _:
                    told_at = event.seconds if isinstance(event, PageRead) else told_at
                    dialogue.say(narrate(event) or "")
            if isinstance(event, Finished | Failed | Held):
                ends.append(event)
    return ends
