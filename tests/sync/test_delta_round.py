from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from entra_tui.sync.delta_round import DeltaRound
from entra_tui.sync.rows import REMOVED, user_row_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("displayName", "mail")
VALUES: dict[str, st.SearchStrategy[object]] = {column: st.sampled_from([None, "x", "y"]) for column in COLUMNS}
REMOVAL: dict[str, st.SearchStrategy[object]] = {REMOVED: st.just({})}
ID: dict[str, st.SearchStrategy[object]] = {"id": st.sampled_from("ab")}
TOLD = st.fixed_dictionaries(ID, optional=VALUES | REMOVAL)


@given(st.lists(TOLD, max_size=6), st.integers(1, 6))
def test_the_last_word_counts_for_each_property(items: list[Mapping[str, object]], page: int) -> None:
    changes = DeltaRound(user_row_columns(COLUMNS))
    for first in range(0, len(items), page):
        changes.take(items[first : first + page])
    kept: dict[str, dict[str, object] | None] = {}
    for item in items:
        values = {column: item[column] for column in COLUMNS if column in item}
        if REMOVED in item:
            kept[str(item["id"])] = None
        else:
            # Who was gone and is back has nothing but what is told since.
            before = kept.get(str(item["id"]), {})
            kept[str(item["id"])] = (dict.fromkeys(COLUMNS) if before is None else before) | values
    changed = {one: told for one, told in kept.items() if told is not None}
    assert {entry.id: entry.values for entry in changes.changed} == changed
    assert set(changes.removed) == {one for one, told in kept.items() if told is None}
    assert len(changes) == len(kept)
