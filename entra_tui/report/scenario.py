"""From a report to a scenario file: a practice tenant in the state that the report shows.

`simulator/scenarios/README.md` documents the file. What the practice tenant has no state for becomes a fault.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import tomli_w

from entra_tui.graph.registration import read_registration
from entra_tui.model.environment import BUILT_IN
from entra_tui.model.fields import parse_guid
from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.report.errors import ReportError
from entra_tui.report.stand_ins import SECRET
from entra_tui.simulator.graph_permissions import app_roles_by_id, graph_permissions, scopes_by_id
from entra_tui.simulator.login.errors import sign_in_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.model.finding import Finding
    from entra_tui.report.report import Report

_AADSTS: Final = "AADSTS"
_MINUTE: Final = 60
_DAY: Final = 86_400
_OF_CONNECTION: Final = {
    "name-not-resolved": "name-not-resolved",
    "connection-refused": "connection-refused",
    "timed-out": "connect-timeout",
    "certificate-not-trusted": "certificate-untrusted",
}
_OF_ANSWER: Final = {
    "connection-cut": "cut-connection",
    "html-answer": "html-page",
    "not-json": "bad-json",
    "unexpected-shape": "missing-value",
    "Authorization_RequestDenied": "forbidden",
    "InvalidAuthenticationToken": "unauthorized",
    "TooManyRequests": "throttled",
}
_OF_APPLICATION: Final[Mapping[str, Mapping[str, object]]] = {
    "AADSTS7000222": {"secrets": [{"start_days": -181.0, "end_days": -1.0}]},
    "AADSTS700016": {"client_id": "a0000000-0000-4000-8000-000000000000"},
    "AADSTS7000112": {"enabled": False},
    "AADSTS7000229": {"service_principal": False},
    "consent-missing": {"granted": []},
    "permission-missing": {},
    "permission-delegated": {},
}
_TRAFFIC: Final = {
    "organization": "organization",
    "users": "users",
    "groups": "groups",
    "directoryroles": "directory-roles",
}
_SERVER_ERRORS: Final = range(500, 600)
_KNOWN_SERVER_ERRORS: Final = frozenset({500, 502, 503, 504})


def scenario_text(report: Report) -> str:
    """The text of a scenario file.

    Raises:
        ReportError: The practice tenant cannot be brought into that state.
    """
    document = _healthy(report)
    failed = next((result for result in report.results if result.status is CheckStatus.FAILED), None)
    warned = next((result for result in report.results if result.status is CheckStatus.WARNING), None)
    if failed is not None and failed.finding is not None:
        _break(document, report, failed.check, failed.finding)
    shown = failed or warned
    if shown is not None and shown.finding is not None:
        document["expected"] = {
            "healthy": failed is None,
            "check": shown.check.value,
            "code": shown.finding.code,
            "sync": "not-run" if failed else "completed",
        }
    return tomli_w.dumps(document)


def _healthy(report: Report) -> dict[str, Any]:
    """A tenant with the report's ids, permissions and times, in which all else is right."""
    inputs, token = report.inputs, report.token
    environment = inputs.environment.name if inputs.environment.built_in else BUILT_IN[0].name
    tenant_id, client_id = parse_guid(inputs.tenant), parse_guid(inputs.client_id)
    tenant: dict[str, Any] = {"id": tenant_id} if tenant_id else {"domain": inputs.tenant}
    application: dict[str, Any] = {"client_id": client_id} if client_id else {}
    if token is not None and token.readable:
        known = graph_permissions()
        application["granted"] = [role for role in token.roles if role in known and known[role].app_role_id]
        application["requested"] = application["granted"]
    application |= _registered(report)
    document: dict[str, Any] = {
        "title": f"As reported on {report.made:%Y-%m-%d}",
        "description": "Made from a support report; see [expected] for what the checks should say.",
        "environment": environment,
        "inputs": {"tenant": inputs.tenant, "client_id": inputs.client_id, "environment": environment},
        "tenant": tenant,
        "applications": [application],
    }
    if report.clock_offset is not None and abs(report.clock_offset) > _MINUTE:
        document["clock_skew_seconds"] = round(report.clock_offset)
    return document


def _registered(report: Report) -> dict[str, Any]:
    """What the report shows of the app registration."""
    for exchange in reversed(report.exchanges):
        if exchange.status != 200 or "/applications(" not in exchange.path:  # noqa: PLR2004
            continue
        try:
            body = json.loads(exchange.response_body)
        except (ValueError, RecursionError):
            break
        registration = read_registration(body) if isinstance(body, dict) else None
        if registration is None:
            break
        roles, scopes = app_roles_by_id(), scopes_by_id()
        found: dict[str, Any] = {
            "requested": sorted(roles[each].value for each in registration.roles if each in roles),
            "requested_delegated": sorted(scopes[each].value for each in registration.scopes if each in scopes),
        }
        ends = registration.end_of(SECRET[:3])
        if ends is not None:
            days = round((ends - report.made).total_seconds() / _DAY, 2)
            found["secrets"] = [{"start_days": min(-1.0, days - 180), "end_days": days}]
        return found
    return {}


def _break(document: dict[str, Any], report: Report, check: CheckId, finding: Finding) -> None:
    inputs, application = document["inputs"], document["applications"][0]
    match finding.code:
        case code if code in _OF_APPLICATION:
            application |= _OF_APPLICATION[code]
        case "tenant-client-swapped":
            document["tenant"] = {"id": inputs["client_id"]}
            application["client_id"] = inputs["tenant"]
        case "AADSTS90002":
            document["tenant"] = {}
        case "environment-mismatch" | "environment-gcc":
            _elsewhere(document, report)
        case "AADSTS7000215":
            inputs["client_secret"] = SECRET
        case _ if check is CheckId.INPUT:
            document["tenant"] = {}
            application.pop("client_id", None)
            if finding.code.startswith("secret-"):
                inputs["client_secret"] = report.inputs.secret.reveal()
        case code:
            document["faults"] = [_fault(code, report, check, finding)]


def _elsewhere(document: dict[str, Any], report: Report) -> None:
    """Let the tenant live where its OpenID configuration says."""
    for exchange in reversed(report.exchanges):
        if exchange.status == 200 and exchange.path.endswith("/openid-configuration"):  # noqa: PLR2004
            told = json.loads(exchange.response_body)
            for environment in BUILT_IN:
                if environment.graph_host == told.get("msgraph_host"):
                    document["environment"] = environment.name
                    sub_scope = told.get("tenant_region_sub_scope")
                    document["tenant"] |= {"region_sub_scope": sub_scope} if isinstance(sub_scope, str) else {}
                    return
    raise _impossible("environment-mismatch")


def _fault(code: str, report: Report, check: CheckId, finding: Finding) -> Mapping[str, object]:
    if code in _OF_CONNECTION:
        return {"kind": _OF_CONNECTION[code], "where": _service(report), "always": True}
    where = _traffic(report, check)
    if code.startswith(_AADSTS) and code.removeprefix(_AADSTS).isdigit():
        number = int(code.removeprefix(_AADSTS))
        if number not in sign_in_errors():
            raise _impossible(code)
        return {"kind": "sign-in-error", "where": where, "code": number, "always": True}
    if code in _OF_ANSWER:
        return {"kind": _OF_ANSWER[code], "where": where, "always": True}
    status = finding.evidence.http_status
    if status in _SERVER_ERRORS:
        known = status if status in _KNOWN_SERVER_ERRORS else 500
        return {"kind": "server-error", "where": where, "status": known, "always": True}
    raise _impossible(code)


def _service(report: Report) -> str:
    asked = {exchange.host for exchange in report.exchanges}
    # Where the login host already failed, nothing was asked of Graph.
    return "graph" if report.inputs.environment.graph_host in asked else "any"


def _traffic(report: Report, check: CheckId) -> str:
    if check in {CheckId.NETWORK, CheckId.TENANT, CheckId.ENVIRONMENT}:
        return "discovery"
    if check is CheckId.SIGN_IN:
        return "token"
    last = report.exchanges[-1].path if report.exchanges else ""
    resource = last.partition("?")[0].lower().removeprefix("/v1.0/").partition("/")[0]
    return _TRAFFIC.get(resource, "graph")


def _impossible(code: str) -> ReportError:
    return ReportError(f"The practice tenant cannot show {code}; replay the report itself instead.")
