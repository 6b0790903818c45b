"""A check's result and a finding as JSON that others may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.finding import Evidence, is_healthy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.model.finding import CheckResult, Finding

_NO_EVIDENCE: Final = Evidence()


def report_object(results: Sequence[CheckResult]) -> dict[str, object]:
    """The whole ladder: `{"healthy", "checks": [{"id", "status", "summary", "finding"}]}`."""
    return {
        "healthy": is_healthy(results),
        "checks": [
            {
                "id": result.check.value,
                "status": result.status.value,
                "summary": result.summary,
                "finding": None if result.finding is None else finding_object(result.finding, result.evidence),
            }
            for result in results
        ],
    }


def finding_object(finding: Finding, behind: Evidence = _NO_EVIDENCE) -> dict[str, object]:
    """A finding: `code`, `title`, `cause`, `remedy` (a list), `who`, `link` (or null), `message`, `evidence`.

    Args:
        finding: What is wrong.
        behind: Of the request on which a finding of our own rests, such as a token that lacks a permission.
    """
    evidence = behind if finding.evidence.http_status is None else finding.evidence
    return {
        "code": finding.code,
        "title": finding.title,
        "cause": finding.cause,
        "remedy": list(finding.remedy),
        "who": finding.who,
        "link": finding.link,
        "message": finding.message,
        "evidence": _evidence_object(evidence),
    }


def _evidence_object(evidence: Evidence) -> dict[str, object]:
    # What the machine adds (clock, proxy, certificate) is for people and for the support report.
    return {
        "http_status": evidence.http_status,
        "correlation_id": evidence.correlation_id,
        "request_id": evidence.request_id,
        "timestamp": evidence.timestamp,
    }
