"""A list with a history: one run of each kind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from entra_tui.model.entry import Changes, Entry
from entra_tui.storage.lists import RunMode, RunOutcome, RunReport
from tests.screens.stage import NAME

if TYPE_CHECKING:
    from tests.screens.stage import Stage

LIST = f"Users - {NAME}"


async def eventful_history(stage: Stage) -> None:
    """Fill the list; then changes, a failure, a cancellation and a result that is held back."""
    await stage.fill()
    lists = stage.services.lists
    first, second, gone = lists.rows(LIST, limit=3)
    begun = stage.clock.now()

    def report(hours: int, seconds: float, mode: RunMode = RunMode.DELTA, requests: int = 1) -> RunReport:
        start = begun + timedelta(hours=hours)
        return RunReport(mode, start, start + timedelta(seconds=seconds), requests)

    lists.apply(
        LIST,
        [
            Entry(first.id, {"jobTitle": "[b]Chief\x1b[2J", "department": None, "displayName": "A. Moved"}),
            Entry(second.id, {"accountEnabled": second.values["accountEnabled"] is not True}),
            Entry("new", {"displayName": "李小龙", "userPrincipalName": "li@contoso.example"}),
        ],
        [gone.id],
        report(1, 0.4, requests=3),
        delta_link="later",
    )
    lists.record_unfinished(LIST, report(2, 3600, requests=412), RunOutcome.FAILED, reason="no-connection")
    lists.record_unfinished(LIST, report(4, 200, RunMode.FULL, 90), RunOutcome.CANCELED, reason="canceled")
    lists.record_unfinished(
        LIST,
        report(5, 12, RunMode.FULL, 12),
        RunOutcome.HELD,
        reason="too-many-removals",
        changes=Changes(0, 0, 1_040_000, 9),
    )
