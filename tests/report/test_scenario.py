from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.model.finding import CheckStatus
from entra_tui.report.document import read_report, write_report
from entra_tui.report.errors import ReportError
from entra_tui.report.scenario import scenario_text
from entra_tui.simulator.scenario import list_scenarios
from entra_tui.simulator.scenario_file import parse_scenario
from tests.report.recorded import record

if TYPE_CHECKING:
    from entra_tui.model.finding import CheckResult
    from entra_tui.simulator.specification import Scenario


def _told(results: list[CheckResult]) -> list[tuple[str, str, str]]:
    return [(each.check.value, each.status.value, each.finding.code if each.finding else "") for each in results]


@pytest.mark.parametrize("anonymous", [False, True], ids=["named", "anonymous"])
@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)
async def test_a_scenario_made_from_a_report_shows_the_same(scenario: Scenario, anonymous: bool) -> None:
    first = await record(scenario, anonymous=anonymous)
    made = parse_scenario(
        scenario_text(read_report(write_report(first.report))), name="reported", source="reported.toml"
    )
    again = await record(made)
    assert _told(again.results) == _told(first.results)
    broken = next((each for each in first.results if each.finding), None)
    assert (made.expected.check, made.expected.code) == (
        (broken.check, broken.finding.code) if broken and broken.finding else (None, None)
    )
    assert made.expected.healthy == all(each.status is not CheckStatus.FAILED for each in first.results)


async def test_what_cannot_be_shown_is_said() -> None:
    report = (await record("wrong-secret")).report
    text = write_report(report).replace("AADSTS7000215", "organization-mismatch")
    with pytest.raises(ReportError, match="cannot show organization-mismatch"):
        scenario_text(read_report(text))
