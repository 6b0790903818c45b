from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button, Input, Static

from entra_tui.report.document import load_report
from entra_tui.report.replay import replay
from entra_tui.screens.ladder import LadderScreen
from entra_tui.screens.report import ReportScreen
from entra_tui.screens.troubleshoot import TroubleshootScreen
from tests.screens.stage import settle, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.screens.stage import Stage


async def _report_of(pilot: Pilot[int], stage: Stage, target: Path) -> ReportScreen:
    await stage.save()
    stage.app.push_screen(TroubleshootScreen(stage.services))
    await settle(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: stage.app.screen.has_class("-ended"))
    await settle(pilot)
    assert isinstance(stage.app.screen, LadderScreen)
    await pilot.press("s")
    await settle(pilot)
    screen = stage.app.screen
    assert isinstance(screen, ReportScreen)
    await until(pilot, lambda: not screen.query_one("#write", Button).disabled)
    screen.query_one("#file", Input).value = str(target)
    await pilot.pause()
    return screen


def _said(screen: ReportScreen, which: str) -> str:
    return str(screen.query_one(which, Static).render())


async def test_a_report_is_shown_before_it_is_written(open_stage: Callable[..., Stage], tmp_path: Path) -> None:
    stage = open_stage("missing-permission")
    target = tmp_path / "report.md"
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await _report_of(pilot, stage, target)
        assert "No client secret, no token" in _said(screen, "#contents")
        assert stage.connector.tenant_id in _said(screen, "#contents")
        assert not target.exists()
        screen.query_one("#write", Button).press()
        await settle(pilot)
        assert "Only you can read that file." in _said(screen, "#result")
    assert target.stat().st_mode & 0o777 == 0o600
    report = load_report(target)
    assert await replay(report) == list(report.results)
    assert stage.secret.reveal() not in target.read_text(encoding="utf-8")


async def test_the_tenant_can_be_left_out_and_a_file_is_not_replaced_unasked(
    open_stage: Callable[..., Stage], tmp_path: Path
) -> None:
    stage = open_stage("healthy")
    target = tmp_path / "report.md"
    target.write_text("mine", encoding="utf-8")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await _report_of(pilot, stage, target)
        screen.query_one("#anonymous").focus()
        await pilot.press("space")
        await until(pilot, lambda: "made-up" in _said(screen, "#contents"))
        button = screen.query_one("#write", Button)
        await until(pilot, lambda: not button.disabled)
        button.press()
        await settle(pilot)
        assert target.read_text(encoding="utf-8") == "mine"
        assert "there already" in _said(screen, "#result")
        button.press()
        await settle(pilot)
    text = target.read_text(encoding="utf-8")
    assert stage.connector.tenant_id not in text
    assert load_report(target).anonymous


async def test_what_cannot_be_written_is_said(open_stage: Callable[..., Stage], tmp_path: Path) -> None:
    stage = open_stage("healthy")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        screen = await _report_of(pilot, stage, tmp_path / "nowhere" / "report.md")
        screen.query_one("#write", Button).press()
        await settle(pilot)
        assert "cannot be written" in _said(screen, "#result")
        for named, told in (
            (" ", "Name the file to write to."),
            (str(tmp_path / "report\0.md"), "There can be no such file; name another one."),
            (str(tmp_path / ("x" * 300)), "There can be no such file; name another one."),
        ):
            screen.query_one("#file", Input).value = named
            await pilot.pause()
            screen.query_one("#write", Button).press()
            await settle(pilot)
            assert told in _said(screen, "#result")
