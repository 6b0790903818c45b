from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from entra_tui.model.text import clean_paste, harmless, search_key, search_keys

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_NASTY = _BIDI + "\x1b\x9b\x00\x7f\u2028\ue000\ud800\u200b\ufeff \t\n\r\"'{}()"
_JOINED = "\u200d\u200c\ufe0e\ufe0f\u0301\N{MAN}\N{RAINBOW}\N{WAVING WHITE FLAG}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}"
# As lists, since `st.text` would weigh the nasty ones like any other of a million characters.
_ANY_TEXT = st.lists(st.characters() | st.sampled_from(_NASTY)).map("".join)


@given(_ANY_TEXT)
def test_nothing_that_drives_a_terminal_or_turns_text_round_survives(text: str) -> None:
    shown = harmless(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for character in shown)
    assert not set(shown) & set(_BIDI)
    shown.encode()  # no lone surrogate is left


def test_of_ascii_all_that_prints_stays() -> None:
    for character in map(chr, range(128)):
        shown = " " if character in "\t\r\n" else character if " " <= character <= "~" else "\ufffd"
        assert harmless(character) == shown
        assert harmless(f"a{character}", limit=2) == f"a{shown}"
        assert harmless(f"a{character}", limit=1) == "…"


@given(_ANY_TEXT, st.integers(min_value=1, max_value=50))
def test_no_more_than_the_limit_is_shown(text: str, limit: int) -> None:
    assert len(harmless(text, limit=limit)) <= limit


@given(_ANY_TEXT)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


def test_what_was_cut_shows_an_ellipsis() -> None:
    assert harmless("abcdef", limit=4) == "abc…"


def test_the_non_joiner_that_scripts_need_stays() -> None:
    assert harmless("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") == (
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}", "\N{MAN}\N{WOMAN}\N{GIRL}"),
        ("\N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}\u200d\N{ROCKET}", "\N{WOMAN}\N{ROCKET}"),
        ("\N{WAVING WHITE FLAG}\ufe0f\u200d\N{RAINBOW}", "\N{WAVING WHITE FLAG}\N{RAINBOW}"),
        ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u0dbb\u0dd3"),
    ],
)
def test_what_is_joined_is_shown_as_its_parts(text: str, parts: str) -> None:
    assert harmless(text) == parts


@given(st.lists(st.characters() | st.sampled_from(_JOINED)).map("".join))
def test_a_text_takes_the_cells_of_its_characters(text: str) -> None:
    shown = harmless(text)
    assert cell_len(shown) == sum(cell_len(character) for character in shown)


@given(_ANY_TEXT, st.booleans())
def test_cleaning_twice_changes_nothing_more(text: str, unwrap: bool) -> None:
    once = clean_paste(text, unwrap=unwrap).value
    again = clean_paste(once, unwrap=unwrap)
    assert again.value == once
    assert again.removed == ()


@pytest.mark.parametrize(
    ("pasted", "value", "removed"),
    [
        ("value", "value", ()),
        ("  value\t", "value", ("blanks",)),
        ("\nvalue", "value", ("line breaks",)),
        ("\r\n\r\nvalue\r\n", "value", ("line breaks",)),
        ("value\nsecond line", "value", ("line breaks",)),
        ("\u200bval\ufeffue\u00ad", "value", ("invisible characters",)),
        ('"value"', "value", ("quotes",)),
        ("\u201cvalue\u201d", "value", ("quotes",)),
        ("{value}", "value", ("braces",)),
        ("<( value )>", "value", ("braces",)),
        ('\n "{value}"\n', "value", ("line breaks", "blanks", "quotes", "braces")),
        ("{value]", "{value]", ()),
        ('"', '"', ()),
        ('""', "", ("quotes",)),
        ("", "", ()),
        (" \n\t\n", "", ("line breaks",)),
    ],
)
def test_a_paste_loses_its_wrapping_and_says_which(pasted: str, value: str, removed: tuple[str, ...]) -> None:
    cleaned = clean_paste(pasted)
    assert (cleaned.value, cleaned.removed) == (value, removed)


def test_a_secret_keeps_its_own_quotes_and_braces() -> None:
    assert clean_paste(' {"abc"} ', unwrap=False).value == '{"abc"}'


@given(_ANY_TEXT)
def test_a_search_key_gives_itself_and_can_be_stored(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    key.encode()


@given(_ANY_TEXT, st.sampled_from(["NFC", "NFD"]))
def test_composition_and_case_make_no_difference_to_a_search(text: str, form: Literal["NFC", "NFD"]) -> None:
    assert search_key(unicodedata.normalize(form, text)) == search_key(text)
    assert search_key(text.casefold()) == search_key(text)


@given(st.text(st.characters(max_codepoint=0x2FF)))
def test_the_short_way_to_a_search_key_gives_what_the_long_one_gives(text: str) -> None:
    assert search_key(text + "\N{GREEK SMALL LETTER ALPHA}") == search_key(text) + "\N{GREEK SMALL LETTER ALPHA}"


@pytest.mark.parametrize("apostrophe", "'\N{RIGHT SINGLE QUOTATION MARK}\u2018\u201b\u02bc\u02bb\u2032`\u00b4\uff07")
def test_every_apostrophe_is_one_to_a_search(apostrophe: str) -> None:
    assert search_key(f"Se\u00e1n O{apostrophe}Brien") == search_key("SEA\u0301N O'BRIEN")
    assert search_key(f"O{apostrophe}Brien") == "o'brien"


@given(st.lists(st.text(max_size=6) | st.sampled_from(["\0", "a`B", "ẞ", "\uff21"]), max_size=6))
def test_search_keys_are_those_of_each_text(texts: list[str]) -> None:
    assert search_keys(texts) == [search_key(text) for text in texts]


@given(st.text(max_size=6), st.text(max_size=6))
def test_a_key_of_lines_is_the_keys_of_the_lines(first: str, second: str) -> None:
    assert search_key(f"{first}\n{second}") == f"{search_key(first)}\n{search_key(second)}"
