"""One screen as an SVG that looks the same everywhere: no fonts from the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.app import App

_FONT_FACES: Final = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)
_FAMILY: Final = re.compile(r"font-family:\s*Fira Code, monospace")
_SAFE_FAMILY: Final = "font-family: 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def draw(app: App[int]) -> str:
    """The present screen as an SVG document, ending in a line break."""
    svg = app.export_screenshot(title="entra-tui")
    lines = _FAMILY.sub(_SAFE_FAMILY, _FONT_FACES.sub("", svg)).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"
