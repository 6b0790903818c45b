"""Checks and findings as lines for a person: plain, wrapped, readable without color."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.commands.console import Color
from entra_tui.model.finding import CheckStatus, is_healthy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.commands.console import Console
    from entra_tui.model.finding import CheckResult, Finding

_SIGNS: Final = {
    CheckStatus.PASSED: ("\N{CHECK MARK}", "+", Color.GREEN),
    CheckStatus.WARNING: ("!", "!", Color.YELLOW),
    CheckStatus.FAILED: ("\N{BALLOT X}", "x", Color.RED),
    CheckStatus.SKIPPED: ("-", "-", Color.DIM),
}
_WORD_WIDTH: Final = max(len(status.value) for status in CheckStatus)
_ID_WIDTH: Final = 13


def write_result(result: CheckResult, console: Console) -> None:
    """One rung: sign, word, name, summary; then what its finding says."""
    unicode_sign, ascii_sign, color = _SIGNS[result.status]
    sign = unicode_sign if console.speaks_unicode else ascii_sign
    lead = f"{sign} {result.status.value:<{_WORD_WIDTH}}"
    painted = console.paint(lead, color)
    # The escape sequences of a color take no room, but the wrapping would count them.
    body = f"  {result.check.value:<{_ID_WIDTH}}  "
    first, *rest = console.wrap(result.summary, lead=lead + body)
    console.write(painted + first.removeprefix(lead))
    for line in rest:
        console.write(line)
    if result.finding is not None:
        console.write()
        write_finding(result.finding, console)
        console.write()


def write_finding(finding: Finding, console: Console) -> None:
    """Cause, remedy, who, link, the service's own words and the ids that support will ask for."""
    console.write_wrapped(finding.cause, lead="  Cause    ")
    for number, step in enumerate(finding.remedy, start=1):
        console.write_wrapped(f"{number}. {step}", lead="  Remedy   " if number == 1 else " " * 11, indent=" " * 14)
    if finding.who:
        console.write_wrapped(finding.who, lead="  Who      ")
    if finding.link:
        # On one line of its own length, so that it can be copied or clicked.
        console.write(f"  Link     {finding.link}")
    if finding.message:
        console.write_wrapped(finding.message, lead="  Message  ")
    console.write(f"  Code     {finding.code}")
    for label, value in finding.evidence.labelled():
        console.write(f"  {label:<16} {value}")


def write_verdict(results: Sequence[CheckResult], console: Console) -> None:
    """The last line: healthy or not, in numbers."""
    counts = {status: sum(result.status is status for result in results) for status in CheckStatus}
    told = ", ".join(f"{count} {status.value}" for status, count in counts.items() if count)
    healthy = is_healthy(results)
    word = "Healthy" if healthy else "Not healthy"
    console.write(f"{console.paint(word, Color.GREEN if healthy else Color.RED)}: {told}.")
