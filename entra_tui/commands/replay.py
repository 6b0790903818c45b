"""`entra-tui replay`: a recorded run as JSON, and as a scenario of the practice tenant."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.finding_json import report_object
from entra_tui.model.finding import is_healthy
from entra_tui.report.document import same_ladder
from entra_tui.report.replay import replay
from entra_tui.report.scenario import scenario_text
from entra_tui.storage.private_output import private_output

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.commands.console import Console
    from entra_tui.report.report import Report


def show_replay(console: Console, report: Report) -> ExitCode:
    """Run the recorded checks again and print what they say as JSON.

    Returns:
        DONE when everything held, FAILED otherwise.
    """
    results = asyncio.run(replay(report))
    if not same_ladder(report.results, results):
        console.narrate(
            "This version of entra-tui judges the recorded answers in another way than the one that made the report."
        )
    console.write_json(report_object(results))
    return ExitCode.DONE if is_healthy(results) else ExitCode.FAILED


def write_scenario(console: Console, report: Report, target: Path) -> ExitCode:
    """Write a scenario file that brings the practice tenant into the recorded state.

    Raises:
        ReportError: It cannot be brought into that state.
        StorageError: The file cannot be written.
    """
    text = scenario_text(report)
    with private_output(target) as file:
        file.write(text.encode())
    console.narrate(f"Written to {target}; `entra-tui demo {target}` shows it.")
    return ExitCode.DONE
