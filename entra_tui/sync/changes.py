"""What changed since the last run: read along a delta link, and merged into the list."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Final, Protocol

from entra_tui.graph.errors import AnswerFault, RequestFailed, Unreadable, UnsafeDestination
from entra_tui.model.entry import Changes
from entra_tui.sync.breaker import removals_allowed, removes_too_much
from entra_tui.sync.events import RestartReason, SyncMode
from entra_tui.sync.list_run import StartOver
from entra_tui.sync.refusals import is_delta_expired, is_delta_not_offered, is_page_expired

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from entra_tui.model.entry import Entry
    from entra_tui.storage.lists import ListDatabase
    from entra_tui.sync.events import Finished, Held
    from entra_tui.sync.list_run import ListRun

LARGEST_DELTA: Final = 20_000
"""Changed objects beyond which a full read, whose memory is flat, takes the place of a delta."""

_MOST_EXAMPLES: Final = 100


class ChangeSet(Protocol):
    """What a delta tells, gathered page by page; its length is the number of changed entries."""

    def take(self, items: Iterable[Mapping[str, object]]) -> None:
        """Take a page's objects."""
        ...

    @property
    def size(self) -> int:
        """How much is held in memory: changed objects, and members that came or went."""
        ...

    def __len__(self) -> int: ...


async def read_changes(run: ListRun, link: str, changes: ChangeSet) -> str:
    """Read the changes behind a list's delta link.

    Args:
        run: The run.
        link: The delta link.
        changes: Takes what is told.

    Returns:
        The delta link for the next run.

    Raises:
        StartOver: The link is too old or of no use, or there is too much behind it.
        RequestFailed: Anything else.
    """
    run.tell_start(SyncMode.DELTA)
    try:
        run.around.directory.require_own(link)
    except UnsafeDestination as error:
        # The connector was pointed to another cloud since.
        raise StartOver(RestartReason.CHECKPOINT_LOST, error) from error
    next_time = link
    try:
        async with aclosing(run.pages(of_delta=True).behind(link)) as pages:
            async for page in pages:
                changes.take(page.items)
                next_time = page.delta_link or next_time
                run.tell_page(len(changes))
                if changes.size > LARGEST_DELTA:
                    raise StartOver(RestartReason.DELTA_TOO_LARGE, _too_large(run.around.directory.host))
    except RequestFailed as error:
        if is_delta_expired(error):
            raise StartOver(RestartReason.DELTA_EXPIRED, error) from error
        if is_page_expired(error):
            raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error, by_delta=True) from error
        if is_delta_not_offered(error):
            raise StartOver(RestartReason.DELTA_REFUSED, error) from error
        raise
    return next_time


async def finish_changes(
    run: ListRun, upserts: Sequence[Entry], removed: Sequence[str], delta_link: str
) -> Finished | Held:
    """Merge the changes into the list, unless that would remove too much."""
    if not run.around.confirmed:
        effect, going = await run.around.storage.do(_effect, run.around.lists, run.name, upserts, removed)
        if removes_too_much(effect):
            return await run.hold(effect, going)
    return await run.finish_delta(upserts, removed, delta_link)


def _effect(
    lists: ListDatabase, name: str, upserts: Sequence[Entry], removed: Sequence[str]
) -> tuple[Changes, list[Entry]]:
    """What a delta would do to the list, as far as the breaker must know, and some of what would go."""
    entries = lists.count(name)
    if len(removed) <= removals_allowed(entries):
        return Changes(unchanged=entries), []
    going = [entry for identifier in removed if (entry := lists.entry(name, identifier)) is not None]
    known = sum(1 for entry in upserts if lists.entry(name, entry.id) is not None)
    unchanged = entries - len(going) - known
    return Changes(len(upserts) - known, known, len(going), unchanged), going[:_MOST_EXAMPLES]


def _too_large(host: str) -> Unreadable:
    return Unreadable(AnswerFault.TOO_LARGE, host=host, detail=f"over {LARGEST_DELTA} changes")
