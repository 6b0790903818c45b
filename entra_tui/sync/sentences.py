"""What a synchronization says of itself, wherever it is shown: one place for commands, plain lines and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.quantities import count
from entra_tui.sync.events import RestartReason, SyncMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from entra_tui.model.entry import Changes, ColumnLoss
    from entra_tui.sync.events import Failed, Finished, Held
    from entra_tui.sync.progress import SyncProgress

RESTARTS: Final[Mapping[RestartReason, str]] = {
    RestartReason.PAGE_TOKEN_EXPIRED: "The link to the next page expired. Reading starts over.",
    RestartReason.DELTA_EXPIRED: "The delta link expired. Everything is read.",
    RestartReason.DELTA_NOT_OFFERED: "This tenant does not offer delta queries. Everything is read.",
    RestartReason.DELTA_REFUSED: "The delta query was refused. Everything is read.",
    RestartReason.DELTA_FAILED: "The delta query kept failing. Everything is read.",
    RestartReason.DELTA_TOO_LARGE: "There are too many changes for a delta. Everything is read.",
    RestartReason.DELTA_LOOP: "The delta pages went in circles. Everything is read.",
    RestartReason.DELTA_EMPTY: "The delta pages brought no object. Everything is read.",
    RestartReason.DELTA_INCOMPLETE: "A change came without an ID or a name. Everything is read.",
    # Of a page, or of a delta that leads to another cloud.
    RestartReason.CHECKPOINT_LOST: "The stored link cannot be used. Reading starts over.",
    RestartReason.CHECKPOINT_OLD: "The interrupted read is too old to resume. Reading starts over.",
    RestartReason.CHECKPOINT_FAILED: "The stored page link kept failing. Reading starts over.",
    # By a person, or by another release.
    RestartReason.COLUMNS_CHANGED: "The columns to read have changed. Everything is read.",
    RestartReason.SOURCE_CHANGED: "The connector points to another tenant or cloud. The list is emptied and read.",
    # Too long ago, or not known.
    RestartReason.FULL_READ_DUE: "A full read is due. Everything is read.",
    RestartReason.COUNT_DIFFERS: "The tenant counts another number of objects. Everything is read.",
    RestartReason.SHORT_READ: "Fewer objects came than the tenant has. Everything is read again.",
    RestartReason.ROWS_DAMAGED: "Stored rows are damaged. Everything is read.",
}
"""Why reading begins again, and with what."""


def summary(changes: Changes) -> str:
    """What happened, or would, in numbers; members only where some joined or left."""
    rows = (
        f"{changes.added:,} added, {changes.changed:,} changed, {changes.removed:,} removed, "
        f"{changes.unchanged:,} unchanged"
    )
    return f"{rows}; {moves}" if (moves := member_moves(changes.joined, changes.left)) else rows


def member_moves(joined: int, left: int) -> str:
    """How many members came and went, such as `3 joined, 1 left`; empty where none did."""
    return f"{joined:,} joined, {left:,} left" if joined or left else ""


def effect(held: Held) -> str:
    """What a held result would do: `remove 7,120 of 9,998 entries`, or `empty mail of 6,000 entries`."""
    if held.losses:
        return f"empty {_losses(held.losses)}"
    return f"remove {held.changes.removed:,} of {count(held.entries, 'entry', 'entries')}"


def columns(held: Held) -> str:
    """The columns that a held result would empty, such as `mail, jobTitle`."""
    return ", ".join(loss.column for loss in held.losses)


def finding_values(held: Held) -> dict[str, str]:
    """What the finding of a held result names, by `Held.code`."""
    if held.losses:
        return {"columns": columns(held), "losses": _losses(held.losses)}
    return {"removed": f"{held.changes.removed:,}", "entries": f"{held.entries:,}"}


def warnings(finished: Finished) -> tuple[str, ...]:
    """What a run that ended well passed over; each with its list. None for the sum over several lists."""
    return tuple(f"{finished.list}: Warning: {sentence}" for sentence in finished.warnings if finished.list)


def next_run(failed: Failed, *, full: bool = False) -> str:
    """With what the next run begins; empty where that cannot be said.

    Args:
        failed: How this one ended.
        full: Whether it was made to read everything, which the next one may not be.
    """
    if failed.can_resume:
        return _resumes(full=full)
    if failed.mode is SyncMode.DELTA:
        return "The next run asks for the changes again."
    if failed.mode is SyncMode.FULL and failed.requests and not full:
        return "The next run reads everything."
    return ""


def interrupted(progress: SyncProgress, *, can_resume: bool, full: bool = False) -> str:
    """What a run that was stopped leaves behind, and with what the next one begins.

    Args:
        progress: Where it stood.
        can_resume: Whether pages of its first list are kept.
        full: Whether it was made to read everything.
    """
    done = ", ".join(one.list for one in progress.finished)
    left = f"Synchronized: {done}. Nothing else was changed." if done else "The list is unchanged."
    # Of a list that ended, nothing is resumed by the next run.
    return f"{left} {_resumes(full=full)}" if can_resume and not progress.ends else left


def _resumes(*, full: bool) -> str:
    return f"The next run{' without --full' if full else ''} resumes from the last page."


def _losses(losses: Iterable[ColumnLoss]) -> str:
    return ", ".join(f"{loss.column} of {count(loss.rows, 'entry', 'entries')}" for loss in losses)
