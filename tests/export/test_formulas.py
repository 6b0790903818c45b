"""No cell begins with a formula, whatever a reader splits the file at."""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entra_tui.export.formats import write_csv
from entra_tui.export.formulas import _SEPARATORS, _SKIPPED, all_without_formulas, without_formulas
from entra_tui.model.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"
SEPARATORS = ",;|\t\n\r\v\f\0\x1c\x85\u2028\u2029"
DROPPED = ' \t"\0\u00a0\u3000\ufeff\u200b\u061c\u180e\u034f\u3164\ufe0f\u115f\U000e0041'
LINES = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

texts = st.text(
    st.one_of(st.sampled_from(f"{STARTS}{SEPARATORS}{DROPPED}'ab1"), st.characters(codec="utf-8")), max_size=12
)


def written(values: list[str], columns: list[str], *, raw: bool = False) -> str:
    out = io.BytesIO()
    entries = [Entry(value, dict.fromkeys(columns, value)) for value in values]
    write_csv(entries, ["id", *columns], out, False, raw=raw)
    return out.getvalue().decode()


def cells(text: str) -> Iterator[str]:
    """The cells that any reader could find: the file as a whole, and each of its lines alone, at each separator."""
    for delimiter in ",;\t|":
        # The module wants line breaks at the end of what it is given, or in quotes.
        whole = [line for line in re.split("(?<=\n)|(?<=\r)(?!\n)", text) if line]
        for lines in (whole, *([line] for line in LINES.split(text))):
            for row in csv.reader(lines, delimiter=delimiter):
                yield from row
    for separator in SEPARATORS:
        yield from text.split(separator)


@given(values=st.lists(texts, min_size=1, max_size=3), column=texts)
@example(values=["a\0=1"], column="x")
@example(values=['a;"=1'], column="x")
@example(values=['a;"" =1', "b"], column=";\uff1d1")
@example(values=["\0 =1", "1\n\t@x"], column="=x")
def test_no_cell_begins_with_a_formula(values: list[str], column: str) -> None:
    for cell in cells(written(values, [column, f"{column}2"])):
        assert not cell.lstrip(DROPPED).startswith(tuple(STARTS)), repr(cell)


def test_nothing_that_only_formats_hides_a_formula() -> None:
    unseen = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"]
    for character in (*unseen, "\u034f", "\u180b", "\u3164", "\ufe0f", "\U000e0100"):
        assert without_formulas(f"{character}=1") == f"'{character}=1", hex(ord(character))
        assert without_formulas(f"a;{character}=1") == f"a;{character}'=1", hex(ord(character))


@given(text=texts)
def test_taking_the_quotes_out_gives_the_text_back_and_harmless_texts_stay(text: str) -> None:
    guarded = without_formulas(text)
    assert guarded.replace("'", "") == text.replace("'", "")
    if not any(start in text for start in STARTS) and text[:1] not in {"\t", "\r", "\n"}:
        assert guarded == text


@given(cells=st.lists(texts | st.text(max_size=4), max_size=5))
@example(cells=["a", "\t"])
@example(cells=["\ud800=", "x"])
def test_together_texts_become_what_each_becomes_alone(cells: list[str]) -> None:
    assert list(all_without_formulas(cells)) == [without_formulas(cell) for cell in cells]


def test_together_no_place_of_a_formula_is_missed() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    before = re.findall(f"[{_SEPARATORS}{_SKIPPED}]", everything)
    assert len(before) > 4_000
    for character in before:
        for start in STARTS:
            for text in (f"{character}{start}1", f"a{character}{start}1", f"a;{character}{start}1"):
                assert list(all_without_formulas(["b", text, "c"])) == ["b", without_formulas(text), "c"], repr(text)


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1", "'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\0=1", "'\0'=1"),
        (" \u00a0=1", "' \u00a0=1"),
        ('"=1', "'\"=1"),
        ("a;=1", "a;'=1"),
        ("a\t@b", "a\t'@b"),
        ("a\n-b", "a\n'-b"),
        ("a\u2028+b", "a\u2028'+b"),
        ('a; "=1', "a; \"'=1"),
        ("a,,=b,+c", "a,,'=b,'+c"),
        ("+49 30 1, +49 30 2", "'+49 30 1, '+49 30 2"),
        ("a=b", "a=b"),
        ("ada@contoso.example", "ada@contoso.example"),
        ("11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-555555555555"),
        ('M\u00fcller; "Ada", 1', 'M\u00fcller; "Ada", 1'),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_a_single_quote_stands_before_what_could_begin_a_cell(text: str, guarded: str) -> None:
    assert without_formulas(text) == guarded


def test_raw_csv_has_every_value_as_it_is() -> None:
    values = ["=1", "a;+b", "\t@x", "-"]
    rows = list(csv.reader(io.StringIO(written(values, ["-c"], raw=True), newline="")))
    assert rows == [["id", "-c"], *([value, value] for value in values)]
