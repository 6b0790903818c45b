"""The list of connectors names where each signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.screens.connectors import ConnectorsScreen
from tests.screens.stage import seen, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.screens.stage import Stage

LONGEST = "Laboratory of the Contoso group, for tests of all connectors"


async def test_the_host_and_the_label_of_ones_own_environment_have_a_line_each(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    await stage.save()
    path = stage.services.settings.path
    text = path.read_text(encoding="utf-8").replace('environment = "public"', 'environment = "lab"')
    host = "login.laboratory.contoso.example"
    origins = f'authority = "https://{host}"\ngraph = "https://graph.contoso.example"\n'
    path.write_text(f'{text}\n[environments.lab]\nlabel = "{LONGEST}"\n{origins}', encoding="utf-8")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await stage.app.push_screen(ConnectorsScreen(stage.services))
        await settle(pilot)
        lines = [line.rstrip() for line in seen(stage.app).splitlines()]
    assert f"    Microsoft Entra ID at {host}" in lines
    assert f"    {LONGEST}" in lines
