"""Text from outside, made harmless and tidy."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_ZERO_WIDTH: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\ufe0e\ufe0f")
_QUOTES: Final = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a"
_BRACES: Final = {"{": "}", "(": ")", "[": "]", "<": ">"}
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT_FORMAT: Final = frozenset("\u200c")
# Joiner, presentation selectors, skin tones: terminals differ in how many cells such a sequence takes.
_JOINING: Final = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# What keyboards, word processors and directories write for an apostrophe.
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("`\u00b4\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032\uff07", "'"))

# Beyond Latin letters that are whole; Latin has these apostrophes of its own.
_INVOLVED: Final = re.compile("[^\0-\u02ff]|[\u02b9\u02bb\u02bc]")


def harmless(text: str, *, limit: int = 4096) -> str:
    """`text` with nothing in it that a terminal, or a reader's eye, could be tricked by.

    Control characters (escape sequences with them), bidirectional overrides, private and unassigned code points
    become U+FFFD; tabs and line breaks become blanks; the non-joiner that scripts need stays. An emoji that is joined
    of several is shown as its parts, so that it takes the same cells in every terminal. At most `limit` characters.
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        # Nearly every text; a look at each character takes many times as long.
        return text
    shown = text[:limit]
    cleaned = "".join(" " if character in "\t\r\n\u2028\u2029" else _visible(character) for character in shown)
    return cleaned if len(text) <= limit else cleaned[:-1] + "…"


def _visible(character: str) -> str:
    if character in _JOINING:
        return ""
    if character in _KEPT_FORMAT or unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    return "\N{REPLACEMENT CHARACTER}"


def search_key(text: str) -> str:
    """`text` as it is searched and sorted: two spellings of one text give one key, and a key gives itself.

    Case, composition (NFC, NFD), width, ligatures and the kind of apostrophe make no difference. A key can always be
    encoded: half a surrogate pair becomes a question mark.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    if not _INVOLVED.search(text) and unicodedata.is_normalized("NFKC", text):
        # Most names that are not ASCII; the whole way takes ten times as long.
        return unicodedata.normalize("NFKC", text.casefold()).replace("`", "'")
    whole = text.encode("utf-8", "replace").decode()
    # Apostrophes go first, since compatibility makes a blank and an accent of one of them, and last, since it makes
    # another one of a wide sign. Decomposed, an iota below is folded as Unicode's default caseless matching asks.
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", whole).translate(_APOSTROPHES))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", plain.casefold()).casefold())
    return folded.translate(_APOSTROPHES)


def search_keys(texts: Sequence[str]) -> list[str]:
    """The `search_key` of each text, sooner than one by one where they are ASCII."""
    together = "\0".join(texts)
    if together.isascii() and together.count("\0") == len(texts) - 1:
        return search_key(together).split("\0")
    if "`" in together:
        return [*map(search_key, texts)]
    return [text.lower() if text.isascii() else search_key(text) for text in texts]


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
