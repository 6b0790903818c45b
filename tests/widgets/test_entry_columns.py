from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from entra_tui.widgets.cells import fit, shown
from entra_tui.widgets.entry_columns import GAP, OBJECT_TABLE, USER_TABLE, Column, lay_out


@given(st.text(max_size=60), st.integers(0, 40))
def test_any_text_fills_exactly_its_cells(text: str, width: int) -> None:
    assert cell_len(fit(shown(text), width)) == width


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Ada Lovelace", "Ada L…"),
        ("李小龍先生", "李小… "),
        ("Ada", "Ada   "),
        ("Zoe\u0308 K", "Zoe\u0308 K "),
        ("🎉🎉🎉🎉", "🎉🎉… "),
    ],
)
def test_cells_are_counted_not_characters(text: str, cut: str) -> None:
    fitted = fit(text, 6)
    assert cell_len(fitted) == 6
    assert fitted.rstrip() == cut.rstrip() or fitted == cut


def test_values_read_as_a_person_says_them() -> None:
    assert [shown(value) for value in (None, True, False, 7, "a\tb")] == ["", "yes", "no", "7", "a b"]


@pytest.mark.parametrize("columns", [USER_TABLE, OBJECT_TABLE])
@pytest.mark.parametrize("width", [53, 73, 80, 99, 100, 113, 200])
def test_columns_fill_the_width(columns: tuple[Column, ...], width: int) -> None:
    widths = lay_out(columns, width)
    assert sum(cells for _, cells in widths) + GAP * (len(widths) - 1) == width
    assert all(cells >= column.least for column, cells in widths)


def test_a_narrow_table_keeps_the_most_telling_columns_and_a_wide_one_shows_more() -> None:
    assert [column.name for column, _ in lay_out(USER_TABLE, 73)] == [
        "displayName",
        "userPrincipalName",
        "userType",
        "accountEnabled",
    ]
    assert [column.name for column, _ in lay_out(USER_TABLE, 53)] == ["displayName", "userPrincipalName", "userType"]
    assert "department" in [column.name for column, _ in lay_out(USER_TABLE, 113)]
