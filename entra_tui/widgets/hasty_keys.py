"""Mends what Textual 8.2.8 makes of keys that come quicker than it draws, as they do over a slow line.

Each of these would end the program or leave it without a screen:

- Page Down in a list of options that is not laid out yet: the menus, what a Select opens, the command palette.
- `dismiss` of a screen that is no longer in front, by a second Enter or Esc: the screen below is taken away instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.widgets import OptionList

if TYPE_CHECKING:
    from textual._widget_navigation import Direction

_move_page: Final = OptionList._move_page  # noqa: SLF001 - where the defect is
_dismiss: Final = Screen.dismiss


def _move_page_if_laid_out(self: OptionList, direction: Direction) -> None:
    if self.scrollable_content_region:
        _move_page(self, direction)


def _dismiss_if_in_front(self: Screen[object], result: object | None = None) -> AwaitComplete:
    return _dismiss(self, result) if self.is_active else AwaitComplete()


def mend_hasty_keys() -> None:
    """From now on such a key does nothing."""
    OptionList._move_page = _move_page_if_laid_out  # type: ignore[method-assign]  # noqa: SLF001
    Screen.dismiss = _dismiss_if_in_front  # type: ignore[method-assign, assignment]
