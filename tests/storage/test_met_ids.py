"""Ids that were met: exact while they are few, an estimate in flat memory when they are many."""

from __future__ import annotations

from entra_tui.storage.lists import met_ids
from entra_tui.storage.lists.met_ids import MetIds


def ids(first: int, last: int) -> list[str]:
    return [f"id-{number}" for number in range(first, last)]


def test_few_ids_are_counted_exactly() -> None:
    met = MetIds()
    assert met.add([]) == 0
    assert met.add(ids(0, 1000)) == 1000
    assert met.add(ids(990, 1010)) == 10
    assert met.add(ids(0, 1010)) == 0
    assert met.add(["other"]) == 1


def test_of_many_ids_a_sample_is_held_and_a_page_of_old_ones_is_known() -> None:
    met = MetIds()
    for first in range(0, 200_000, 1000):
        assert met.add(ids(first, first + 1000)) == 1000
    assert len(met._hashes) <= met_ids._MOST_HELD
    assert met.add(ids(5_000, 6_000)) == 0
    mixed = met.add([*ids(7_000, 7_500), *ids(300_000, 300_500)])
    assert mixed is not None
    assert 0 < mixed < 1000
    assert met.add(ids(400_000, 401_000)) == 1000


def test_small_pages_of_old_ids_are_known_one_after_another_however_many_there_are() -> None:
    met = MetIds()
    for first in range(0, 1_000_000, 1000):
        met.add(ids(first, first + 1000))
    assert None in {met.add(ids(first, first + 10)) for first in range(0, 10_000, 10)}
    # A tenant that never ends is given up after so many pages in a row of objects that came before.
    in_a_row = longest = 0
    for first in range(50, 200_000, 100):
        fresh = met.add(ids(first, first + 100))
        if fresh is not None:
            in_a_row = 0 if fresh else in_a_row + 1
        longest = max(longest, in_a_row)
    assert longest > 100
