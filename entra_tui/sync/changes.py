"""What changed since the last run: read along a delta link, and merged into the list."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from entra_tui.graph.errors import AnswerFault, Refused, RequestFailed, Unreachable, Unreadable, UnsafeDestination
from entra_tui.storage.lists import NO_MEMBERS
from entra_tui.sync.events import RestartReason, SyncMode
from entra_tui.sync.list_run import MOST_REPEATS, StartOver
from entra_tui.sync.refusals import is_page_expired, why_link_is_given_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

    from entra_tui.model.entry import Entry
    from entra_tui.storage.lists import MemberChanges
    from entra_tui.sync.completeness import Completeness
    from entra_tui.sync.events import Finished, Held
    from entra_tui.sync.list_run import ListRun

LARGEST_DELTA: Final = 20_000
"""Changed objects beyond which a full read, whose memory is flat, takes the place of a delta."""

_MOST_NAMELESS: Final = 50


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


@dataclass(frozen=True, slots=True)
class Delta:
    """What is to be merged into a list.

    Attributes:
        upserts: Changed or new entries.
        removed: Ids of entries that are gone.
        link: Where the next delta begins.
        members: Who joined and left.
    """

    upserts: Sequence[Entry]
    removed: Sequence[str]
    link: str
    members: MemberChanges = field(default_factory=lambda: NO_MEMBERS)


async def read_changes(run: ListRun, link: str, changes: ChangeSet) -> str:
    """Read the changes behind a list's delta link.

    Args:
        run: The run.
        link: The delta link.
        changes: Takes what is told.

    Returns:
        The delta link for the next run.

    Raises:
        StartOver: The link is too old, brings errors or is of no use, or there is too much behind it.
        RequestFailed: Anything else.
    """
    run.tell_start(SyncMode.DELTA)
    try:
        run.around.directory.require_own(link)
    except UnsafeDestination as error:
        # The connector was pointed to another cloud since.
        raise StartOver(RestartReason.CHECKPOINT_LOST, error) from error
    next_time, repeats = link, 0
    try:
        async with aclosing(run.pages(of_delta=True, directory=run.of_stored_link).behind(link)) as pages:
            async for page in pages:
                if page.without_id:
                    # The link moves on behind it, and would never tell of that object again.
                    raise StartOver(RestartReason.DELTA_INCOMPLETE, _unusable(run, "an object without an id"))
                size = changes.size
                changes.take(page.items)
                next_time = page.delta_link or next_time
                run.tell_page(len(changes))
                repeats = repeats + 1 if changes.size == size and page.items else 0
                if repeats > MOST_REPEATS:
                    raise StartOver(RestartReason.DELTA_LOOP, _unusable(run, f"{repeats} pages of the same objects"))
                if changes.size > LARGEST_DELTA:
                    raise StartOver(RestartReason.DELTA_TOO_LARGE, _unusable(run, f"over {LARGEST_DELTA:,} changes"))
    except RequestFailed as error:
        if is_page_expired(error):
            raise StartOver(RestartReason.PAGE_TOKEN_EXPIRED, error, by_delta=True) from error
        if (reason := why_link_is_given_up(error)) is not None:
            raise StartOver(reason, error) from error
        raise
    return next_time


async def complete(
    run: ListRun,
    find: Callable[[str], Awaitable[Mapping[str, object] | None]],
    upserts: Iterable[Entry],
    known: set[str],
) -> AsyncIterator[tuple[Entry, Mapping[str, object] | None]]:
    """Read those new objects of which a delta told no name.

    Args:
        run: The run.
        find: Reads one object by its id; gives None where there is none.
        upserts: What the delta told.
        known: Ids that the list holds.

    Yields:
        Each such entry, and the object as the tenant has it; None where it has none, or none with a name yet.

    Raises:
        StartOver: There are many of them, or one cannot be read.
        RequestFailed: There is no token.
    """
    nameless = [entry for entry in upserts if entry.id not in known and not is_named(entry.values)]
    if len(nameless) > _MOST_NAMELESS:
        raise StartOver(RestartReason.DELTA_INCOMPLETE, _unusable(run, f"{len(nameless)} new objects without a name"))
    for entry in nameless:
        try:
            found = await find(entry.id)
        except (Refused, Unreadable, Unreachable) as error:
            if error.is_sign_in:
                raise
            raise StartOver(RestartReason.DELTA_INCOMPLETE, error) from error
        yield entry, found if found is not None and is_named(found) else None


def is_named(values: Mapping[str, object]) -> bool:
    """Whether an object came with a name, rather than as an ID whose properties are still to follow."""
    return values.get("displayName") is not None or values.get("userPrincipalName") is not None


async def finish_changes(
    run: ListRun, delta: Delta, completeness: Completeness, columns: Sequence[str]
) -> Finished | Held:
    """Merge the changes into the list, unless that would take too much from it.

    Raises:
        StartOver: The list would not be what the tenant counts.
        RequestFailed: The count cannot be read.
    """
    storage, lists = run.around.storage, run.around.lists
    preview = await storage.do(lists.preview, run.name, delta.upserts, delta.removed, delta.members)
    losses = [loss for loss in preview.losses if loss.column in columns]
    if not run.around.confirmed and (held := await run.hold_losses(preview.changes, losses, preview.removals)):
        return held
    surplus = await completeness.compare(preview.changes)
    return await run.finish_delta(preview, delta.link, surplus=surplus)


def _unusable(run: ListRun, detail: str) -> Unreadable:
    return Unreadable(AnswerFault.SHAPE, host=run.around.directory.host, detail=detail)
