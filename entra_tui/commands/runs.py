"""`entra-tui list --runs`: the synchronizations of one lookup list."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.named_list import narrate_read_only
from entra_tui.commands.table import write_table
from entra_tui.model.quantities import count
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.lists import ListDatabase

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.storage.folders import Folders
    from entra_tui.storage.lists import Run

_MOST_RUNS: Final = 500
_HEADINGS: Final = ("STARTED (UTC)", "SECONDS", "MODE", "REQUESTS", "ADDED", "CHANGED", "REMOVED", "OUTCOME")


def show_runs(console: Console, folders: Folders, *, name: str, as_json: bool) -> ExitCode:
    """Show every synchronization of a list that is remembered, the newest first.

    Args:
        console: Where to write.
        folders: Where the lists are kept.
        name: The list's name, without regard to case.
        as_json: Whether to write a JSON array.

    Raises:
        StorageError: There is no such list, or the lists cannot be read.
    """
    with ListDatabase(folders.data / LISTS_FILE) as database:
        runs = database.runs(name, limit=_MOST_RUNS)
        narrate_read_only(database, console)
    if as_json:
        console.write_json([_run_object(run) for run in runs])
    elif runs:
        write_table(_HEADINGS, [_run_cells(run) for run in runs], console)
    else:
        console.narrate("That list was never synchronized: `entra-tui sync CONNECTOR`.")
    return ExitCode.DONE


def _run_object(run: Run) -> dict[str, object]:
    """One run; of one that was held back the numbers tell what it would have done.

    `joined` and `left` count members of groups and roles, `warnings` are sentences.
    """
    return {
        "started_at": f"{run.report.started_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "seconds": _seconds(run),
        "mode": run.report.mode.value,
        "requests": run.report.requests,
        "added": run.changes.added,
        "changed": run.changes.changed,
        "removed": run.changes.removed,
        "unchanged": run.changes.unchanged,
        "joined": run.changes.joined,
        "left": run.changes.left,
        "outcome": run.outcome.value,
        "reason": run.reason or None,
        "warnings": list(run.report.warnings),
    }


def _run_cells(run: Run) -> tuple[str, ...]:
    return (
        f"{run.report.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{_seconds(run):,.1f}",
        run.report.mode.value,
        f"{run.report.requests:,}",
        f"{run.changes.added:,}",
        f"{run.changes.changed:,}",
        f"{run.changes.removed:,}",
        _outcome(run),
    )


def _outcome(run: Run) -> str:
    warnings = run.report.warnings
    return f"{run.outcome.value}, {count(len(warnings), 'warning')}" if warnings else run.outcome.value


def _seconds(run: Run) -> float:
    return round((run.report.ended_at - run.report.started_at).total_seconds(), 3)
