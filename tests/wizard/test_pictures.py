"""A picture of every screen and state at 80x24 and 120x40, and what holds for all of them at 80x24."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.geometry import Size
from textual.widgets import Button, Checkbox, Footer, Label, Static

from entra_tui.widgets.title_bar import SIMULATED, TitleBar
from tests.wizard.states import STATES
from tests.wizard.walk import SMALL, WIDE, Walk

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widget import Widget


_WIDE = (
    "connector-proven",
    "connector-type",
    "connectors",
    "consent-half-way",
    "create-form",
    "help",
    "home-connectors",
    "permissions-proven",
    "plain-page",
    "registration-proven",
    "remove",
    "secret-proven",
    "synchronized",
    "tenant-proven",
)
"""One of each screen and step, where a second column makes it look otherwise."""

_PICTURES = [
    *(pytest.param(name, SMALL, id=f"{name}-80x24") for name in sorted(STATES)),
    *(pytest.param(name, WIDE, id=f"{name}-120x40") for name in _WIDE),
]


@pytest.mark.parametrize(("name", "size"), _PICTURES)
def test_it_looks_as_it_did(name: str, size: tuple[int, int], tmp_path: Path, snap_compare: object) -> None:
    scenario, go = STATES[name]
    walk = Walk(tmp_path / "home", scenario)

    async def there(pilot: Pilot[int]) -> None:
        walk.watch(pilot)
        await walk.at_home()
        await go(walk)
        await pilot.pause()

    assert callable(snap_compare)
    assert snap_compare(walk.app, terminal_size=size, run_before=there)


@pytest.mark.parametrize("name", sorted(STATES))
async def test_nothing_is_cut_and_the_keys_fit(name: str, tmp_path: Path) -> None:
    scenario, go = STATES[name]
    async with Walk(tmp_path / "home", scenario).started() as walk:
        await go(walk)
        screen = walk.app.screen
        assert [_words(widget) for widget in screen.query("*") if _is_cut(widget)] == []
        for footer in screen.query(Footer):
            keys = [key for key in footer.children if key.display]
            assert len(keys) <= 5
            assert sum(key.outer_size.width for key in keys) <= 80
        if screen.query(TitleBar):
            assert SIMULATED in walk.lines[0]


def _is_cut(widget: Widget) -> bool:
    """Whether a text needs more room than it has; a list that scrolls is whole, an ellipsis is meant."""
    if not isinstance(widget, Static | Label | Button | Checkbox) or not widget.display or not widget.size:
        return False
    if widget.styles.text_overflow == "ellipsis":
        return False
    room = widget.content_size
    if not room.width:
        return True
    box = Size(*walk_size(widget))
    if widget.styles.height is not None and widget.styles.height.is_auto:
        return _longest_word(widget) > room.width
    return widget.get_content_height(box, box, room.width) > room.height


def walk_size(widget: Widget) -> tuple[int, int]:
    return widget.app.size.width, widget.app.size.height


def _longest_word(widget: Widget) -> int:
    # A GUID or an address that is wider than its column wraps; a word of a sentence must not.
    return max((len(word) for word in _words(widget).split() if word.isalpha()), default=0)


def _words(widget: Widget) -> str:
    if isinstance(widget, Button | Checkbox):
        return str(widget.label)
    return str(widget.content) if isinstance(widget, Static) else ""
