"""What a check says: a status, a sentence and, where something is wrong, a finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class CheckId(Enum):
    """The rungs of the verification ladder, in order."""

    INPUT = "input"
    NETWORK = "network"
    CLOCK = "clock"
    TENANT = "tenant"
    ENVIRONMENT = "environment"
    SIGN_IN = "sign-in"
    PERMISSIONS = "permissions"
    READ = "read"
    SECRET_EXPIRY = "secret-expiry"


class CheckStatus(Enum):
    """How a check ended."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What Microsoft's support will ask for. Members are None where there was no answer or it did not say.

    Attributes:
        http_status: Status of the answer.
        correlation_id: `correlation_id` of a sign-in error, `client-request-id` of a Graph answer.
        request_id: `trace_id` of a sign-in error, `request-id` of a Graph answer.
        timestamp: As Microsoft wrote it.
        clock_offset: Whole seconds by which Microsoft's clock is ahead of this machine's.
        proxy: Host and port of the proxy that led there; None where none did.
        certificate_issuer: Who issued the certificate that came.
    """

    http_status: int | None = None
    correlation_id: str | None = None
    request_id: str | None = None
    timestamp: str | None = None
    clock_offset: int | None = None
    proxy: str | None = None
    certificate_issuer: str | None = None

    def labelled(self) -> tuple[tuple[str, str], ...]:
        """What is known, each with its label; of the clocks only that they are a minute or more apart."""
        offset = self.clock_offset or 0
        apart = abs(offset) >= 60  # noqa: PLR2004 - below that, rounding and the way of the answer make it
        members = (
            ("HTTP status", self.http_status),
            ("Correlation ID", self.correlation_id),
            ("Request ID", self.request_id),
            ("Time", self.timestamp),
            ("Clock", f"Microsoft's is {abs(offset):,} s {'ahead' if offset > 0 else 'behind'}" if apart else None),
            ("Proxy", self.proxy),
            ("Certificate", f"issued by {self.certificate_issuer}" if self.certificate_issuer else None),
        )
        return tuple((label, str(value)) for label, value in members if value is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong: what, why, and who can do what about it.

    Attributes:
        code: `AADSTS7000215`, a Graph code such as `Authorization_RequestDenied`, or one of ours such as
            `secret-id-pasted`.
        title: What was seen, in a few words.
        cause: The likely cause, in a sentence or two.
        remedy: What to do, step by step.
        who: Which role can do it.
        link: Where to click, for this cloud; None where no page helps.
        evidence: Ids and times of the answer.
        message: The service's own words, cleaned of control characters; empty where there were none.
        may_pass: True when waiting can help, since Microsoft may not have spread a change yet.
    """

    code: str
    title: str
    cause: str
    remedy: tuple[str, ...]
    who: str = ""
    link: str | None = None
    evidence: Evidence = field(default_factory=Evidence)
    message: str = ""
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One rung's outcome.

    Attributes:
        check: Which rung.
        status: How it ended.
        summary: One sentence that says what was seen.
        finding: What is wrong, when `status` is WARNING or FAILED.
        evidence: Of the request on whose answer the outcome rests; empty where there was none.
    """

    check: CheckId
    status: CheckStatus
    summary: str
    finding: Finding | None = None
    evidence: Evidence = field(default_factory=Evidence)


def is_healthy(results: Iterable[CheckResult]) -> bool:
    """Whether no check failed; a warning does not count against it."""
    return all(result.status is not CheckStatus.FAILED for result in results)
