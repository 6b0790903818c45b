"""Lines and signs of the screens in ASCII, for terminals that know no other."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_SIGNS: Final = str.maketrans(
    {
        "─": "-", "━": "-", "═": "-", "╌": "-", "│": "|", "┃": "|", "║": "|",
        "•": "*", "●": "*", "·": ".", "…": "~", "✓": "+", "✔": "+", "✗": "x", "✘": "x", "\u2573": "x",
        "▶": ">", "▸": ">", "►": ">", "▼": "v", "▾": "v", "▲": "^", "▴": "^", "◀": "<", "◂": "<",
        "←": "<", "→": ">", "↑": "^", "↓": "v", "↵": "<", "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'",
        "\u201c": '"', "\u201d": '"', "\N{REPLACEMENT CHARACTER}": "?",
        "▏": "|", "▎": "|", "▍": "|", "▌": "|", "▐": "|", "▕": "|", "▁": "_", "▔": "-", "▀": "-", "▄": "_",
        "░": ".", "▒": ":", "▓": "#", "█": "#",
    }
)  # fmt: skip
_BOXES: Final = range(0x2500, 0x2580)
_BLOCKS: Final = range(0x2580, 0x2600)


class AsciiOnly(LineFilter):
    """Writes every line and sign in ASCII; letters, which come from a directory, stay what they are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments in ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment("".join(map(_ascii, segment.text.translate(_SIGNS))), segment.style, segment.control)
            for segment in segments
        ]


def _ascii(character: str) -> str:
    code = ord(character)
    if code in _BOXES:
        return "+"
    if code in _BLOCKS:
        return "#"
    if code > 0x7F and unicodedata.category(character).startswith(("S", "P", "Z")):  # noqa: PLR2004 - the end of ASCII
        return "?" if unicodedata.east_asian_width(character) not in {"W", "F"} else "??"
    return character
