"""Evidence: the request on whose answer a check's outcome rests, and how it came there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entra_tui.model.finding import CheckId, CheckResult, Evidence
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.graph.trace import Exchange

_EMPTY: Final = Evidence()
_DISCOVERY: Final = "/.well-known/openid-configuration"


def exchanges_behind(context: CheckContext, check: CheckId) -> tuple[Exchange, ...]:
    """The requests on which a check's word rests, oldest first: its own, and those whose answers it judges."""
    asked = context.asked
    own = asked.get(check, ())
    match check:
        case CheckId.CLOCK:
            return asked.get(CheckId.NETWORK, ())
        case CheckId.TENANT | CheckId.ENVIRONMENT:
            # Not by host: a test server is login and Graph in one.
            heard = (exchange for exchange in asked.get(CheckId.NETWORK, ()) if exchange.path.endswith(_DISCOVERY))
            return (*heard, *asked.get(CheckId.TENANT, ()))
        case CheckId.PERMISSIONS:
            return asked.get(CheckId.SIGN_IN, ()) + own
        case _:
            return own


def with_evidence(result: CheckResult, context: CheckContext) -> CheckResult:
    """`result` with the evidence of the last request behind it."""
    exchanges = exchanges_behind(context, result.check)
    if not exchanges:
        return result
    exchange = exchanges[-1]
    finding = result.finding
    told = finding.evidence if finding is not None else _EMPTY
    return replace(
        result,
        # An error names its own ids; where there is none, the answer's headers do.
        evidence=_on_its_way(_of_answer(exchange) if told == _EMPTY else told, exchange, context),
        finding=finding and replace(finding, evidence=_on_its_way(told, exchange, context)),
    )


def _on_its_way(evidence: Evidence, exchange: Exchange, context: CheckContext) -> Evidence:
    offset, environment = context.clock_offset, context.inputs.environment
    origins = {environment.login_host: environment.authority, environment.graph_host: environment.graph}
    return replace(
        evidence,
        clock_offset=None if offset is None else round(offset),
        proxy=context.http.proxy_for(origins.get(exchange.host, f"https://{exchange.host}")),
        certificate_issuer=exchange.certificate_issuer or None,
    )


def _of_answer(exchange: Exchange) -> Evidence:
    headers = {name.lower(): harmless(value, limit=100) for name, value in exchange.response_headers}
    return Evidence(
        http_status=exchange.status,
        correlation_id=headers.get("client-request-id"),
        request_id=headers.get("request-id") or headers.get("x-ms-request-id"),
        timestamp=headers.get("date"),
    )
