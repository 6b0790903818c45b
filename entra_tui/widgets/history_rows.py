"""A list's history as rows of a table: its runs, and what a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.entry import Entry
from entra_tui.storage.lists import MEMBER_COUNT, RunMode, RunOutcome
from entra_tui.sync.sentences import member_moves
from entra_tui.widgets.duration import short_duration
from entra_tui.widgets.entry_columns import Column
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from entra_tui.storage.lists import RowChange, Run

_NUMBER: Final = 7

RUN_TABLE: Final = (
    Column("when", "When", 16),
    Column("outcome", "Outcome", 10),
    Column("mode", "Mode", 5),
    Column("took", "Took", 9),
    Column("added", f"{'Added':>{_NUMBER}}", _NUMBER),
    Column("changed", "Changed", _NUMBER),
    Column("removed", "Removed", _NUMBER),
    Column("requests", "Requests", 8, from_width=90),
)
"""The columns of a list's runs; what does not fit is told where a run is opened."""

MEMBER_RUN_TABLE: Final = (*RUN_TABLE, Column("members", "Members", 20, from_width=106))
"""The columns of the runs of a list of groups or roles."""

CHANGE_TABLE: Final = (
    Column("kind", "What", 7),
    Column("displayName", "Display name", 18, weight=2),
    Column("details", "Changed columns or UPN", 22, weight=3),
)
"""The columns of what a run changed."""


def run_row(run: Run) -> Entry:
    """A run under `RUN_TABLE`; its id is the run's number."""
    report, changes = run.report, run.changes
    seconds = (report.ended_at - report.started_at).total_seconds()
    return Entry(
        str(run.number),
        {
            "when": report.started_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            "outcome": outcome_sign(run),
            "mode": report.mode.value,
            "took": short_duration(seconds),
            "added": _number(changes.added),
            "changed": _number(changes.changed),
            "removed": _number(changes.removed),
            "requests": f"{report.requests:>8,}",
            "members": member_moves(changes.joined, changes.left),
        },
    )


def change_row(change: RowChange) -> Entry:
    """A changed row under `CHANGE_TABLE`."""
    present = change.after or change.before
    values = present.values if present is not None else {}
    moves = member_moves(change.joined, change.left)
    # Who joined and left says more than how many there are.
    names = [name for name in changed_columns(change) if not moves or name != MEMBER_COUNT]
    told = [*names, moves] if moves else names
    details = ", ".join(told) if told else values.get("userPrincipalName") or values.get("description") or change.id
    return Entry(
        change.id,
        {"kind": change.kind.value, "displayName": values.get("displayName") or change.id, "details": details},
    )


def changed_columns(change: RowChange) -> list[str]:
    """The columns in which a changed row differs, in the order of the row; none for one that came or went."""
    if change.before is None or change.after is None:
        return []
    before, after = change.before.values, change.after.values
    return [name for name in dict.fromkeys((*after, *before)) if before.get(name) != after.get(name)]


def outcome_sign(run: Run) -> str:
    """How a run ended, as a sign and a word."""
    signs = symbols()
    match run.outcome:
        case RunOutcome.SUCCEEDED:
            return f"{signs.warning if run.report.warnings else signs.passed} done"
        case RunOutcome.FAILED:
            return f"{signs.failed} failed"
        case RunOutcome.HELD:
            return f"{signs.warning} held"
        case RunOutcome.CANCELED:
            return f"{signs.skipped} canceled"


def mode_words(mode: RunMode) -> str:
    """How a list was read, in a person's words."""
    return "Full read" if mode is RunMode.FULL else "Changes only"


def _number(number: int) -> str:
    grouped = f"{number:,}"
    # From a million on the separators would not fit.
    return f"{grouped if len(grouped) <= _NUMBER else number:>{_NUMBER}}"
