"""A report opened in Troubleshoot: the same findings, without a network, whatever had been typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.app import ReplayApp
from entra_tui.report.document import read_report, write_report
from entra_tui.screens.ladder import LadderScreen
from entra_tui.screens.troubleshoot import TroubleshootScreen
from entra_tui.services import open_replay
from entra_tui.storage.folders import Folders
from entra_tui.widgets.credential_fields import CredentialFields
from tests.report.recorded import record
from tests.screens.stage import seen, settle, until

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("scenario", ["missing-permission", "secret-id", "swapped-ids", "domain-name"])
async def test_a_report_shows_the_recorded_checks_and_runs_again(scenario: str, tmp_path: Path) -> None:
    report = read_report(write_report((await record(scenario)).report))
    app = ReplayApp(open_replay(Folders.locate(tmp_path), report))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(2):
            await until(pilot, lambda: app.screen.has_class("-ended"))
            await settle(pilot)
            screen = app.screen
            assert isinstance(screen, LadderScreen)
            assert screen._ladder_run.results == report.results
            assert "recorded run" in seen(app)
            await pilot.press("a")
        await until(pilot, lambda: app.screen.has_class("-ended"))
        assert len(app.services.http.trace.exchanges) == 3 * len(report.exchanges)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, TroubleshootScreen)
        assert app.screen.query_one(CredentialFields).tenant_id == report.inputs.tenant
        assert report.inputs.client_id in seen(app)
