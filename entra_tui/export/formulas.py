"""Texts that no spreadsheet runs as a formula, whichever separator it splits a CSV file at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_STARTS: Final = "=+@\uff1d\uff0b\uff0d\uff20\\-"
"""What begins a formula: `= + - @` and their full-width forms, which East Asian editions take for the same."""

_SEPARATORS: Final = ",;|\t\n\v\f\r\x00\x1c-\x1e\x85\u2028\u2029"
"""Where one reader or another ends a cell or a line."""

_UNSEEN: Final = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f"
)
"""Characters that show nothing (Unicode's Default_Ignorable_Code_Point), and the others that only format (Cf)."""

_SKIPPED: Final = f'\\s"\x00-\x1f\x7f-\x9f{_UNSEEN}'
"""What a reader may drop before it looks at a cell: blanks, quotation marks, characters that show nothing."""

_AT_THE_START: Final = re.compile(rf"[\t\r\n]|[{_SKIPPED}]*[{_STARTS}]")
_WITHIN: Final = re.compile(rf"[{_SEPARATORS}][{_SKIPPED}]*(?=[{_STARTS}])")
_GUARD: Final = "'"

_LEADING: Final = b"=+-@\xef"
"""Bytes of UTF-8 that a formula may begin with."""

_PLAIN: Final = {*range(ord("!"), ord("~") + 1)} - {*b'",;|'}
"""Bytes of UTF-8 after which no cell begins, nor any formula, unless they are among `_LEADING`."""

_KINDS: Final = bytes(b"=a,"[0 if byte in _LEADING else 1 if byte in _PLAIN else 2] for byte in range(256))
"""What each byte of UTF-8 may be: a formula's first one (`=`), nothing of the kind (`a`), or one before it (`,`)."""


def without_formulas(text: str) -> str:
    """`text` with a single quote before each place where a cell could begin with a formula; most stay as they are.

    Such a place is the start (before blanks and the like, and also before a tab or a line break, as OWASP's page on CSV
    injection advises), and what follows a comma, a semicolon, a tab, a line break and other separators.
    """
    guarded = _WITHIN.sub(lambda found: f"{found[0]}{_GUARD}", text)
    return f"{_GUARD}{guarded}" if _AT_THE_START.match(text) else guarded


def all_without_formulas(texts: Sequence[str]) -> Sequence[str]:
    """`texts`, each as `without_formulas` gives it, sooner than one by one where none needs a quote."""
    # A comma ends a cell, so what begins a text is found like any other place.
    together = f",{','.join(texts)}"
    return [*map(without_formulas, texts)] if _needs_quotes(together) else texts


def _needs_quotes(together: str) -> bool:
    """Whether any of the cells does. A look at the bytes, which nearly all pass, takes a tenth of the search's time."""
    if "\t" in together or "\r" in together or "\n" in together:
        return True
    return b",=" in together.encode("utf-8", "replace").translate(_KINDS) and bool(_WITHIN.search(together))
