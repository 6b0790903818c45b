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
    return CheckResult(check, status, harmless(members.text("summary")), finding)


def _finding(members: Members) -> Finding:
    evidence = members.members("evidence")

    def optional(name: str) -> str | None:
        return harmless(evidence.text(name), limit=200) if evidence.has(name) else None

    return Finding(
        code=harmless(members.text("code"), limit=200),
        title=harmless(members.text("title")),
        cause=harmless(members.text("cause")),
        remedy=tuple(harmless(step) for step in members.texts("remedy")),
        who=harmless(members.text("who")),
        link=harmless(members.text("link")) if members.has("link") else None,
        evidence=Evidence(
            evidence.integer("http_status", most=999) if evidence.has("http_status") else None,
            optional("correlation_id"),
            optional("request_id"),
            optional("timestamp"),
        ),
        message=harmless(members.text("message")),
        may_pass=members.flag("may_pass"),
    )
