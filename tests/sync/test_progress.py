from __future__ import annotations

import pytest

from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.model.entry import Changes
from entra_tui.sync.events import Finished, PageRead, Restarted, RestartReason, Started, SyncMode, Waiting
from entra_tui.sync.progress import SyncProgress

LIST = "Users - Contoso"


def page(number: int, entries: int, total: int | None = 1000) -> PageRead:
    return PageRead(LIST, number, entries, total, 0.0, number + 2)


def test_share_rate_and_time_left_follow_the_pages() -> None:
    progress = SyncProgress()
    progress.take(Started(LIST, SyncMode.FULL), 10.0)
    assert (progress.share, progress.rate, progress.seconds_left(10.0)) == (None, None, None)
    progress.take(page(1, 250), 11.0)
    assert (progress.share, progress.rate) == (0.25, 250.0)
    assert progress.seconds_left(11.0) == pytest.approx(3.0)


def test_a_wait_counts_down_and_lengthens_the_time_left_until_the_next_page() -> None:
    progress = SyncProgress()
    progress.take(Started(LIST, SyncMode.FULL), 0.0)
    progress.take(page(1, 500), 1.0)
    progress.take(Waiting(LIST, Wait(WaitReason.THROTTLED, 12.0, 1, 429, asked=True)), 1.0)
    assert progress.wait_left(5.0) == pytest.approx(8.0)
    assert progress.seconds_left(5.0) == pytest.approx(9.0)
    assert progress.wait_left(50.0) == 0.0
    progress.take(page(2, 1000), 14.0)
    assert (progress.waiting, progress.wait_left(14.0), progress.retries) == (None, 0.0, 1)


def test_a_page_from_before_the_wait_does_not_end_it() -> None:
    progress = SyncProgress()
    progress.take(Started(LIST, SyncMode.FULL), 0.0)
    throttled = Waiting(LIST, Wait(WaitReason.THROTTLED, 12.0, 1, 429, asked=True))
    progress.take(throttled, 1.0)
    progress.take(page(1, 500), 1.1)
    assert (progress.waiting, progress.entries) == (throttled, 500)
    assert progress.wait_left(5.0) == pytest.approx(8.0)
    assert progress.quiet_for(5.0) == 0.0
    assert progress.quiet_for(15.0) == pytest.approx(2.0)
    progress.take(page(2, 1000), 16.0)
    assert (progress.waiting, progress.wait_left(16.0)) == (None, 0.0)


def test_more_than_the_tenant_said_is_never_more_than_all() -> None:
    progress = SyncProgress()
    progress.take(Started(LIST, SyncMode.FULL), 0.0)
    progress.take(page(1, 1200), 1.0)
    assert progress.share == 1.0
    assert progress.seconds_left(1.0) == 0.0


def test_the_rate_begins_anew_after_a_restart_and_after_a_pause() -> None:
    progress = SyncProgress()
    progress.take(Started(LIST, SyncMode.FULL, resumed_entries=400), 0.0)
    assert progress.entries == 400
    progress.take(page(1, 600), 1.0)
    assert progress.rate == 200.0
    progress.forget_pace()
    assert progress.rate is None
    progress.take(page(2, 700), 100.0)
    progress.take(Restarted(LIST, RestartReason.PAGE_TOKEN_EXPIRED), 100.0)
    assert progress.rate is None
    assert progress.restarts == [RestartReason.PAGE_TOKEN_EXPIRED]


def test_the_sum_over_several_lists_is_no_list() -> None:
    progress = SyncProgress()
    first = Finished(LIST, Changes(added=3), SyncMode.FULL, 4, 1, 0.5)
    progress.take(first, 1.0)
    progress.take(Finished("", Changes(added=3), SyncMode.FULL, 9, 2, 1.0), 2.0)
    assert progress.finished == [first]
    assert progress.requests == 9
