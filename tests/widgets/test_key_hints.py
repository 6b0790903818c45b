"""The line of keys."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from entra_tui.widgets.key_hints import KeyHints


class Keys(App[None]):
    """Two keys of its own, one of them with a second name and one not for now, and a field with another."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False),
        Binding("f1,question_mark", "tell('help')", "Help", key_display="F1"),
        Binding("f3", "later", "Later", key_display="F3"),
        Binding("f2", "tell('requests')", "Requests", key_display="F2"),
    ]

    told = ""

    def compose(self) -> ComposeResult:
        yield Input(id="one")
        yield Input(id="two")
        yield KeyHints()

    def action_tell(self, what: str) -> None:
        self.told = what

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "later" else super().check_action(action, parameters)


async def test_each_action_stands_once_with_its_first_key() -> None:
    app = Keys()
    async with app.run_test(size=(40, 5)):
        line = app.query_one(KeyHints)
        assert str(line.content) == " F1 Help  F3 Later  F2 Requests "
        assert [hint.enabled for hint in line.hints] == [True, False, True]


@pytest.mark.parametrize(("x", "told"), [(0, "help"), (8, "help"), (20, "requests"), (31, "requests"), (36, "")])
async def test_a_click_on_a_key_presses_it(x: int, told: str) -> None:
    app = Keys()
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.click(KeyHints, offset=(x, 0))
        await pilot.pause()
        assert app.told == told


async def test_the_line_is_not_drawn_again_where_it_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Keys()
    async with app.run_test(size=(40, 5)) as pilot:
        line = app.query_one(KeyHints)
        drawn: list[object] = []
        monkeypatch.setattr(line, "update", lambda content, **_: drawn.append(content))
        await pilot.press("tab")
        await pilot.pause()
        assert app.focused is app.query_one("#two")
        assert drawn == []
