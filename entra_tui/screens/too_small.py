"""What shows in a terminal that is too small for any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.geometry import Size

NARROWEST: Final = 60
LOWEST: Final = 20


def is_too_small(size: Size) -> bool:
    """Whether no screen fits."""
    return size.width < NARROWEST or size.height < LOWEST


class TooSmall(ModalScreen[None]):
    """One line that says which size is needed; it covers everything until the terminal has grown."""

    DEFAULT_CSS = """
    /* With scrollbars that come and go, a terminal of a few cells would be laid out anew for ever. */
    TooSmall { background: $background; overflow: hidden; }
    TooSmall Static { width: 100%; height: 100%; }
    """

    def compose(self) -> ComposeResult:
        yield Static(
            f"Too small: entra-tui needs {NARROWEST} columns and {LOWEST} rows.",
            markup=False,
        )
