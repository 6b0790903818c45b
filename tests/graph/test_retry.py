from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.graph.retry import backoff, retry_after
from entra_tui.simulator.clock import STANDARD_START


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
    ],
)
def test_both_forms_of_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, STANDARD_START) == seconds


@given(st.text() | st.from_regex(r"\w{3}, \d{1,2} \w{3} \d{1,5} \d\d:\d\d:\d\d ([+-]\d{4}|GMT|\w+)"))
def test_no_header_at_all_breaks_the_wait(header: str) -> None:
    seconds = retry_after(header, STANDARD_START)
    assert seconds is None or (seconds >= 0 and not math.isnan(seconds))


@given(st.integers(min_value=1, max_value=10_000))
def test_the_wait_grows_to_a_minute_and_no_further(attempt: int) -> None:
    ceiling = min(60.0, 2.0 ** min(attempt - 1, 10))
    assert ceiling / 2 <= backoff(attempt) <= ceiling
