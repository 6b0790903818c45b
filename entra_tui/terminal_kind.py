"""What kind of terminal this is, told by the environment before anything is drawn."""

from __future__ import annotations

import codecs
import locale
import os
import sys
from typing import Final

_BROWSER_DRIVER: Final = "textual.drivers.web_driver:WebDriver"
_CANNOT_DRAW: Final = frozenset({"", "dumb", "unknown"})


def is_browser() -> bool:
    """Whether `entra-tui serve` has started this process, so that a page in a browser is its terminal."""
    return os.environ.get("TEXTUAL_DRIVER") == _BROWSER_DRIVER


def wants_lines() -> bool:
    """Whether plain lines are wanted (`ACCESSIBLE=1`), or all that a terminal without cursor movement can show."""
    if os.environ.get("ACCESSIBLE", "0") not in {"", "0"}:
        return True
    # Windows sets no TERM, and its terminals can draw.
    return sys.platform != "win32" and os.environ.get("TERM", "") in _CANNOT_DRAW


def shows_unicode() -> bool:
    """Whether the locale's encoding is a UTF one; Python's own UTF-8 mode in the C locale does not count."""
    if is_browser():
        return True
    try:
        return codecs.lookup(locale.getencoding()).name.startswith("utf")
    except LookupError:
        return False
