"""What is sent again, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from entra_tui.widgets.repaint import Changes, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

RED = Style.parse("red")


def strip(text: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style)])


def full(lines: Sequence[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[line] for line in lines], Region(0, 0, 5, len(lines)))


def sent(picture: Picture, update: LayoutUpdate | ChopsUpdate) -> str:
    return Changes(update, picture).render_segments(Console(color_system=None))


def test_only_the_cells_that_differ_are_sent() -> None:
    picture = Picture()
    assert sent(picture, full([strip("aaaaa"), strip("bbbbb")])) == "\x1b[1;1Haaaaa\x1b[2;1Hbbbbb"
    assert sent(picture, full([strip("aaaaa"), strip("bbcbb")])) == "\x1b[2;3Hc"
    assert sent(picture, full([strip("aaaaa"), strip("bbcbb")])) == ""
    assert sent(picture, full([strip("aaaaa"), strip("xbcbx")])) == "\x1b[2;1Hxbcbx"


def test_what_lies_far_apart_is_sent_apart() -> None:
    picture = Picture()
    sent(picture, full([strip(f"a{'-' * 20}b--c")]))
    assert sent(picture, full([strip(f"A{'-' * 20}B--C")])) == "\x1b[1;1HA\x1b[1;22HB--C"


@pytest.mark.parametrize("text", ["ab\N{CJK UNIFIED IDEOGRAPH-4E2D}d", "abe\N{COMBINING ACUTE ACCENT}cd"])
def test_among_wide_and_combining_characters_the_line_is_sent_whole(text: str) -> None:
    picture = Picture()
    sent(picture, full([strip("aaaaa")]))
    assert sent(picture, full([strip(text)])) == f"\x1b[1;1H{text}"


@pytest.mark.parametrize("other", [strip("aaaaa", RED), strip("aa\N{CJK UNIFIED IDEOGRAPH-4E2D}a")])
def test_another_style_or_character_is_another_line(other: Strip) -> None:
    picture = Picture()
    sent(picture, full([strip("aaaab")]))
    assert sent(picture, full([other])) != ""


def test_what_comes_in_the_place_of_combining_characters_is_sent_whole() -> None:
    picture = Picture()
    combined = strip("e\N{COMBINING ACUTE ACCENT}ab")
    sent(picture, full([combined]))
    assert sent(picture, full([combined])) == ""
    assert sent(picture, full([strip("xya")])) == "\x1b[1;1Hxya"


def test_a_piece_is_compared_where_it_stands() -> None:
    picture = Picture()
    sent(picture, full([strip("ab\N{CJK UNIFIED IDEOGRAPH-4E2D}d")]))
    same = ChopsUpdate([{4: strip("d")}], [(0, 4, 5)], [[5]])
    moved = ChopsUpdate([{3: strip("d")}], [(0, 3, 4)], [[4]])
    assert sent(picture, same) == ""
    assert sent(picture, moved) == "\x1b[1;4Hd"


def test_a_piece_is_sent_from_its_first_new_cell_on() -> None:
    picture = Picture()
    sent(picture, full([strip("abcde")]))
    assert sent(picture, ChopsUpdate([{2: strip("cxy")}], [(0, 2, 5)], [[5]])) == "\x1b[1;4Hxy"


def test_after_forgetting_all_is_sent_again() -> None:
    picture = Picture()
    sent(picture, full([strip("aaaaa")]))
    picture.forget()
    assert sent(picture, full([strip("aaaaa")])) == "\x1b[1;1Haaaaa"
