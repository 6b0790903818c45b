"""The report as a file: Markdown for a person, and below it JSON for the program. `FORMAT.md` documents it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from entra_tui.checks.context import Inputs
from entra_tui.model.environment import BUILT_IN, Environment
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.model.permission import Feature
from entra_tui.report.errors import ReportError
from entra_tui.report.har import from_har, moment, to_har
from entra_tui.report.markdown import readable
from entra_tui.report.members import Members
from entra_tui.report.report import VERSION, IssuedToken, Report
from entra_tui.report.result_json import result_object, result_of
from entra_tui.report.stand_ins import kind_of_secret, secret_of_kind

if TYPE_CHECKING:
    from pathlib import Path

_FORMAT: Final = "entra-tui-report"
_OPENING: Final = "```json"
_CLOSING: Final = "```"
_LARGEST: Final = 32 * 1024 * 1024


def write_report(report: Report) -> str:
    """The text of the file."""
    machine = json.dumps(_object(report), indent=1)
    return f"{readable(report)}\n{_OPENING}\n{machine}\n{_CLOSING}\n"


def load_report(path: Path) -> Report:
    """The report in a file.

    Raises:
        ReportError: The file cannot be read, is no report, is damaged, or was made by a newer version.
    """
    try:
        if not path.is_file():
            raise ReportError(f"There is no report file {path.name}; check the path.")
        if path.stat().st_size > _LARGEST:
            raise ReportError(f"{path.name} is too large for a report; check that it is the right file.")
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ReportError(f"{path.name} cannot be read ({reason}); check that it is the right file.") from error
    return read_report(text)


def read_report(text: str) -> Report:
    """The report in the text of a file.

    Raises:
        ReportError: As `load_report`.
    """
    lines = text.split("\n")
    try:
        start = next(place for place, line in enumerate(lines) if line.rstrip("\r") == _OPENING)
        end = next(place for place in range(start + 1, len(lines)) if lines[place].rstrip("\r") == _CLOSING)
        document = json.loads("\n".join(lines[start + 1 : end]))
    except StopIteration:
        raise ReportError("This is no report of entra-tui, or its end is missing; check the file.") from None
    except (ValueError, RecursionError):
        raise ReportError("The report's machine part is no JSON any more; ask for a new copy of the file.") from None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise ReportError("This is no report of entra-tui; check that it is the right file.")
    members = Members(document)
    if members.integer("version") > VERSION:
        raise ReportError("This report was made by a newer version of entra-tui; update the program to read it.")
    return _report(members)


# ---------------------------------------------------------------- writing


def _object(report: Report) -> dict[str, Any]:
    inputs, token = report.inputs, report.token
    environment = inputs.environment
    return {
        "format": _FORMAT,
        "version": VERSION,
        "made": moment(report.made),
        "versions": dict(report.versions),
        "terminal": dict(report.terminal),
        "proxies": dict(report.proxies),
        "clock_offset_seconds": report.clock_offset,
        "persons": report.persons,
        "anonymous_tenant": report.anonymous,
        "inputs": {
            "tenant": inputs.tenant,
            "client_id": inputs.client_id,
            "secret_problem": kind_of_secret(inputs.secret, tenant=inputs.tenant, client_id=inputs.client_id),
            "secret_length": len(inputs.secret) if len(inputs.secret) < 16 else 0,  # noqa: PLR2004 - the shortest secret
            "secret_expires": inputs.secret_expires.isoformat() if inputs.secret_expires else None,
            "features": sorted(feature.value for feature in inputs.features),
            "least_privilege": inputs.least_privilege,
            "environment": {
                "name": environment.name,
                "label": environment.label,
                "authority": environment.authority,
                "graph": environment.graph,
                "portal": environment.portal,
                "admin_center": environment.admin_center,
            },
        },
        "token": None
        if token is None
        else {"readable": token.readable, "roles": list(token.roles), "tenant_id": token.tenant_id},
        "checks": [result_object(result) for result in report.results],
        "har": to_har(report.exchanges, plain_hosts=plain_hosts(environment)),
    }


def plain_hosts(environment: Environment) -> frozenset[str]:
    """Hosts of an environment that are asked without TLS, which only one on this machine is."""
    pairs = ((environment.authority, environment.login_host), (environment.graph, environment.graph_host))
    return frozenset(host for origin, host in pairs if origin.startswith("http:"))


# ---------------------------------------------------------------- reading


def _report(members: Members) -> Report:
    return Report(
        made=members.moment("made"),
        inputs=_inputs(members.members("inputs")),
        versions=members.named_texts("versions"),
        terminal=members.named_texts("terminal"),
        proxies=members.named_texts("proxies"),
        clock_offset=members.number("clock_offset_seconds", least=-1e10, most=1e10)
        if members.has("clock_offset_seconds")
        else None,
        token=_token(members.members("token")) if members.has("token") else None,
        results=tuple(result_of(each) for each in members.list_of_members("checks", most=len(CheckId))),
        exchanges=from_har(members.members("har")),
        persons=members.integer("persons"),
        anonymous=members.flag("anonymous_tenant"),
    )


def _token(members: Members) -> IssuedToken:
    return IssuedToken(members.flag("readable"), members.texts("roles"), members.text("tenant_id", longest=200))


def _inputs(members: Members) -> Inputs:
    client_id = members.text("client_id", longest=1000)
    return Inputs(
        tenant=members.text("tenant", longest=1000),
        client_id=client_id,
        secret=secret_of_kind(
            members.text("secret_problem", longest=100), length=members.integer("secret_length"), client_id=client_id
        ),
        environment=_environment(members.members("environment")),
        features=_features(members),
        least_privilege=members.flag("least_privilege"),
        secret_expires=_day(members),
    )


def _features(members: Members) -> frozenset[Feature]:
    try:
        return frozenset(Feature(each) for each in members.texts("features"))
    except ValueError:
        raise members.odd("features") from None


def _day(members: Members) -> date | None:
    if not members.has("secret_expires"):
        return None
    try:
        return date.fromisoformat(members.text("secret_expires", longest=20))
    except ValueError:
        raise members.odd("secret_expires") from None


def _environment(members: Members) -> Environment:
    authority, graph = members.address("authority"), members.address("graph")
    for known in BUILT_IN:
        if (known.login_host, known.graph_host) == (authority.netloc, graph.netloc):
            return known
    return Environment(
        name="recorded",
        label=members.text("label", longest=200),
        authority=f"{authority.scheme}://{authority.netloc}",
        graph=f"{graph.scheme}://{graph.netloc}",
        portal=_origin(members, "portal"),
        admin_center=_origin(members, "admin_center"),
        built_in=False,
    )


def _origin(members: Members, name: str) -> str:
    if not members.text(name, longest=1000):
        return ""
    parts = members.address(name)
    return f"{parts.scheme}://{parts.netloc}"


def same_ladder(recorded: tuple[CheckResult, ...], replayed: list[CheckResult]) -> bool:
    """Whether two runs say the same, check by check."""

    def told(results: tuple[CheckResult, ...] | list[CheckResult]) -> list[tuple[CheckId, CheckStatus, str]]:
        return [(each.check, each.status, each.finding.code if each.finding else "") for each in results]

    return told(recorded) == told(replayed)
