"""The plain page of a step hands over what a colleague needs, and writes it where only its owner reads."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from entra_tui.onboarding import Step
from entra_tui.screens.plain_page import PlainPage
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_step_is_written_to_a_file(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home")
    async with walk.started():
        await walk.to(Step.SECRET)
        await walk.press("f3")
        await walk.until(lambda: isinstance(walk.app.screen, PlainPage))
        await walk.until_seen("Azure CLI (bash)")
        await walk.press("w")
        await walk.until_seen("Written, for you alone")
    file = tmp_path / "home" / "hand-over-step-3.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert f"az ad app credential reset --id {walk.inputs.client_id} \\\n  --append" in text
    assert walk.inputs.secret.reveal() not in text


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home")
    async with walk.started():
        await walk.to(Step.REGISTRATION)
        (tmp_path / "home" / "hand-over-step-2.txt").mkdir()
        await walk.press("f3")
        await walk.until(lambda: isinstance(walk.app.screen, PlainPage))
        await walk.press("w")
        await walk.until_seen("cannot be written")


async def test_the_secret_is_shown_on_purpose_only(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home")
    secret = walk.inputs.secret.reveal()
    async with walk.started():
        await walk.to(Step.CONNECTOR)
        await walk.press("f3")
        await walk.until(lambda: isinstance(walk.app.screen, PlainPage))
        await walk.until_seen("hand it over by itself")
        assert secret not in walk.text
        await walk.tab_to("secret")
        await walk.press("enter")
        await walk.until_seen(secret)
        await walk.press("w")
        await walk.until_seen("Written, for you alone")
        await walk.press("enter")
        await walk.until(lambda: secret not in walk.text)
    assert secret not in (tmp_path / "home" / "hand-over-step-6.txt").read_text(encoding="utf-8")
