"""Every scenario that comes with the package plays by itself to the end that it was made for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from entra_tui.demo import Autoplay, DemoApp, PracticeTenants
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.scenario import find_scenario, list_scenarios

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.simulator.specification import Scenario

_FEWER: Final = {"large-tenant": 2_000}


async def play(scenario: Scenario, folder: Path, size: tuple[int, int]) -> int | None:
    """The exit code."""
    tenants = PracticeTenants(folder, users=_FEWER.get(scenario.name), clock=ManualClock())
    app = DemoApp(tenants.open(scenario), tenants, scenario, autoplay=Autoplay(exits=True))
    async with app.run_test(size=size):
        while app.return_code is None:  # noqa: ASYNC110 - an application has no event for its end
            await asyncio.sleep(0.01)
    return app.return_code


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)
async def test_a_scenario_plays_to_its_end(scenario: Scenario, size: tuple[int, int], tmp_path: Path) -> None:
    assert await play(scenario, tmp_path, size) == 0


async def test_another_end_than_expected_is_told(tmp_path: Path) -> None:
    scenario = find_scenario("healthy")
    wrong = replace(scenario, expected=replace(scenario.expected, entries=7))
    assert await play(wrong, tmp_path, (80, 24)) == 1
