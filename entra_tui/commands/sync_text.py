"""What happened in a synchronization, in sentences."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from entra_tui.commands.wait_text import describe_wait
from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, Started, SyncMode, Waiting

if TYPE_CHECKING:
    from entra_tui.model.entry import Changes
    from entra_tui.sync.events import SyncEvent


def narrate(event: SyncEvent) -> str | None:
    """What somebody who waits wants to know; None for what is told as a result."""
    match event:
        case Started(list=name, mode=mode, resumed_entries=resumed):
            if resumed:
                return f"{name}: going on after {resumed:,} entries that an interrupted run had read."
            return f"{name}: reading {'everything' if mode is SyncMode.FULL else 'what changed since the last time'}."
        case PageRead(list=name, entries=entries, total=total, seconds=seconds):
            of_total = f" of {total:,}" if total is not None else ""
            return f"{name}: {entries:,}{of_total} entries after {seconds:.0f} s."
        case Waiting(list=name, wait=wait):
            return f"{name}: {describe_wait(wait)}"
        case Restarted(list=name, reason=reason):
            return f"{name}: reading everything again ({reason.value})."
        case Finished() | Failed() | Held():
            return None


def describe_result(event: Finished) -> str:
    """How a list was brought up to date."""
    requests = "1 request" if event.requests == 1 else f"{event.requests:,} requests"
    return (
        f"{event.list or 'All lists'}: {event.changes.total:,} entries ({_describe_changes(event.changes)}), "
        f"{requests}, {event.seconds:.1f} s."
    )


def describe_held(event: Held, connector: str) -> str:
    """What would happen, and how to let it happen."""
    return (
        f"{event.list}: held back, nothing was changed. {event.changes.removed:,} of its {event.entries:,} entries "
        f"would be removed ({_describe_changes(event.changes)}). If that is right, confirm it with: "
        f"entra-tui sync {shlex.quote(connector)} --yes"
    )


def describe_failure(event: Failed) -> str:
    """That it failed, and what that means for the list."""
    then = ""
    if event.can_resume:
        then = "; the next run goes on from the last page"
    elif event.requests:
        then = "; the next run starts over"
    return f"{event.list}: not synchronized, {event.finding.title}. The list is as it was before{then}."


def _describe_changes(changes: Changes) -> str:
    return (
        f"{changes.added:,} added, {changes.changed:,} changed, {changes.removed:,} removed, "
        f"{changes.unchanged:,} unchanged"
    )
