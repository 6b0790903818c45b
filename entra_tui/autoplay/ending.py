"""How a story ended, held against the end that its scenario was made for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from entra_tui.model.finding import CheckId
from entra_tui.simulator.specification import SyncOutcome
from entra_tui.sync.running import SyncOutcome as Ended

if TYPE_CHECKING:
    from entra_tui.simulator.specification import Scenario

_OUTCOMES: Final = {
    SyncOutcome.COMPLETED: Ended.FINISHED,
    SyncOutcome.HELD_BACK: Ended.HELD,
    SyncOutcome.FAILED: Ended.FAILED,
}


@dataclass(slots=True)
class Ending:
    """What was seen on the way.

    Attributes:
        codes: Codes of the findings that were shown.
        refused: Whether a field refused what was entered.
        outcomes: How the synchronizations ended, in order.
        entries: Rows of the users list in the end; None where there is none.
    """

    codes: set[str] = field(default_factory=set)
    refused: bool = False
    outcomes: list[Ended] = field(default_factory=list)
    entries: int | None = None


def is_expected(scenario: Scenario, ending: Ending, *, entries: int | None = None) -> bool:
    """Whether the story ended as its scenario says.

    Args:
        scenario: The scenario.
        ending: What was seen.
        entries: How many entries are expected where that is not the scenario's own number.
    """
    expected, story = scenario.expected, scenario.story
    if story.put_right:
        rows = scenario.users.count if entries is None else entries
        return ending.outcomes == [Ended.FINISHED] and ending.entries == rows
    if expected.sync_outcome is SyncOutcome.NOT_RUN:
        if expected.check is CheckId.INPUT and story.code is None:
            return ending.refused
        return (story.code or expected.code) in ending.codes
    wanted = [_OUTCOMES[expected.sync_outcome]]
    if expected.later_sync_outcome is not None:
        wanted.append(_OUTCOMES[expected.later_sync_outcome])
    if ending.outcomes != wanted:
        return False
    if Ended.FAILED in wanted:
        return expected.code in ending.codes
    rows_expected = expected.entries if entries is None else entries
    return rows_expected is None or ending.entries == rows_expected
