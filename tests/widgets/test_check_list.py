from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.containers import VerticalScroll

from entra_tui.checks.ladder import LADDER
from entra_tui.model.finding import CheckResult, CheckStatus
from entra_tui.widgets.check_list import CheckLine, CheckList
from tests.screens.stage import until

if TYPE_CHECKING:
    from textual.app import ComposeResult

HEIGHT = 8


class Checks(App[int]):
    """A list of checks in less room than it needs."""

    def compose(self) -> ComposeResult:
        yield VerticalScroll(CheckList(LADDER))


@pytest.mark.parametrize("together", [1, 2, 3, len(LADDER)])
async def test_the_newest_result_stays_in_sight_however_long_those_before_are(together: int) -> None:
    app = Checks()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        checks = app.query_one(CheckList)
        checks.begin()
        for number, check in enumerate(LADDER, 1):
            checks.show(CheckResult(check, CheckStatus.PASSED, "A text that takes more than one row here, or two."))
            if number % together == 0:
                await pilot.pause()
        newest = list(app.query(CheckLine))[-1]
        await until(pilot, lambda: newest.region.height > 1 and newest.region.bottom <= HEIGHT)


async def test_lines_that_were_skipped_do_not_scroll_what_failed_out_of_sight() -> None:
    app = Checks()
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        checks = app.query_one(CheckList)
        checks.begin()
        first, *others = LADDER
        checks.show(CheckResult(first, CheckStatus.FAILED, "A text that takes more than one row here, or two."))
        for check in others:
            checks.show(CheckResult(check, CheckStatus.SKIPPED, "Not checked."))
        await pilot.pause()
        failed, *_, last = app.query(CheckLine)
        await until(pilot, lambda: failed.region.height > 1 and last.region.y >= HEIGHT)
        assert failed.region.y == 0
