"""One screen as an SVG that looks the same everywhere: no fonts from the network, no blanks that a viewer may drop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.app import App

_FONT_FACES: Final = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)
_FAMILY: Final = re.compile(r"font-family:\s*Fira Code, monospace")
_SAFE_FAMILY: Final = "font-family: 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
_TEXT: Final = re.compile(
    r'(<text class="[^"]*-r\d+" )x="([\d.]+)"( y="[\d.]+" )textLength="([\d.]+)"([^>]*>)([^<]*)(</text>)'
)
_BLANK: Final = "&#160;"
_CELL: Final = 12.2
"""Width of one character cell, as Rich draws it."""


def draw(app: App[int]) -> str:
    """The present screen as an SVG document, ending in a line break."""
    svg = app.export_screenshot(title="entra-tui")
    svg = _TEXT.sub(_without_outer_blanks, _FAMILY.sub(_SAFE_FAMILY, _FONT_FACES.sub("", svg)))
    return "\n".join(line.rstrip() for line in svg.splitlines()).strip() + "\n"


def _without_outer_blanks(text: re.Match[str]) -> str:
    """Some viewers drop blanks at the ends of a text, and then stretch the rest to the whole width."""
    opening, x, y, width, rest, content, closing = text.groups()
    inner = content
    while inner.startswith(_BLANK):
        inner = inner.removeprefix(_BLANK)
    before = (len(content) - len(inner)) // len(_BLANK)
    while inner.endswith(_BLANK):
        inner = inner.removesuffix(_BLANK)
    dropped = (len(content) - len(inner)) // len(_BLANK)
    if not inner:
        return ""
    place = f'x="{float(x) + before * _CELL:.5g}"{y}textLength="{float(width) - dropped * _CELL:.5g}"'
    return f"{opening}{place}{rest}{inner}{closing}"
