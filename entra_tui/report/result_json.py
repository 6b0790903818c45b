"""A check's result in the file, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from entra_tui.model.finding import CheckId, CheckResult, CheckStatus, Evidence, Finding
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from entra_tui.report.members import Members


def result_object(result: CheckResult) -> dict[str, Any]:
    """Plain values."""
    finding = result.finding
    return {
        "id": result.check.value,
        "status": result.status.value,
        "summary": result.summary,
        "evidence": asdict(result.evidence),
        "finding": None if finding is None else {**asdict(finding), "remedy": list(finding.remedy)},
    }


def result_of(members: Members) -> CheckResult:
    """A result, with nothing in its texts that a terminal could be tricked by.

    Raises:
        ReportError: A member is missing or of another kind.
    """
    try:
        check, status = CheckId(members.text("id")), CheckStatus(members.text("status"))
    except ValueError:
        raise members.odd("id") from None
    finding = _finding(members.members("finding")) if members.has("finding") else None
    # Not there in a report of a version that kept it of findings only.
    evidence = _evidence(members.members("evidence")) if members.has("evidence") else Evidence()
    return CheckResult(check, status, harmless(members.text("summary")), finding, evidence)


def _evidence(members: Members) -> Evidence:
    def optional(name: str) -> str | None:
        return harmless(members.text(name), limit=200) if members.has(name) else None

    return Evidence(
        http_status=members.integer("http_status", most=999) if members.has("http_status") else None,
        correlation_id=optional("correlation_id"),
        request_id=optional("request_id"),
        timestamp=optional("timestamp"),
        clock_offset=round(members.number("clock_offset", least=-1e10, most=1e10))
        if members.has("clock_offset")
        else None,
        proxy=optional("proxy"),
        certificate_issuer=optional("certificate_issuer"),
    )


def _finding(members: Members) -> Finding:
    return Finding(
        code=harmless(members.text("code"), limit=200),
        title=harmless(members.text("title")),
        cause=harmless(members.text("cause")),
        remedy=tuple(harmless(step) for step in members.texts("remedy")),
        who=harmless(members.text("who")),
        link=harmless(members.text("link")) if members.has("link") else None,
        evidence=_evidence(members.members("evidence")),
        message=harmless(members.text("message")),
        may_pass=members.flag("may_pass"),
    )
