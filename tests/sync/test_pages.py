from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from entra_tui.sync.pages import _written

if TYPE_CHECKING:
    from collections.abc import Mapping

SCALARS = st.sampled_from([None, False, True, 0, 1, 2**64, -(2**63), 2**70, 0.0, -0.0, 1.0, float("nan"), float("inf")])
TEXTS = st.sampled_from(["", "a", "1", "None", "é", "e\u0301", "\ud800", "\0", "'", '"'])
VALUES = st.recursive(SCALARS | TEXTS, lambda parts: st.lists(parts, max_size=2) | st.dictionaries(TEXTS, parts))
PAGES = st.lists(st.dictionaries(TEXTS, VALUES, max_size=2), max_size=2)


@given(PAGES, PAGES)
def test_a_page_is_told_from_another_by_all_that_is_in_it(
    one: list[Mapping[str, object]], other: list[Mapping[str, object]]
) -> None:
    assert (_written(one) == _written(other)) == (repr(one) == repr(other))
    assert _written(one) == _written(deepcopy(one))
