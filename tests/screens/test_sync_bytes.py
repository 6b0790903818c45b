"""What a synchronization sends while it runs: a few redraws a second, each of a few bytes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from textual._compositor import ChopsUpdate, LayoutUpdate

from entra_tui.app import EntraApp
from entra_tui.screens.sync import SyncScreen
from entra_tui.widgets import sync_view
from entra_tui.widgets.repaint import Changes
from entra_tui.widgets.sync_view import SyncView
from tests.screens.scripted_sync import ScriptedSync
from tests.screens.stage import seen, until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from rich.console import RenderableType
    from textual.screen import Screen

    from tests.screens.stage import Stage

A_SECOND = 1_000
REDRAWS = math.ceil(1 / sync_view._REDRAW_SECONDS)
"""In a second, at most."""


async def test_a_second_of_it_is_less_than_a_thousand_bytes(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = 0

    def count(app: EntraApp, screen: Screen[object], renderable: RenderableType | None) -> None:
        nonlocal sent
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            sent += len(Changes(renderable, app._picture).render_segments(app.console).encode())

    monkeypatch.setattr(EntraApp, "_display", count)
    # The redraws are made by hand, so that none comes in between.
    monkeypatch.setattr(sync_view, "_REDRAW_SECONDS", 3600)
    stage = open_stage()
    stage.services.remember_secret(stage.connector, stage.secret)
    await stage.save()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        script = ScriptedSync(stage)
        stage.app.push_screen(SyncScreen(stage.services, stage.connector))
        await until(pilot, lambda: "10,000" in seen(stage.app))
        view = stage.app.screen.query_one(SyncView)
        for _ in range(5):
            sent = 0
            for _ in range(REDRAWS):
                stage.clock.advance(1 / REDRAWS)
                view._redraw()
                await pilot.pause()
            assert sent < A_SECOND, f"{sent} bytes in a second"
        sent = 0
        view._redraw()
        await pilot.pause()
        assert sent == 0, "nothing has changed, and yet it sent"
        script.release()
