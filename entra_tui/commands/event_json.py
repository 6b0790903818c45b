"""Events of a synchronization as JSON that others may rely on; `event` always comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.commands.finding_json import finding_object
from entra_tui.graph.retry import WaitReason
from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, Started, Waiting

if TYPE_CHECKING:
    from entra_tui.model.entry import Changes
    from entra_tui.sync.events import SyncEvent


def event_object(event: SyncEvent) -> dict[str, object]:  # noqa: PLR0911 - one return an event
    """One event.

    Every event but the sum over several lists (a `finished` whose `list` is empty) tells its `list`.

    - `started`: `mode` (`full` or `delta`), `resumed_entries` of an interrupted run.
    - `page`: `pages`, `entries` and `requests` so far, `total` (or null), `seconds`.
    - `waiting` is a pause that the service asked for, `retrying` one before another try after a failure: `reason`,
      `seconds`, `attempt` (the try that failed), the HTTP `status` (or null).
    - `restarted`: `reason`.
    - `held`: nothing was changed. `reason` is `too-many-removals` or `columns-emptied`; `columns` those that would be
      emptied, each as `column`, `rows` (entries that would lose their value) and `everywhere` (whether none would keep
      one); `entries` now, and what would be `added`, `changed`, `removed`, `unchanged`.
    - `finished`: `mode`, `total` entries now, `added`, `changed`, `removed`, `unchanged`; members that `joined` and
      `left` groups and roles; `warnings`, a sentence each; `requests`, `pages`, `seconds`.
    - `failed`: the `finding`; `mode` as it was being read (null before that was known), `requests`, `seconds`, and
      `can_resume`: whether the next run goes on from the last page.
    """
    match event:
        case Started():
            return {
                "event": "started",
                "list": event.list,
                "mode": event.mode.value,
                "resumed_entries": event.resumed_entries,
            }
        case PageRead():
            return {
                "event": "page",
                "list": event.list,
                "pages": event.pages,
                "entries": event.entries,
                "total": event.total,
                "seconds": round(event.seconds, 3),
                "requests": event.requests,
            }
        case Waiting(wait=wait):
            return {
                "event": "waiting" if wait.asked or wait.reason is WaitReason.THROTTLED else "retrying",
                "list": event.list,
                "reason": wait.reason.value,
                "seconds": round(wait.seconds, 3),
                "attempt": wait.attempt,
                "status": wait.status,
            }
        case Restarted():
            return {"event": "restarted", "list": event.list, "reason": event.reason.value}
        case Held():
            return {
                "event": "held",
                "list": event.list,
                "reason": event.code,
                "columns": [
                    {"column": loss.column, "rows": loss.rows, "everywhere": loss.everywhere} for loss in event.losses
                ],
                "entries": event.entries,
                **_changes(event.changes),
            }
        case Finished():
            return {
                "event": "finished",
                "list": event.list,
                "mode": event.mode.value,
                "total": event.changes.total,
                **_changes(event.changes),
                "joined": event.changes.joined,
                "left": event.changes.left,
                "warnings": list(event.warnings),
                "requests": event.requests,
                "pages": event.pages,
                "seconds": round(event.seconds, 3),
            }
        case Failed():
            return {
                "event": "failed",
                "list": event.list,
                "finding": finding_object(event.finding),
                "mode": None if event.mode is None else event.mode.value,
                "requests": event.requests,
                "seconds": round(event.seconds, 3),
                "can_resume": event.can_resume,
            }


def _changes(changes: Changes) -> dict[str, object]:
    return {
        "added": changes.added,
        "changed": changes.changed,
        "removed": changes.removed,
        "unchanged": changes.unchanged,
    }
