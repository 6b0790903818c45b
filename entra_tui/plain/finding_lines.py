"""Checks and findings as sentences that a screen reader can read from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.finding import CheckId

if TYPE_CHECKING:
    from entra_tui.model.finding import CheckResult, Finding
    from entra_tui.plain.dialogue import Dialogue


def say_result(result: CheckResult, dialogue: Dialogue) -> None:
    """One line for a check, such as `Tenant: passed. ...`, and what its finding says."""
    dialogue.say(f"{check_label(result.check)}: {result.status.value}. {result.summary}")
    if result.finding is not None:
        say_finding(result.finding, dialogue)


def check_label(check: CheckId) -> str:
    """A check's name at the beginning of a line."""
    return "Secret expiry" if check is CheckId.SECRET_EXPIRY else check.value.capitalize()


def say_finding(finding: Finding, dialogue: Dialogue) -> None:
    """What is wrong, why, what to do, who can do it, where, and what Microsoft's support will ask for."""
    dialogue.say(f"Finding: {finding.title}. Code: {finding.code}")
    dialogue.say(f"Cause: {finding.cause}")
    for number, step in enumerate(finding.remedy, start=1):
        dialogue.say(f"Remedy {number}: {step}")
    if finding.who:
        dialogue.say(f"Who can do it: {finding.who}")
    if finding.link:
        dialogue.say("Link:")
        dialogue.say_verbatim(finding.link)
    if finding.message:
        dialogue.say(f"Message: {finding.message}")
    for label, value in finding.evidence.labelled():
        dialogue.say(f"{label}: {value}")
