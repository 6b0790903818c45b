"""The breaker: what a result may take from a list without a person's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.model.entry import Changes, ColumnLoss

LARGEST_SHARE: Final = 0.25
SMALLEST_LIST: Final = 5
"""Below this many entries one departure is nearly a quarter, so only the loss of all of them counts."""

# Graph lets nobody clear these, so a single empty one is a fault of what was read.
_NEVER_EMPTY: Final = frozenset({"userPrincipalName", "displayName"})


def removes_too_much(changes: Changes) -> bool:
    """Whether a result would remove more than a quarter of the present entries, or all of them."""
    return changes.removed > removals_allowed(changes.removed + changes.changed + changes.unchanged)


def removals_allowed(entries: int) -> int:
    """How many of `entries` present ones may go."""
    if entries < SMALLEST_LIST:
        return max(entries - 1, 0)
    return int(entries * LARGEST_SHARE)


def columns_emptied(losses: Iterable[ColumnLoss], entries: int) -> tuple[ColumnLoss, ...]:
    """Those of `losses` that a person must confirm, the largest first.

    That is each of a column that no entry can lack, of more than a quarter of the `entries` (in a short list: of all of
    them), and of all the values that a column has.
    """
    return tuple(
        loss for loss in sorted(losses, key=lambda loss: (-loss.rows, loss.column)) if _is_too_much(loss, entries)
    )


def _is_too_much(loss: ColumnLoss, entries: int) -> bool:
    if loss.column in _NEVER_EMPTY:
        return True
    if entries < SMALLEST_LIST:
        return 1 < entries == loss.rows
    return loss.rows > entries * LARGEST_SHARE or (loss.everywhere and loss.rows >= SMALLEST_LIST)
