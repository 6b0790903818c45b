"""A check's result and a finding as JSON that others may rely on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from entra_tui.checks.ladder import is_healthy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.model.finding import CheckResult, Finding


def report_object(results: Sequence[CheckResult]) -> dict[str, object]:
    """The whole ladder: `{"healthy", "checks": [{"id", "status", "summary", "finding", "evidence"}]}`."""
    return {
        "healthy": is_healthy(results),
        "checks": [
            {
                "id": result.check.value,
                "status": result.status.value,
                "summary": result.summary,
                "finding": None if result.finding is None else finding_object(result.finding),
                "evidence": asdict(result.evidence),
            }
            for result in results
        ],
    }


def finding_object(finding: Finding) -> dict[str, object]:
    """A finding: `code`, `title`, `cause`, `remedy` (a list), `who`, `link` (or null), `message`, `evidence`."""
    return {
        "code": finding.code,
        "title": finding.title,
        "cause": finding.cause,
        "remedy": list(finding.remedy),
        "who": finding.who,
        "link": finding.link,
        "message": finding.message,
        "evidence": asdict(finding.evidence),
    }
