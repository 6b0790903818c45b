"""The theme: one that is not known keeps nothing from starting, and one that is chosen is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import constants

from entra_tui.storage.settings import Preferences
from entra_tui.widgets.themes import DARK
from tests.screens.stage import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.app import EntraApp
    from tests.screens.stage import Stage


def told(app: EntraApp) -> str:
    return "\n".join(notification.message for notification in app._notifications)


@pytest.mark.parametrize("theme", ["nope", "ansi-nope", "Nord ", "\x1b[31m", "x" * 500])
async def test_a_theme_that_does_not_exist_is_named_and_passed_over(
    open_stage: Callable[..., Stage], theme: str
) -> None:
    before = open_stage()
    before.services.settings.set_preferences(Preferences(theme))
    app = open_stage().app
    async with app.run_test() as pilot:
        await settle(pilot)
        assert app.theme == DARK.name
        assert "theme" in told(app)
        assert "Ctrl+P" in told(app)
        assert "\x1b" not in told(app)
        # What a person wrote is theirs.
        assert app.services.settings.read().preferences.theme == theme


@pytest.mark.parametrize(
    ("variable", "theme", "is_told"),
    [
        ("nope", DARK.name, True),
        ("nope, nord", "nord", False),
        (",", DARK.name, True),
        ("entra-light", "entra-light", False),
    ],
)
async def test_the_variable_is_taken_as_textual_takes_it(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, variable: str, theme: str, is_told: bool
) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", variable)
    app = open_stage().app
    async with app.run_test() as pilot:
        await settle(pilot)
        assert app.theme == theme
        assert ("TEXTUAL_THEME" in told(app)) == is_told


async def test_what_only_textuals_developers_set_ends_nothing(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "DRIVER", "no.such:Driver")
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "many")
    app = open_stage().app
    assert (constants.DRIVER, constants.COLOR_SYSTEM) == (None, "auto")
    async with app.run_test() as pilot:
        await settle(pilot)
        assert app.theme == DARK.name


async def test_a_theme_that_is_chosen_is_there_the_next_time(open_stage: Callable[..., Stage]) -> None:
    first = open_stage()
    first.services.settings.set_preferences(Preferences(mouse=False))
    async with first.app.run_test() as pilot:
        first.app.theme = "nord"
        await settle(pilot)
    again = open_stage()
    assert again.app.theme == "nord"
    assert again.services.settings.read().preferences == Preferences("nord", mouse=False)


async def test_a_theme_that_cannot_be_kept_is_used(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    path = stage.services.settings.path
    async with stage.app.run_test() as pilot:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("this is no TOML", encoding="utf-8")
        path.chmod(0o600)
        stage.app.theme = "nord"
        await settle(pilot)
        assert stage.app.theme == "nord"
        assert "cannot be kept" in told(stage.app)
    assert path.read_text(encoding="utf-8") == "this is no TOML"
