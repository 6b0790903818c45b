"""The terminal that pictures are taken in."""

from __future__ import annotations

from typing import Final

PINNED: Final = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
