"""Evidence for an auditor's folder: who proved what about which app, and when, with a digest over it.

Two forms of the same facts. JSON: `sha256` is over the member `evidence`, written with sorted keys and without blanks.
Markdown: the last line's digest is over everything above it. A digest shows a change by mistake; against a change on
purpose it has to be kept somewhere else too.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from entra_tui import __version__
from entra_tui.checks.ladder import climb
from entra_tui.model.connector import list_name
from entra_tui.model.finding import is_healthy
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from datetime import datetime

    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment
    from entra_tui.model.finding import CheckResult
    from entra_tui.model.permission import Grant
    from entra_tui.model.secret import Secret
    from entra_tui.services import Services
    from entra_tui.storage.lists.history import Run


@dataclass(frozen=True, slots=True)
class ListRuns:
    """The latest synchronization of one lookup list.

    Attributes:
        name: The list.
        entries: How many rows it holds now.
        latest: Its latest run; None before the first.
    """

    name: str
    entries: int
    latest: Run | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was proven.

    Attributes:
        made_at: When, aware.
        user: The account of the operating system that ran it.
        machine: The name of the machine.
        simulated: Whether the tenant is a practice tenant.
        connector: Whose evidence it is.
        environment: Where its tenant lives.
        organization: The tenant's name, where it could be read.
        grants: Permissions needed against granted; empty where no token told.
        results: Every rung of the ladder, climbed for this evidence.
        lists: The connector's lookup lists.
    """

    made_at: datetime
    user: str
    machine: str
    simulated: bool
    connector: Connector
    environment: Environment
    organization: str
    grants: tuple[Grant, ...]
    results: tuple[CheckResult, ...]
    lists: tuple[ListRuns, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether every check held."""
        return is_healthy(self.results)


async def collect_evidence(services: Services, connector: Connector, secret: Secret) -> Evidence:
    """Climb the ladder for `connector` and gather what is known.

    Raises:
        StorageError: Something stored cannot be read.
    """
    environment = services.settings.environment(connector.environment)
    context = services.check_context(services.inputs_of(connector, secret))
    results = tuple([result async for result in climb(context)])
    return Evidence(
        made_at=services.http.clock.now(),
        user=_user(),
        machine=platform.node(),
        simulated=services.is_simulated(environment),
        connector=connector,
        environment=environment,
        organization=context.organization.display_name if context.organization else "",
        grants=context.grants,
        results=results,
        lists=tuple(_runs(services, connector)),
    )


def evidence_json(evidence: Evidence) -> str:
    """The evidence as a JSON document."""
    facts = _facts(evidence)
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    document = {
        "evidence": facts,
        "sha256": hashlib.sha256(written.encode()).hexdigest(),
        "sha256_over": "the member evidence as ASCII JSON with sorted keys and without blanks",
    }
    return f"{json.dumps(document, indent=2, sort_keys=True)}\n"


def evidence_markdown(evidence: Evidence) -> str:
    """The evidence as a Markdown document."""
    facts = _facts(evidence)
    lines = [f"# Evidence: {_cell(evidence.connector.name)}", ""]
    if evidence.simulated:
        lines += ["**Simulated: this is a practice tenant.**", ""]
    lines += [
        "The connector works: every check held." if evidence.is_healthy else "The connector does not work.",
        "",
        *_table(("what", "value"), [(key.replace("_", " "), facts[key]) for key in _HEAD]),
        "## Permissions",
        "",
        *_table(
            ("permission", "feature", "state", "covered by"),
            [
                (row["permission"], row["feature"] or "", row["state"], row["covered_by"] or "")
                for row in facts["permissions"]
            ],
        ),
        "## Checks",
        "",
        *_table(
            ("check", "status", "what was seen", "code"),
            [(row["id"], row["status"], row["summary"], row["code"] or "") for row in facts["checks"]],
        ),
        *_answers(facts["checks"]),
        "## Synchronization",
        "",
        *_table(
            tuple(key.replace("_", " ") for key in _RUN),
            [tuple(" ".join(row[key]) if key == "warnings" else row[key] for key in _RUN) for row in facts["lists"]],
        ),
    ]
    text = "\n".join(lines) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text}SHA-256 of everything above this line, as `sed '$d' FILE | sha256sum` tells it: {digest}\n"


_HEAD = (
    *("made_at", "user", "machine", "program", "connector", "organization", "tenant_id", "client_id", "environment"),
    *("login_address", "graph_address"),
)
_ANSWER = ("id", "http_status", "correlation_id", "request_id", "timestamp")
_RUN = ("list", "entries", "outcome", "ended_at", "added", "changed", "removed", "unchanged", "requests", "warnings")


def _facts(evidence: Evidence) -> dict[str, Any]:
    connector = evidence.connector
    return {
        "made_at": _moment(evidence.made_at),
        "user": evidence.user,
        "machine": evidence.machine,
        "program": f"entra-tui {__version__}",
        "simulated": evidence.simulated,
        "connector": connector.name,
        "organization": evidence.organization,
        "tenant_id": connector.tenant_id,
        "client_id": connector.client_id,
        "environment": evidence.environment.shown_label,
        "login_address": evidence.environment.authority,
        "graph_address": evidence.environment.graph,
        "healthy": evidence.is_healthy,
        "permissions": [
            {
                "permission": grant.permission,
                "feature": grant.feature.value if grant.feature else None,
                "state": grant.state.value,
                "covered_by": grant.covered_by,
            }
            for grant in evidence.grants
        ],
        "checks": [
            {
                "id": result.check.value,
                "status": result.status.value,
                "summary": result.summary,
                "code": result.finding.code if result.finding else None,
                "answer": asdict(result.finding.evidence) if result.finding else None,
            }
            for result in evidence.results
        ],
        "lists": [_list_facts(each) for each in evidence.lists],
    }


def _list_facts(runs: ListRuns) -> dict[str, Any]:
    facts: dict[str, Any] = dict.fromkeys(_RUN)
    facts |= {"list": runs.name, "entries": runs.entries, "outcome": "not synchronized yet", "warnings": []}
    if runs.latest is not None:
        changes, report = runs.latest.changes, runs.latest.report
        facts |= {
            "outcome": runs.latest.outcome.value,
            "ended_at": _moment(report.ended_at),
            "added": changes.added,
            "changed": changes.changed,
            "removed": changes.removed,
            "unchanged": changes.unchanged,
            "requests": report.requests,
            "warnings": list(report.warnings),
        }
    return facts


def _runs(services: Services, connector: Connector) -> list[ListRuns]:
    wanted = {list_name(feature, connector.name) for feature in connector.features}
    return [
        ListRuns(each.name, each.entries, next(iter(services.lists.runs(each.name, limit=1)), None))
        for each in services.lists.overview()
        if each.name in wanted
    ]


def _answers(checks: list[dict[str, Any]]) -> list[str]:
    """What Microsoft's support finds the answers by, of the checks that did not pass."""
    rows = [row["answer"] | {"id": row["id"]} for row in checks if any((row["answer"] or {}).values())]
    if not rows:
        return []
    head = ("check", *(key.replace("_", " ") for key in _ANSWER[1:]))
    return ["Microsoft's answers:", "", *_table(head, [tuple(row[key] for key in _ANSWER) for row in rows])]


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[str]:
    cells = [head, tuple("---" for _ in head), *rows]
    return [*(f"| {' | '.join(_cell(value) for value in row)} |" for row in cells), ""]


def _cell(value: object) -> str:
    text = "" if value is None else harmless(str(value))
    # A name from a directory must not become a link, a heading or another column.
    return "".join(f"\\{sign}" if sign in "\\|`*<>[]" else sign for sign in text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return "unknown"
