"""What can go wrong between a program and Microsoft, one function for each kind.

Another fault of an answer is another kind and its effect, here and nowhere else; `fault_board` tells when it strikes.
Faults of the connection strike before a request is sent; `transport` and `server` make them real.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from entra_tui.simulator.graph_api.errors import GraphRefusal
from entra_tui.simulator.login.errors import SignInRefusal
from entra_tui.simulator.messages import Answer, Delivery
from entra_tui.simulator.sites import Service
from entra_tui.simulator.traffic import Traffic, covers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from entra_tui.simulator.messages import IncomingRequest

FOREIGN_HOST: Final = "graph.attacker.example"
"""Where a foreign nextLink leads."""


class RetryAfter(Enum):
    """How an answer says when to come back."""

    SECONDS = "seconds"
    DATE = "date"
    ABSENT = "absent"


class FaultKind(Enum):
    """What goes wrong."""

    THROTTLED = "throttled"
    SERVER_ERROR = "server-error"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    SIGN_IN_ERROR = "sign-in-error"
    EXPIRED_PAGE_TOKEN = "expired-page-token"
    EXPIRED_DELTA_TOKEN = "expired-delta-token"
    CUT_CONNECTION = "cut-connection"
    CUT_BODY = "cut-body"
    BAD_JSON = "bad-json"
    HTML_PAGE = "html-page"
    SLOW = "slow"
    EMPTY_PAGE = "empty-page"
    REPEATED_PAGE = "repeated-page"
    NEXT_LINK_LOOP = "next-link-loop"
    FOREIGN_NEXT_LINK = "foreign-next-link"
    MISSING_VALUE = "missing-value"
    MISSING_LINK = "missing-link"
    NAME_NOT_RESOLVED = "name-not-resolved"
    CONNECTION_REFUSED = "connection-refused"
    CONNECT_TIMEOUT = "connect-timeout"
    CERTIFICATE_UNTRUSTED = "certificate-untrusted"


CONNECTION_FAULTS: Final = frozenset(
    {
        FaultKind.NAME_NOT_RESOLVED,
        FaultKind.CONNECTION_REFUSED,
        FaultKind.CONNECT_TIMEOUT,
        FaultKind.CERTIFICATE_UNTRUSTED,
    }
)
"""Faults that strike before a request is sent."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: What.
        where: Which requests; for a fault of the connection `login`, `graph` or `any`.
        after: How many such requests pass first.
        times: How many are struck; None for all from then on.
        status: HTTP status of `server-error`.
        retry_after: How `throttled` and `server-error` say when to come back.
        seconds: The wait that they name; how long `slow` takes.
        code: AADSTS number of `sign-in-error`.
        pages_only: Whether only requests for a further page are struck, or counted.
    """

    kind: FaultKind
    where: Traffic
    after: int = 0
    times: int | None = 1
    status: int = 503
    retry_after: RetryAfter = RetryAfter.SECONDS
    seconds: float = 5.0
    code: int = 0
    pages_only: bool = False


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that meets a request.

    Attributes:
        fault: The fault.
        request: The request.
        now: The moment.
        proceed: Gives the answer that would be right.
        before: The answer that was given to the request of the same kind before; None for the first.
        number: How many requests of the kind came before.
    """

    fault: Fault
    request: IncomingRequest
    now: datetime
    proceed: Callable[[], Answer]
    before: Answer | None
    number: int


def _come_back(strike: Strike) -> tuple[tuple[str, str], ...]:
    seconds = strike.fault.seconds
    match strike.fault.retry_after:
        case RetryAfter.SECONDS:
            return (("Retry-After", str(max(1, round(seconds)))),)
        case RetryAfter.DATE:
            moment = strike.now + timedelta(seconds=max(1, round(seconds)))
            return (("Retry-After", format_datetime(moment.replace(microsecond=0), usegmt=True)),)
        case RetryAfter.ABSENT:
            return ()


def _throttled(strike: Strike) -> Answer:
    if covers(Traffic.LOGIN, _service_traffic(strike)):
        raise SignInRefusal(90055, headers=_come_back(strike))
    raise GraphRefusal(
        429,
        "TooManyRequests",
        "Too many requests: the resource unit limit of this app in this tenant is exceeded.",
        ("x-ms-throttle-information", "ResourceUnitLimitExceeded"),
        *_come_back(strike),
    )


def _service_traffic(strike: Strike) -> Traffic:
    is_graph = strike.request.site.service is Service.GRAPH or strike.request.path.startswith("/v1.0")
    return Traffic.GRAPH if is_graph else Traffic.LOGIN


_SERVER_ERRORS: Final = {
    500: ("UnknownError", "An unknown error occurred."),
    502: ("UnknownError", "Bad gateway."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable. Try again."),
    504: ("GatewayTimeout", "The gateway got no answer in time."),
}
_SIGN_IN_SERVER_ERRORS: Final = {500: 50000, 502: 90033, 503: 90033, 504: 90024}


def _server_error(strike: Strike) -> Answer:
    status = strike.fault.status
    if _service_traffic(strike) is Traffic.LOGIN:
        raise SignInRefusal(_SIGN_IN_SERVER_ERRORS[status], headers=_come_back(strike))
    raise GraphRefusal(status, *_SERVER_ERRORS[status], *_come_back(strike))


def _unauthorized(strike: Strike) -> Answer:
    del strike
    raise GraphRefusal(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")


def _forbidden(strike: Strike) -> Answer:
    del strike
    raise GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _sign_in_error(strike: Strike) -> Answer:
    claims = '{"access_token":{"capolids":{"essential":true,"values":["3f1c9d52-6a7e-4b80-9c31-7d5e2a4f8b16"]}}}'
    form, tenant = strike.request.form(), strike.request.path.split("/")[1]
    raise SignInRefusal(
        strike.fault.code,
        claims=claims if strike.fault.code == 53003 else "",  # noqa: PLR2004
        client_id=form.get("client_id", ""),
        scope=form.get("scope", ""),
        tenant=tenant,
        tenant_id=tenant,
        tenant_name=tenant,
    )


def _expired_page_token(strike: Strike) -> Answer:
    del strike
    raise GraphRefusal(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")


def _expired_delta_token(strike: Strike) -> Answer:
    site, path = strike.request.site, strike.request.path
    raise GraphRefusal(
        410,
        "syncStateNotFound",
        "The sync state of this delta token is gone. Start over with a full query.",
        ("Location", f"{site.origin}{path}?$deltatoken="),
    )


def _cut_connection(strike: Strike) -> Answer:
    return replace(strike.proceed(), delivery=Delivery.CUT_BEFORE_ANSWER)


def _cut_body(strike: Strike) -> Answer:
    return replace(strike.proceed(), delivery=Delivery.CUT_IN_BODY)


def _bad_json(strike: Strike) -> Answer:
    right = strike.proceed()
    return replace(right, body=right.body[: len(right.body) * 2 // 3])


_PROXY_PAGE: Final = b"""<!DOCTYPE html>
<html><head><title>Network sign-in</title></head>
<body><h1>Company proxy</h1><p>Your session has ended. <a href="https://proxy.example/login">Sign in again</a>.</p>
</body></html>
"""


def _html_page(strike: Strike) -> Answer:
    del strike
    return Answer(200, _PROXY_PAGE, (("Content-Type", "text/html; charset=utf-8"),))


def _slow(strike: Strike) -> Answer:
    return replace(strike.proceed(), delay=strike.fault.seconds)


def _rewritten(answer: Answer, change: Callable[[dict[str, Any]], None]) -> Answer:
    if answer.status != 200:  # noqa: PLR2004
        return answer
    document = json.loads(answer.body)
    change(document)
    return replace(answer, body=json.dumps(document, ensure_ascii=False).encode())


def _link_to(strike: Strike, mark: str = "") -> str:
    request = strike.request
    return f"{request.site.origin}{request.path}?{request.query}{mark}"


def _empty_page(strike: Strike) -> Answer:
    if "token=latest" in strike.request.query:
        return strike.proceed()
    mark = f".{strike.number}" if "token=" in strike.request.query else "&$skiptoken="

    def change(document: dict[str, Any]) -> None:
        document.pop("@odata.deltaLink", None)
        document["value"] = []
        document["@odata.nextLink"] = _link_to(strike, mark)

    return _rewritten(strike.proceed(), change)


def _repeated_page(strike: Strike) -> Answer:
    if strike.before is None or "token=" not in strike.request.query:
        return strike.proceed()

    def change(document: dict[str, Any]) -> None:
        document.pop("@odata.deltaLink", None)
        document["@odata.nextLink"] = _link_to(strike, f".{strike.number}")

    return _rewritten(strike.before, change)


def _next_link_loop(strike: Strike) -> Answer:
    def change(document: dict[str, Any]) -> None:
        document.pop("@odata.deltaLink", None)
        document["@odata.nextLink"] = _link_to(strike)

    return _rewritten(strike.proceed(), change)


def _foreign_next_link(strike: Strike) -> Answer:
    def change(document: dict[str, Any]) -> None:
        link = urlsplit(document.get("@odata.nextLink") or _link_to(strike))
        document.pop("@odata.deltaLink", None)
        document["@odata.nextLink"] = link._replace(netloc=FOREIGN_HOST).geturl()

    return _rewritten(strike.proceed(), change)


def _missing_value(strike: Strike) -> Answer:
    return _rewritten(strike.proceed(), lambda document: document.pop("value", None))


def _missing_link(strike: Strike) -> Answer:
    def change(document: dict[str, Any]) -> None:
        document.pop("@odata.nextLink", None)
        document.pop("@odata.deltaLink", None)

    return _rewritten(strike.proceed(), change)


EFFECTS: Final[dict[FaultKind, Callable[[Strike], Answer]]] = {
    FaultKind.THROTTLED: _throttled,
    FaultKind.SERVER_ERROR: _server_error,
    FaultKind.UNAUTHORIZED: _unauthorized,
    FaultKind.FORBIDDEN: _forbidden,
    FaultKind.SIGN_IN_ERROR: _sign_in_error,
    FaultKind.EXPIRED_PAGE_TOKEN: _expired_page_token,
    FaultKind.EXPIRED_DELTA_TOKEN: _expired_delta_token,
    FaultKind.CUT_CONNECTION: _cut_connection,
    FaultKind.CUT_BODY: _cut_body,
    FaultKind.BAD_JSON: _bad_json,
    FaultKind.HTML_PAGE: _html_page,
    FaultKind.SLOW: _slow,
    FaultKind.EMPTY_PAGE: _empty_page,
    FaultKind.REPEATED_PAGE: _repeated_page,
    FaultKind.NEXT_LINK_LOOP: _next_link_loop,
    FaultKind.FOREIGN_NEXT_LINK: _foreign_next_link,
    FaultKind.MISSING_VALUE: _missing_value,
    FaultKind.MISSING_LINK: _missing_link,
}
"""What each fault of an answer does to it."""

PAGE_TOKEN: Final = "$skiptoken="
"""What a request for a further page has in its query."""

ONLY_WITH: Final = {FaultKind.EXPIRED_PAGE_TOKEN: PAGE_TOKEN, FaultKind.EXPIRED_DELTA_TOKEN: "$deltatoken="}
"""Faults that kill a token, and what a request that brings one has in its query."""
