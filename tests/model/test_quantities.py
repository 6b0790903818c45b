from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from entra_tui.model.entry import ListStatus, LookupList
from entra_tui.model.quantities import age, count, full_read_age

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        # Another machine's clock may be ahead.
        (timedelta(minutes=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=2, hours=5), "2 d ago"),
        (timedelta(days=1234), "1,234 d ago"),
    ],
)
def test_an_age(passed: timedelta, words: str) -> None:
    assert age(NOW - passed, NOW) == words


def test_a_count() -> None:
    assert [count(number, "entry", "entries") for number in (0, 1, 1000)] == ["0 entries", "1 entry", "1,000 entries"]
    assert count(2, "page") == "2 pages"


@pytest.mark.parametrize(
    ("synchronized_at", "full_read_at", "words"),
    [(None, None, "never"), (NOW, None, "unknown"), (NOW, NOW - timedelta(days=3), "3 d ago")],
)
def test_what_is_not_known_is_not_never(
    synchronized_at: datetime | None, full_read_at: datetime | None, words: str
) -> None:
    one = LookupList("L", "C", 0, synchronized_at, ListStatus.SYNCHRONIZED, full_read_at)
    assert full_read_age(one, NOW) == words
