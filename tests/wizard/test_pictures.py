"""A picture of every screen and state, and what holds for all of them at 80x24 and at 60x20."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual.geometry import Size
from textual.widgets import Button, Checkbox, Label, Static

from entra_tui.widgets.key_hints import KeyHints
from entra_tui.widgets.title_bar import SIMULATED, TitleBar
from tests.pictures import LEAST, USUAL, WIDE, assert_as_before, take
from tests.wizard.states import STATES
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion
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

_LEAST = (
    "connector",
    "connector-type",
    "connectors",
    "consent-half-way",
    "create-form",
    "home-draft",
    "permissions-missing",
    "plain-page",
    "registration-failing",
    "remove",
    "secret-proven",
    "synchronized",
    "tenant-proven",
)
"""One of each screen and step, where the least size leaves the rail out."""


@pytest.mark.parametrize("name", sorted(STATES))
async def test_it_looks_as_it_did(name: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    scenario, go = STATES[name]
    sizes = [USUAL, *([WIDE] if name in _WIDE else []), *([LEAST] if name in _LEAST else [])]
    async with Walk(tmp_path / "home", scenario).started(USUAL) as walk:
        await go(walk)
        taken = await take(walk.pilot, sizes)
        for size in (USUAL, LEAST):
            await walk.pilot.resize_terminal(*size)
            _assert_nothing_is_cut_and_the_keys_fit(walk, size[0])
    assert_as_before(snapshot, name, taken, tmp_path)


def _assert_nothing_is_cut_and_the_keys_fit(walk: Walk, width: int) -> None:
    screen = walk.app.screen
    assert [_words(widget) for widget in screen.query("*") if _is_cut(widget)] == [], f"at {width} columns"
    for line in screen.query(KeyHints):
        assert len(line.hints) <= 5
        assert cell_len(str(line.content)) <= width
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
    if isinstance(widget, Button):
        return cell_len(_words(widget)) > room.width
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
