"""The demo in a real browser: it opens, takes keys at once, and goes to step 2 with nothing from the internet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from entra_tui.simulator.scenario import find_scenario
from tests.browser.chromium import BROWSER, open_tab
from tests.browser.served import served

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
async def test_the_demo_in_a_browser(tmp_path: Path) -> None:
    async with served(tmp_path / "home") as page, open_tab(tmp_path) as tab:
        await tab.do("Page.navigate", url=page.address)
        await tab.until_received("Everything works")
        assert await tab.evaluate("document.title") == "entra-tui: a demo on a practice tenant"
        # The page gives the keys to the program without a click.
        await tab.until_true("document.activeElement.className === 'xterm-helper-textarea'")
        scenarios = await tab.picture()
        await tab.press("ArrowDown")
        await tab.until_received("nobody granted admin consent")
        await tab.press("Enter")
        await tab.until_received("Practice tenant: Consent is still missing")
        await tab.press("Enter")
        await tab.until_received("Find the tenant")
        await tab.press("F5")
        await tab.until_received(find_scenario("no-consent").inputs.tenant)
        await tab.press("Enter")
        await tab.until_received("Found in Azure Public Cloud")
        await tab.press("Enter")
        await tab.until_received("Find the app")
        (tmp_path / "step-2.png").write_bytes(picture := await tab.picture())
        assert picture != scenarios
        hosts = {urlsplit(address).netloc for address in tab.requests if not address.startswith("data:")}
        assert hosts == {urlsplit(page.address).netloc}
        assert await tab.evaluate("document.fonts.check('16px \"Roboto Mono\"')") is True
