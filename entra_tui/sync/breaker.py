"""The breaker: what may be removed from a list without a person's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entra_tui.model.entry import Changes

LARGEST_SHARE: Final = 0.25
SMALLEST_LIST: Final = 5
"""Below this many entries one departure is nearly a quarter, so only the loss of all of them counts."""


def removes_too_much(changes: Changes) -> bool:
    """Whether a result would remove more than a quarter of the present entries, or all of them."""
    return changes.removed > removals_allowed(changes.removed + changes.changed + changes.unchanged)


def removals_allowed(entries: int) -> int:
    """How many of `entries` present ones may go."""
    if entries < SMALLEST_LIST:
        return max(entries - 1, 0)
    return int(entries * LARGEST_SHARE)
