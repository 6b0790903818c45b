from __future__ import annotations

import math
from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.graph.retry import FewErrors, Patience, Wait, WaitReason, backoff, retry_after
from entra_tui.simulator.clock import STANDARD_START, ManualClock


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("Mon, 23 Nov 2026 09:02:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 10:02:00 +0100", 120.0),
        ("Mon, 23 Nov 2026 09:02:00 -0000", 120.0),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0),
        ("tomorrow", None),
        ("1e3", None),
        ("Fri, 99 Nov 2026 09:02:00 GMT", None),
        ("2, 2", 2.0),
        ("2,17", 17.0),
        ("2, soon", 2.0),
        ("1.5", 2.0),
        ("0.2", 1.0),
        ("2.0", 2.0),
        ("2;foo", 2.0),
        ("2 ; foo=bar", 2.0),
        ('"2"', 2.0),
        ("2 s", 2.0),
        ("30 seconds", 30.0),
        ("-5", None),
        ("1500ms", None),
        ("", None),
        ("\N{ARABIC-INDIC DIGIT THREE}", None),
        ("9" * 5000, math.inf),
        ("Mon, 23 Nov 2026 09:02:00 GMT, Mon, 23 Nov 2026 09:03:00 GMT", 180.0),
        ("Monday, 23-Nov-26 09:02:00 GMT", 120.0),
        ("Mon Nov 23 09:02:00 2026", 120.0),
        ("7, Mon, 23 Nov 2026 09:02:00 GMT", 120.0),
    ],
)
def test_both_forms_of_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, STANDARD_START) == seconds


def test_a_date_is_measured_by_the_clock_of_whoever_gave_it() -> None:
    # This machine is an hour ahead, then an hour behind.
    for apart in (timedelta(hours=1), timedelta(hours=-1)):
        sent = format_datetime(STANDARD_START, usegmt=True)
        header = format_datetime(STANDARD_START + timedelta(seconds=90), usegmt=True)
        assert retry_after(header, STANDARD_START + apart, sent=sent) == 90
        assert retry_after(header, STANDARD_START, sent="never") == 90


@given(st.text() | st.from_regex(r"\w{3}, \d{1,2} \w{3} \d{1,5} \d\d:\d\d:\d\d ([+-]\d{4}|GMT|\w+)"))
def test_no_header_at_all_breaks_the_wait(header: str) -> None:
    seconds = retry_after(header, STANDARD_START, sent=header)
    assert seconds is None or (seconds >= 0 and not math.isnan(seconds))
    seconds = retry_after(header, STANDARD_START)
    assert seconds is None or (seconds >= 0 and not math.isnan(seconds))


@given(st.integers(min_value=1, max_value=10_000))
def test_the_wait_grows_to_a_minute_and_no_further(attempt: int) -> None:
    ceiling = min(60.0, 2.0 ** min(attempt - 1, 10))
    assert ceiling / 2 <= backoff(attempt) <= ceiling


# ---------------------------------------------------------------- how long to go on


def _unasked(seconds: float, *, took: float = 0.0) -> Wait:
    return Wait(WaitReason.NO_ANSWER, seconds, 1, took=took)


def _asked(seconds: float) -> Wait:
    return Wait(WaitReason.THROTTLED, seconds, 1, 429, asked=True)


async def _spent(patience: Patience, wait: Wait, most: int = 1000) -> float:
    """Seconds for which `wait` may be repeated."""
    times = 0
    while times < most and await patience.spend(wait):
        times += 1
    return times * wait.seconds


async def test_what_the_service_asked_for_is_waited_an_hour_and_silence_ten_minutes() -> None:
    clock = ManualClock()
    assert await _spent(Patience(clock, 3600), _asked(60)) == 3600
    assert await _spent(Patience(clock, 3600), _unasked(60)) == 600
    assert await _spent(Patience(clock, 3600, unasked_seconds=120), _unasked(60)) == 120
    assert await _spent(Patience(clock, 20), _unasked(5)) == 20


async def test_a_wait_that_was_asked_for_uses_up_nothing_of_the_ten_minutes() -> None:
    patience = Patience(ManualClock(), 3600)
    assert await _spent(patience, _asked(60), 30) == 1800
    assert await _spent(patience, _unasked(60)) == 600
    # And the ten minutes being over, a service that asks is still heard, to the end of the hour.
    assert await _spent(patience, _asked(60)) == 1200


async def test_the_ladders_budget_is_one_for_both() -> None:
    patience = Patience(ManualClock(), 20)
    assert await patience.spend(_asked(12))
    assert not await patience.spend(_unasked(9))
    assert await patience.spend(_unasked(8))


async def test_the_time_of_tries_without_an_answer_counts() -> None:
    clock = ManualClock()
    patience = Patience(clock, 3600)
    pairs = 0
    clock.advance(60)
    while await patience.spend(_unasked(40, took=60)):
        pairs += 1
        clock.advance(60)
    assert (pairs, clock.monotonic()) == (6, 660)  # the seventh try ends after ten minutes


async def test_progress_renews_both_budgets() -> None:
    patience = Patience(ManualClock(), 3600)
    for wait in (_unasked(600), _asked(3600)):
        assert await patience.spend(wait)
        assert not await patience.spend(wait)
        patience.renew()
        assert await patience.spend(wait)
        patience.renew()


async def test_progress_in_the_midst_of_a_wait_takes_back_what_went_before() -> None:
    clock = ManualClock()

    class Meanwhile(ManualClock):
        def monotonic(self) -> float:
            return clock.monotonic()

        async def sleep(self, seconds: float) -> None:
            clock.advance(seconds - 1)
            patience.renew()
            clock.advance(1)

    patience = Patience(Meanwhile(), 100)
    assert await _spent(patience, _unasked(60), 5) == 300


async def test_tries_at_the_same_time_count_once() -> None:
    clock = ManualClock()
    patience = Patience(clock, 600)
    for _ in range(4):
        clock.advance(60)
        for _ in range(3):  # requests that ran out of time together
            assert await patience.spend(Wait(WaitReason.NO_ANSWER, 0.0, 1, took=60))
    assert await patience.spend(_unasked(600 - 4 * 60))


@pytest.mark.parametrize("hours", [8, -8])
async def test_a_clock_that_leaps_uses_up_nothing(hours: float) -> None:
    class Leaping(ManualClock):
        leap = 0.0

        def monotonic(self) -> float:
            return super().monotonic() + self.leap

        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            self.leap += hours * 3600

    clock = Leaping()
    patience = Patience(clock, 600)
    assert await _spent(patience, _unasked(60), 9) == 540
    clock.leap += hours * 3600
    assert await patience.spend(_unasked(60))
    assert not await patience.spend(_unasked(1))


# ---------------------------------------------------------------- a question without an answer


async def _tries(*statuses: int, asked: bool = False) -> int:
    """How often a request is sent that is answered with `statuses`, the last one for ever, of at most ten."""
    patience = FewErrors(Patience(ManualClock(), 600), 3)
    attempt = 0
    while attempt < 10:
        attempt += 1
        status = statuses[min(attempt, len(statuses)) - 1]
        if not await patience.spend(Wait(WaitReason.SERVER_ERROR, 1, attempt, status, asked=asked)):
            break
    return attempt


@pytest.mark.parametrize("status", [404, 500, 501, 505, 507, 520, 599])
async def test_what_may_have_no_answer_is_asked_a_few_times(status: int) -> None:
    assert await _tries(status) == 3
    assert await _tries(status, asked=True) == 10


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
async def test_what_promises_to_pass_is_worth_the_whole_patience(status: int) -> None:
    assert await _tries(status) == 10


async def test_other_faults_are_no_errors_of_the_service() -> None:
    assert await _tries(503, 503, 503, 500, 503, 500, 503, 501) == 8


async def test_the_whole_patience_is_at_hand() -> None:
    whole = Patience(ManualClock(), 1)
    assert whole.whole is FewErrors(FewErrors(whole, 2), 2).whole is whole
