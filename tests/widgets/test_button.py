from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from entra_tui.widgets.button import Button

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Counting(App[None]):
    presses = 0

    def compose(self) -> Iterable[Button]:
        yield Button("Check", id="check")

    def on_button_pressed(self) -> None:
        self.presses += 1


async def test_presses_that_follow_each_other_at_once_all_count() -> None:
    app = _Counting()
    async with app.run_test() as pilot:
        await pilot.press("enter", "enter", "enter")
        assert app.presses == 3
