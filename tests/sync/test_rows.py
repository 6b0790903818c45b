from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entra_tui.sync.rows import id_of, ids_of

IDS = st.one_of(st.uuids().map(str), st.uuids().map(str).map(str.upper), st.text(min_size=1, max_size=3))


@given(st.lists(IDS | st.sampled_from(["\ud800", "a\0"]), max_size=4))
def test_many_ids_are_as_each_of_them(ids: list[str]) -> None:
    items = [{"id": one} for one in ids]
    assert ids_of(items) == [*map(id_of, items)]
