"""Texts that no spreadsheet runs as a formula, whichever separator it splits a CSV file at."""

from __future__ import annotations

import re
from typing import Final

_STARTS: Final = "=+@\uff1d\uff0b\uff0d\uff20\\-"
"""What begins a formula: `= + - @` and their full-width forms, which East Asian editions take for the same."""

_SEPARATORS: Final = ",;|\t\n\v\f\r\x00\x1c-\x1e\x85\u2028\u2029"
"""Where one reader or another ends a cell or a line."""

_SKIPPED: Final = '\\s"\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff'
"""What a reader may drop before it looks at a cell: blanks, quotation marks, characters that show nothing."""

_AT_THE_START: Final = re.compile(rf"[\t\r\n]|[{_SKIPPED}]*[{_STARTS}]")
_WITHIN: Final = re.compile(rf"[{_SEPARATORS}][{_SKIPPED}]*(?=[{_STARTS}])")
_GUARD: Final = "'"


def without_formulas(text: str) -> str:
    """`text` with a single quote before each place where a cell could begin with a formula; most stay as they are.

    Such a place is the start (before blanks and the like, and also before a tab or a line break, as OWASP's page on CSV
    injection advises), and what follows a comma, a semicolon, a tab, a line break and other separators.
    """
    guarded = _WITHIN.sub(lambda found: f"{found[0]}{_GUARD}", text)
    return f"{_GUARD}{guarded}" if _AT_THE_START.match(text) else guarded
