"""What each synchronization did: the runs of a list, and the rows that a run changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from entra_tui.model.entry import Changes, Entry
from entra_tui.storage.errors import DamagedError
from entra_tui.storage.lists.edits import ChangeKind
from entra_tui.storage.lists.membership_table import unpack_member
from entra_tui.storage.lists.stored_row import decode
from entra_tui.storage.lists.stored_values import StrangeValueError, kind_of, moment_of, number_of, text_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from entra_tui.storage.lists.edits import Edit
    from entra_tui.storage.lists.entry_table import EntryTable

KEPT_CHANGES: Final = 10_000
"""Rows of one run that can be looked at later; its counts are always whole."""

KEPT_RUNS: Final = 500
"""Runs of one list that are remembered."""

RUNS_WITH_CHANGES: Final = 20
"""Latest runs of one list whose rows can be looked at."""

_OF_HISTORY: Final = (
    "An entry that this synchronization changed is damaged; look at the list itself, which holds it anew."
)

_DIFFERENCES: Final = {
    ChangeKind.REMOVED: """SELECT old.id AS id, old.position AS was, NULL AS now
        FROM rows_{old} AS old LEFT JOIN rows_{n} AS new ON new.id = old.id WHERE new.id IS NULL""",
    ChangeKind.CHANGED: """SELECT old.id AS id, old.position AS was, new.position AS now
        FROM rows_{old} AS old CROSS JOIN rows_{n} AS new ON new.id = old.id WHERE new.digest <> old.digest
        OR old.id IN (SELECT entry FROM run_members WHERE run = :run)""",
    ChangeKind.ADDED: """SELECT new.id AS id, NULL AS was, new.position AS now
        FROM rows_{n} AS new LEFT JOIN rows_{old} AS old ON old.id = new.id WHERE old.id IS NULL""",
}
_KEEP: Final = """
    INSERT INTO run_changes SELECT :run, :kept + row_number() OVER (), :kind, id,
        (SELECT body FROM rows_{old} WHERE position = was AND json_valid(body)),
        (SELECT body FROM rows_{n} WHERE position = now)
    FROM ({differences} LIMIT :limit)
"""


class RunMode(Enum):
    """How a list was brought up to date."""

    FULL = "full"
    DELTA = "delta"


class RunOutcome(Enum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    HELD = "held back"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class RunReport:
    """What the synchronization knows about its run.

    Attributes:
        mode: Full or delta.
        started_at: When it began, aware.
        ended_at: When it ended, aware.
        requests: Requests made, retries included.
        warnings: What was passed over, and other things worth knowing, as sentences.
    """

    mode: RunMode
    started_at: datetime
    ended_at: datetime
    requests: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a list's history.

    Attributes:
        number: Identifies it, and grows.
        report: When, how, with how many requests.
        outcome: How it ended.
        changes: What it did, in rows; for one that was held back, what it would have done; else all 0.
        reason: Why it did not succeed: a finding's code; else empty.
    """

    number: int
    report: RunReport
    outcome: RunOutcome
    changes: Changes
    reason: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that a run changed.

    Attributes:
        id: The entry's id.
        kind: What happened to it.
        before: The row before; None for one that was added.
        after: The row after; None for one that was removed.
        joined: How many members it gained, as far as they are kept.
        left: How many it lost.
    """

    id: str
    kind: ChangeKind
    before: Entry | None
    after: Entry | None
    joined: int = 0
    left: int = 0


def record_run(
    connection: sqlite3.Connection,
    list_id: int,
    report: RunReport,
    *,
    outcome: RunOutcome,
    changes: Changes,
    reason: str = "",
) -> int:
    """Add a run to a list's history, and let go of what is too old. Returns the run's number."""
    number = connection.execute(
        "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            list_id,
            report.mode.value,
            outcome.value,
            report.started_at.isoformat(),
            report.ended_at.isoformat(),
            report.requests,
            changes.added,
            changes.changed,
            changes.removed,
            changes.unchanged,
            reason,
            changes.joined,
            changes.left,
            "\n".join(report.warnings),
        ),
    ).lastrowid
    assert number is not None  # noqa: S101 - an INSERT always has one
    connection.execute(
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE list = ? ORDER BY id DESC LIMIT -1 OFFSET ?)",
        (list_id, KEPT_RUNS),
    )
    for table in ("run_changes", "run_members"):
        connection.execute(
            f"DELETE FROM {table} WHERE run IN (SELECT id FROM runs WHERE list = ? ORDER BY id DESC LIMIT -1 OFFSET ?)",  # noqa: S608
            (list_id, RUNS_WITH_CHANGES),
        )
    return number


def record_edits(connection: sqlite3.Connection, run: int, table: EntryTable, edits: Sequence[Edit]) -> None:
    """Keep the rows that a delta is about to change, `KEPT_CHANGES` of them at most."""
    kept = edits[:KEPT_CHANGES]
    connection.executemany(
        table.sql("INSERT INTO run_changes VALUES (?, ?, ?, ?, (SELECT body FROM rows_{n} WHERE position = ?), ?)"),
        ((run, number, edit.kind.value, edit.id, edit.position, edit.after) for number, edit in enumerate(kept, 1)),
    )
    moves = (
        (edit.id, joined, member)
        for edit in kept
        for joined, members in ((True, edit.joined), (False, edit.left))
        for member in members
    )
    connection.executemany(
        "INSERT INTO run_members VALUES (?, ?, ?, ?, ?)",
        ((run, number, *move) for number, move in enumerate(islice(moves, KEPT_CHANGES), 1)),
    )


def record_replacement(
    connection: sqlite3.Connection, run: int, changes: Changes, *, new: EntryTable, old: EntryTable
) -> None:
    """Keep the rows by which two lists differ, as `changes` counts them: the removed, then the changed, the added."""
    moves = chain(
        ((group, True, member) for group, member in new.members.joined_since(connection, old.members)),
        ((group, False, member) for group, member in old.members.joined_since(connection, new.members)),
    )
    connection.executemany(
        "INSERT INTO run_members VALUES (?, ?, ?, ?, ?)",
        [(run, number, *move) for number, move in enumerate(islice(moves, KEPT_CHANGES), 1)],
    )
    kept = 0
    numbers = {
        ChangeKind.REMOVED: changes.removed,
        ChangeKind.CHANGED: changes.changed,
        ChangeKind.ADDED: changes.added,
    }
    for kind, differences in _DIFFERENCES.items():
        if not numbers[kind]:
            # Each is a walk over both lists.
            continue
        kept += connection.execute(
            new.sql(_KEEP.replace("{differences}", differences), old=old),
            {"run": run, "kept": kept, "kind": kind.value, "limit": KEPT_CHANGES - kept},
        ).rowcount


def read_runs(connection: sqlite3.Connection, list_id: int, limit: int) -> Iterator[Run]:
    """The latest runs of a list, the newest first."""
    for row in connection.execute(
        "SELECT id, mode, started_at, ended_at, requests, outcome, reason, warnings, added, changed, removed,"
        " unchanged, joined, left_members FROM runs WHERE list = ? ORDER BY id DESC LIMIT ?",
        (list_id, limit),
    ):
        number, mode, started_at, ended_at, requests, outcome, reason, warnings, *counts = row
        yield Run(
            number,
            RunReport(
                kind_of(RunMode, mode, "a run's mode"),
                moment_of(started_at, "a run's time"),
                moment_of(ended_at, "a run's time"),
                number_of(requests, "a run's requests"),
                tuple(text_of(warnings, "a run's warnings").splitlines()),
            ),
            kind_of(RunOutcome, outcome, "a run's outcome"),
            Changes(*(number_of(count, "a run's changes") for count in counts)),
            text_of(reason, "a run's reason"),
        )


def read_changes(connection: sqlite3.Connection, run: int, offset: int, limit: int) -> Iterator[RowChange]:
    """The rows that a run changed."""
    moves = {
        entry_id: (joined, left)
        for entry_id, joined, left in connection.execute(
            "SELECT entry, sum(joined), sum(NOT joined) FROM run_members WHERE run = ? GROUP BY entry", (run,)
        )
    }
    for kind, entry, before, after in connection.execute(
        "SELECT kind, CAST(entry AS BLOB), CAST(before AS BLOB), CAST(after AS BLOB) FROM run_changes"
        " WHERE run = ? ORDER BY number LIMIT ? OFFSET ?",
        (run, limit, offset),
    ):
        entry_id = entry.decode(errors="replace")
        try:
            yield RowChange(
                entry_id,
                kind_of(ChangeKind, kind, "a change's kind"),
                None if before is None else decode(entry_id, before),
                None if after is None else decode(entry_id, after),
                *moves.get(entry_id, ()),
            )
        except StrangeValueError as error:
            raise DamagedError(_OF_HISTORY) from error


def read_moves(connection: sqlite3.Connection, run: int, entry_id: str, limit: int) -> Iterator[tuple[str, bool]]:
    """Members of a group that joined (True) or left (False) in a run."""
    for member, joined in connection.execute(
        "SELECT member, joined FROM run_members WHERE run = ? AND entry = ? ORDER BY number LIMIT ?",
        (run, entry_id, limit),
    ):
        try:
            yield unpack_member(member), bool(joined)
        except StrangeValueError as error:
            raise DamagedError(_OF_HISTORY) from error


def count_changes(connection: sqlite3.Connection, run: int) -> int:
    """How many rows of a run are kept."""
    (count,) = connection.execute("SELECT count(*) FROM run_changes WHERE run = ?", (run,)).fetchone()
    return int(count)
