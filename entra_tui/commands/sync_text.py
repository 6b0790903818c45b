"""What happened in a synchronization, in sentences."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from entra_tui.commands.wait_text import describe_wait
from entra_tui.model.quantities import count
from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, Started, SyncMode, Waiting
from entra_tui.sync.sentences import RESTARTS, effect, next_run, summary

if TYPE_CHECKING:
    from entra_tui.sync.events import SyncEvent


def narrate(event: SyncEvent) -> str | None:
    """What happens, for a person who waits; None for what is told as a result."""
    match event:
        case Started(list=name, mode=mode, resumed_entries=resumed):
            if resumed:
                return f"{name}: resuming after {count(resumed, 'entry', 'entries')} that an interrupted run read."
            return f"{name}: reading {'everything' if mode is SyncMode.FULL else 'what changed since the last run'}."
        case PageRead(list=name, entries=entries, total=total, seconds=seconds):
            of_total = f" of {total:,}" if total is not None else ""
            return f"{name}: {entries:,}{of_total} entries after {seconds:.0f} s."
        case Waiting(list=name, wait=wait):
            return f"{name}: {describe_wait(wait)}"
        case Restarted(list=name, reason=reason):
            return f"{name}: {RESTARTS[reason]}"
        case Finished() | Failed() | Held():
            return None


def describe_result(event: Finished) -> str:
    """How a list was brought up to date."""
    return (
        f"{event.list or 'All lists'}: {count(event.changes.total, 'entry', 'entries')} ({summary(event.changes)}), "
        f"{count(event.requests, 'request')}, {event.seconds:.1f} s."
    )


def describe_held(event: Held, connector: str) -> str:
    """What would happen, and how to let it happen."""
    return f"{describe_effect(event)} If that is right, confirm it with: entra-tui sync {shlex.quote(connector)} --yes"


def describe_effect(event: Held) -> str:
    """What would happen."""
    return f"{event.list}: held back, nothing was changed. It would {effect(event)} ({summary(event.changes)})."


def describe_failure(event: Failed, *, full: bool = False) -> str:
    """That it failed, and what that means for the list and the next run.

    Args:
        event: The failure.
        full: Whether the run was made to read everything.
    """
    failure = f"{event.list}: not synchronized, {event.finding.title}. The list is unchanged."
    return f"{failure} {next_run(event, full=full)}".rstrip()
