"""Text from outside, made harmless and tidy."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

_ZERO_WIDTH: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\ufe0e\ufe0f")
_QUOTES: Final = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a"
_BRACES: Final = {"{": "}", "(": ")", "[": "]", "<": ">"}
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT_FORMAT: Final = frozenset("\u200c")
# Joiner, presentation selectors, skin tones: terminals differ in how many cells such a sequence takes.
_JOINING: Final = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


def harmless(text: str, *, limit: int = 4096) -> str:
    """`text` with nothing in it that a terminal, or a reader's eye, could be tricked by.

    Control characters (escape sequences with them), bidirectional overrides, private and unassigned code points
    become U+FFFD; tabs and line breaks become blanks; the non-joiner that scripts need stays. An emoji that is joined
    of several is shown as its parts, so that it takes the same cells in every terminal. At most `limit` characters.
    """
    shown = text[:limit]
    cleaned = "".join(" " if character in "\t\r\n\u2028\u2029" else _visible(character) for character in shown)
    return cleaned if len(text) <= limit else cleaned[:-1] + "…"


def _visible(character: str) -> str:
    if character in _JOINING:
        return ""
    if character in _KEPT_FORMAT or unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    return "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A pasted value without its wrapping.

    Attributes:
        value: What is left.
        removed: What was taken off, in a person's words, such as `quotes`; empty when nothing was.
    """

    value: str
    removed: tuple[str, ...] = ()


def clean_paste(text: str, *, unwrap: bool = True) -> Cleaned:
    """Take off what a paste brings along: line breaks, blanks, invisible characters, quotes, braces.

    Args:
        text: As it came from the clipboard or a field. Of several lines the first that is not blank counts.
        unwrap: Whether a pair of quotes or braces around the whole is taken off too; not for a client secret,
            which may hold them.
    """
    removed: list[str] = []
    visible = "".join(character for character in text if character not in _ZERO_WIDTH)
    if visible != text:
        removed.append("invisible characters")
    lines = [line for line in visible.splitlines() if line.strip()]
    value = lines[0] if lines else ""
    if len(visible.splitlines()) > 1 or visible[-1:] in {"\n", "\r"}:
        removed.append("line breaks")
    if value.strip() != value:
        removed.append("blanks")
        value = value.strip()
    if unwrap:
        value = _unwrap(value, removed)
    return Cleaned(value, tuple(dict.fromkeys(removed)))


def _unwrap(value: str, removed: list[str]) -> str:
    while len(value) > 1:
        first, last = value[0], value[-1]
        if first in _QUOTES and last in _QUOTES:
            removed.append("quotes")
        elif _BRACES.get(first) == last:
            removed.append("braces")
        else:
            break
        value = value[1:-1].strip()
    return value


def search_key(text: str) -> str:
    """`text` folded for a search."""
    return text.casefold()
