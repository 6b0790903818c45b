"""F1 explains what has the focus first, then the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Checkbox, Input, Select

from entra_tui.screens.create_connector import CreateConnectorScreen
from entra_tui.screens.focus_help import topic_of
from entra_tui.screens.frame import Frame
from entra_tui.screens.help import HelpScreen
from entra_tui.widgets.field import SecretInput
from tests.random_keys.places import PLACES, furnish
from tests.screens.stage import Stage, seen, settle

if TYPE_CHECKING:
    from pathlib import Path

_SAYS_NOTHING = {topic.text for topic in (topic_of(Input()), topic_of(Button("x"))) if topic is not None}


@pytest.mark.parametrize("place", PLACES)
async def test_every_field_and_button_has_words_of_its_own(place: str, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await furnish(stage)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        stage.app.push_screen(PLACES[place](stage), lambda _: None)
        await settle(pilot)
        screen = stage.app.screen
        if not hasattr(screen, "action_help"):
            # A menu, a page or a yes or no that says all of it by itself.
            assert not isinstance(screen, Frame)
            return
        for widget in (*screen.query(Input), *screen.query(Select), *screen.query(Checkbox), *screen.query(Button)):
            topic = topic_of(widget)
            assert topic is not None
            chosen_by_label = widget.has_class("filter") or widget.has_class("format")
            assert chosen_by_label or topic.text not in _SAYS_NOTHING, widget


async def test_the_field_comes_before_the_screen(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 40)) as pilot:
        screen = CreateConnectorScreen(stage.services)
        await stage.app.push_screen(screen)
        await settle(pilot)
        screen.query_one(SecretInput).focus()
        await pilot.press("f1")
        await settle(pilot)
        assert isinstance(stage.app.screen, HelpScreen)
        words = " ".join(seen(stage.app).split())
        field = words.index("The Value of the client secret, not the Secret ID")
        assert field < words.index("This screen") < words.index("Enter the Tenant ID") < words.index("Shift+Tab")
        await pilot.press("escape")
        screen.query_one("#save").focus()
        await pilot.press("f1")
        await settle(pilot)
        assert "Check and save" in seen(stage.app)
        assert "Runs every check on what is in the form" in seen(stage.app)


async def test_without_a_focus_the_screen_comes_first(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.app.screen.set_focus(None)
        await pilot.press("f1")
        await settle(pilot)
        assert "This screen" not in seen(stage.app)
