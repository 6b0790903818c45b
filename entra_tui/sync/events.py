"""What happens during a synchronization, as values: the sync screen, `--json` and the tests read the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entra_tui.graph.retry import Wait
    from entra_tui.model.entry import Changes, ColumnLoss, Entry
    from entra_tui.model.finding import Finding


class SyncMode(Enum):
    """How a list is brought up to date."""

    FULL = "full"
    DELTA = "delta"


class RestartReason(Enum):
    """Why reading began again from the first page, or why it will have to next time."""

    PAGE_TOKEN_EXPIRED = "page token expired"
    DELTA_EXPIRED = "delta link expired"
    DELTA_NOT_OFFERED = "delta query not offered"
    DELTA_REFUSED = "delta query refused"
    DELTA_FAILED = "delta query kept failing"
    DELTA_TOO_LARGE = "more changes than are worth a delta"
    DELTA_LOOP = "delta pages went in circles"
    DELTA_EMPTY = "delta pages brought no object"
    DELTA_INCOMPLETE = "changes without an ID or a name"
    CHECKPOINT_LOST = "checkpoint could not be used"
    CHECKPOINT_OLD = "interrupted read is too long ago"
    CHECKPOINT_FAILED = "stored page link kept failing"
    COLUMNS_CHANGED = "other columns were chosen"
    SOURCE_CHANGED = "the connector reads another tenant"
    FULL_READ_DUE = "last full read is too long ago"
    COUNT_DIFFERS = "the tenant counts another number of objects"
    SHORT_READ = "fewer objects came than the tenant counts"
    ROWS_DAMAGED = "stored rows are damaged"


@dataclass(frozen=True, slots=True)
class Started:
    """Reading begins.

    Attributes:
        list: Name of the lookup list.
        mode: Full or delta.
        resumed_entries: Entries that an interrupted run had read already; 0 for a fresh start.
    """

    list: str
    mode: SyncMode
    resumed_entries: int = 0


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page was read and committed.

    Attributes:
        list: Name of the lookup list.
        pages: Pages read in this run.
        entries: Distinct entries read in this run, those of an interrupted one included.
        total: What the tenant said it holds; None when it did not say.
        seconds: Since the run began.
        requests: Requests made in this run, retries included.
    """

    list: str
    pages: int
    entries: int
    total: int | None
    seconds: float
    requests: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pause before a request is sent again.

    Attributes:
        list: Name of the lookup list.
        wait: Why, and how long.
    """

    list: str
    wait: Wait


@dataclass(frozen=True, slots=True)
class Restarted:
    """Reading begins again from the first page; what was staged is kept where it can still count.

    Attributes:
        list: Name of the lookup list.
        reason: Why.
    """

    list: str
    reason: RestartReason


TOO_MANY_REMOVALS: Final = "too-many-removals"
COLUMNS_EMPTIED: Final = "columns-emptied"
"""The codes under which a result that is held back stands in the history and in a finding."""


@dataclass(frozen=True, slots=True)
class Held:
    """The result would remove too much, or empty a column: it is not applied until a person confirms.

    Attributes:
        list: Name of the lookup list.
        changes: What would happen.
        entries: How many entries the list holds now.
        examples: The first of the entries that would be removed, a hundred at most.
        requests: Requests made, retries included.
        seconds: From start to end.
        losses: Columns that too many entries would lose; where there are some, they are why it is held.
    """

    list: str
    changes: Changes
    entries: int
    examples: tuple[Entry, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    losses: tuple[ColumnLoss, ...] = ()

    @property
    def code(self) -> str:
        """The code of its finding."""
        return COLUMNS_EMPTIED if self.losses else TOO_MANY_REMOVALS


@dataclass(frozen=True, slots=True)
class Finished:
    """The list was replaced, or brought up to date, in whole.

    Attributes:
        list: Name of the lookup list; empty for the sum over several.
        changes: What happened, in entries.
        mode: How.
        requests: Requests made, retries included.
        pages: Pages read.
        seconds: From start to end.
        warnings: What was passed over, and other things worth knowing, as sentences.
    """

    list: str
    changes: Changes
    mode: SyncMode
    requests: int
    pages: int
    seconds: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended early; the list is what it was before.

    Attributes:
        list: Name of the lookup list.
        finding: What went wrong, and what to do.
        requests: Requests made, retries included.
        seconds: From start to end.
        can_resume: Whether the next run goes on from the last committed page.
        mode: How the list was being read; None before that was known.
    """

    list: str
    finding: Finding
    requests: int
    seconds: float
    can_resume: bool
    mode: SyncMode | None = None


SyncEvent = Started | PageRead | Waiting | Restarted | Held | Finished | Failed
