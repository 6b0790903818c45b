"""A synchronization in words: the lines that `SyncView` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.graph.retry import WaitReason
from entra_tui.model.quantities import count
from entra_tui.sync.events import Failed, Finished, Held, SyncMode
from entra_tui.sync.sentences import RESTARTS, columns, effect, summary
from entra_tui.widgets.duration import countdown, duration
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.graph.retry import Wait
    from entra_tui.model.entry import Changes
    from entra_tui.sync.progress import SyncProgress

_MODES: Final = {SyncMode.FULL: "reading everything", SyncMode.DELTA: "reading what changed"}
_PERCENT_WIDTH: Final = 6
_NARROWEST_BAR: Final = 10
_WIDEST_BAR: Final = 60
_NUMBER_WIDTH: Final = 11
_LONG_SECONDS: Final = 3
"""Silence that is worth a word."""


def heading(progress: SyncProgress, lists: int = 1) -> str:
    """Which list, which one of how many, and how it is read."""
    if not progress.list or progress.mode is None:
        return "Signing in"
    place = f", list {min(len(progress.ends) + 1, lists)} of {lists}" if lists > 1 else ""
    return f"{progress.list}: {_MODES[progress.mode]}{place}"


def bar(progress: SyncProgress, width: int) -> str:
    """A bar and the percentage; blank where no total is known.

    Args:
        progress: Where the synchronization stands.
        width: Cells that there are.
    """
    share = progress.share
    if share is None:
        return ""
    cells = min(_WIDEST_BAR, max(_NARROWEST_BAR, width - _PERCENT_WIDTH))
    full = int(share * cells)
    signs = symbols()
    return f"{signs.bar_full * full}{signs.bar_empty * (cells - full)} {int(share * 100):>3} %"


def amount(progress: SyncProgress) -> str:
    """How many entries are read, of how many."""
    if progress.total is None:
        return f"{count(progress.entries, 'entry', 'entries')} read" if progress.pages else ""
    return f"{progress.entries:,} of {count(progress.total, 'entry', 'entries')}"


def pace(progress: SyncProgress, now: float) -> str:
    """How fast, and how long it may still take."""
    rate = progress.rate
    if rate is None:
        return ""
    text = f"{rate:,.0f} a second"
    left = progress.seconds_left(now)
    return text if left is None else f"{text}, about {countdown(left)} left"


def traffic(progress: SyncProgress) -> str:
    """Pages, requests and retries."""
    parts = [count(progress.pages, "page"), count(progress.requests, "request")]
    if progress.retries:
        parts.append(count(progress.retries, "retry", "retries"))
    if progress.restarts:
        parts.append(count(len(progress.restarts), "restart"))
    return ", ".join(parts)


def notice(progress: SyncProgress, now: float, *, paused: bool) -> str:
    """What holds it up, or why it began as it did; blank when there is nothing to say."""
    if paused:
        return "Paused. The current page is saved; no more are requested."
    if progress.waiting is not None and (left := progress.wait_left(now)):
        return wait(progress.waiting.wait, left)
    quiet = progress.quiet_for(now)
    if quiet >= _LONG_SECONDS:
        return f"No response from Microsoft for {countdown(quiet)}."
    if progress.restarts:
        return RESTARTS[progress.restarts[-1]]
    if progress.resumed_entries:
        return f"Resumed after {count(progress.resumed_entries, 'entry', 'entries')} that an interrupted run read."
    return ""


_WAITS: Final = {
    WaitReason.THROTTLED: "Microsoft Graph is throttling requests{status}. Retry in {left}",
    WaitReason.SERVER_ERROR: "The service returned an error{status}. Retry in {left}",
    WaitReason.NO_ANSWER: "No response. Retry in {left}",
    WaitReason.BAD_ANSWER: "The response could not be used. Retry in {left}",
    WaitReason.COUNT_BEHIND: "The tenant's count differs from the list. Checking again in {left}",
    WaitReason.SIGN_IN: "The sign-in was refused{status}. Retry in {left}",
}


def wait(reason: Wait, seconds_left: float) -> str:
    """Why it waits, and for how long still."""
    left = countdown(seconds_left)
    if reason.reason is WaitReason.THROTTLED and reason.asked:
        return f"Microsoft asked to wait: {left}"
    status = f" (HTTP {reason.status})" if reason.status is not None else ""
    return _WAITS[reason.reason].format(status=status, left=left)


def result(finished: list[Finished]) -> str:
    """What a run that ended well did, to be read in one glance."""
    seconds = sum(one.seconds for one in finished)
    requests = sum(one.requests for one in finished)
    warned = any(one.warnings for one in finished)
    first = (
        f"{symbols().warning if warned else symbols().passed} Synchronized {'with warnings ' if warned else ''}"
        f"in {duration(seconds)} with {count(requests, 'request')}"
    )
    if len(finished) == 1:
        (one,) = finished
        rows = "\n".join(f"{number:>{_NUMBER_WIDTH},}  {what}" for number, what in _rows(one.changes))
        numbers = f"{rows}\n{one.changes.total:>{_NUMBER_WIDTH},}  entries in the list now"
        return "\n\n".join([first, numbers, *(["\n".join(_warnings(one))] if warned else [])])
    return "\n\n".join([first, *(_result(one) for one in finished)])


def _result(one: Finished) -> str:
    heading = f"{one.list}: {count(one.changes.total, 'entry', 'entries')} now"
    return "\n".join([heading, f"  {summary(one.changes)}", *_warnings(one)])


def held(results: Sequence[Held]) -> str:
    """What waits for a person to confirm it."""
    return "\n".join(
        f"{symbols().warning} This would {_effect(one)} {one.list}; {one.changes.added:,} would be added, "
        f"{one.changes.changed:,} changed, {_rest(one)}."
        for one in results
    )


def _effect(one: Held) -> str:
    if one.losses:
        return f"empty {columns(one)} in"
    return f"{effect(one)} from"


def _rest(one: Held) -> str:
    if one.losses:
        return f"{one.changes.removed:,} removed"
    return f"{count(one.changes.total, 'entry', 'entries')} would be left"


def outcomes(ends: Sequence[Finished | Held | Failed]) -> str:
    """How each of several lists ended, a line for each, and what it warns of."""
    return "\n".join(_outcome(end) for end in ends)


def _outcome(end: Finished | Held | Failed) -> str:
    signs = symbols()
    match end:
        case Finished():
            sign = signs.warning if end.warnings else signs.passed
            return "\n".join([f"{sign} {end.list}: {summary(end.changes)}", *_warnings(end)])
        case Held():
            return f"{signs.warning} {end.list}: not changed yet, it would {effect(end)}"
        case Failed():
            return f"{signs.failed} {end.list}: not synchronized, the list is unchanged"


def _warnings(finished: Finished) -> list[str]:
    return [f"{symbols().warning} {sentence}" for sentence in finished.warnings]


def _rows(changes: Changes) -> tuple[tuple[int, str], ...]:
    rows = (
        (changes.added, "added"),
        (changes.changed, "changed"),
        (changes.removed, "removed"),
        (changes.unchanged, "unchanged"),
    )
    moves = ((changes.joined, "members joined"), (changes.left, "members left"))
    return (*rows, *moves) if changes.joined or changes.left else rows
