"""Everything that can go wrong between the program and Microsoft, as four exceptions."""

from __future__ import annotations

from enum import Enum
from typing import Final

from entra_tui.model.finding import Evidence

NO_EVIDENCE: Final = Evidence()


class RequestFailed(Exception):
    """A request did not bring what was asked for.

    Attributes:
        host: The host that was asked.
        evidence: Ids, status and time of the answer, where there was one.
    """

    def __init__(self, sentence: str, *, host: str, evidence: Evidence = NO_EVIDENCE) -> None:
        super().__init__(sentence)
        self.host = host
        self.evidence = evidence


class NetworkFault(Enum):
    """Why no answer came."""

    NAME = "name-not-resolved"
    REFUSED = "connection-refused"
    TIMEOUT = "timed-out"
    CERTIFICATE = "certificate-not-trusted"
    TLS = "tls-failed"
    CUT = "connection-cut"
    PROXY = "proxy-refused"
    ADDRESS = "address-malformed"


class Unreachable(RequestFailed):
    """No answer came, or only a part of it.

    Attributes:
        fault: Why.
        detail: The operating system's or the TLS library's own words.
        certificate_issuer: Who issued a certificate that was not trusted; empty where that is not known.
    """

    def __init__(self, fault: NetworkFault, *, host: str, detail: str = "", certificate_issuer: str = "") -> None:
        super().__init__(f"{host}: {fault.value}" + (f" ({detail})" if detail else ""), host=host)
        self.fault = fault
        self.detail = detail
        self.certificate_issuer = certificate_issuer


class AnswerFault(Enum):
    """Why an answer could not be used."""

    HTML = "html-answer"
    NOT_JSON = "not-json"
    SHAPE = "unexpected-shape"
    TOO_LARGE = "answer-too-large"
    REDIRECT = "redirected"
    LOOP = "paging-loop"
    EMPTY = "endless-empty-pages"
    SHORT = "short-read"


class Unreadable(RequestFailed):
    """An answer came that is not what the protocol says: a proxy's page, cut JSON, a page without `value`.

    Attributes:
        fault: What it was instead.
        detail: What exactly was missing or odd.
    """

    def __init__(self, fault: AnswerFault, *, host: str, detail: str = "", evidence: Evidence = NO_EVIDENCE) -> None:
        super().__init__(f"{host}: {fault.value} ({detail})", host=host, evidence=evidence)
        self.fault = fault
        self.detail = detail


class Refused(RequestFailed):
    """Microsoft answered with an error of its own.

    Follows the OAuth error body of Entra (entra-docs `reference-error-codes`) and the error resource of Graph
    (Graph docs `errors`).

    Attributes:
        status: HTTP status.
        code: `AADSTS7000215` for a sign-in error, Graph's deepest code otherwise; `HTTP 503` when the answer
            names none.
        error: OAuth's `error` member, such as `invalid_client`; empty for Graph.
        message: The service's own words, without the ids that follow them.
        suberror: OAuth's `suberror` member.
        location: The `Location` header, which a 410 of a delta query carries.
    """

    def __init__(
        self,
        *,
        host: str,
        status: int,
        code: str,
        error: str = "",
        message: str = "",
        suberror: str = "",
        location: str = "",
        evidence: Evidence,
    ) -> None:
        super().__init__(f"{host}: {status} {code}", host=host, evidence=evidence)
        self.status = status
        self.code = code
        self.error = error
        self.message = message
        self.suberror = suberror
        self.location = location


class UnsafeDestination(RequestFailed):
    """A link or an endpoint points to a host to which no token and no secret may be sent.

    Attributes:
        expected: The host that would have been right.
    """

    def __init__(self, *, host: str, expected: str) -> None:
        super().__init__(f"{host} is not {expected}", host=host)
        self.expected = expected


class WrongOrganization(RequestFailed):
    """Graph reads from another tenant than the one that is meant.

    Attributes:
        found: The organization's id.
        expected: The tenant ID.
    """

    def __init__(self, *, host: str, found: str, expected: str) -> None:
        super().__init__(f"{host}: the organization {found} is not the tenant {expected}", host=host)
        self.found = found
        self.expected = expected
