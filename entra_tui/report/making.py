"""From a run of the ladder to a report of it."""

from __future__ import annotations

import locale
import os
import platform
import shutil
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from entra_tui import __version__
from entra_tui.model.fields import FieldError, parse_client_id, parse_tenant
from entra_tui.model.text import harmless
from entra_tui.report.document import same_ladder
from entra_tui.report.pseudonyms import Pseudonyms
from entra_tui.report.replay import replay
from entra_tui.report.report import IssuedToken, Report
from entra_tui.report.scrubbing import TENANT_DOMAIN, Scrubber
from entra_tui.report.stand_ins import client_stand_in, secret_stand_in, tenant_stand_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.checks.context import CheckContext, Inputs
    from entra_tui.checks.ladder_run import LadderRun
    from entra_tui.model.finding import CheckResult, Evidence, Finding

_LIBRARIES: Final = ("textual", "httpx", "msal", "truststore")
_VARIABLES: Final = ("TERM", "COLORTERM", "NO_COLOR", "LC_ALL", "LANG")
_TENANT: Final = "11111111-0000-4000-8000-000000000000"
_CLIENT: Final = "22222222-0000-4000-8000-000000000000"


async def report_of(run: LadderRun, *, anonymous: bool = False) -> Report:
    """The report of a run that has ended.

    Args:
        run: The run.
        anonymous: Whether tenant, domain and app are replaced too.
    """
    context, exchanges = run.context, run.all_exchanges
    pseudonyms = Pseudonyms(_identity(context) if anonymous else None)
    own_ids = (context.subject.tenant_id, context.inputs.tenant, context.subject.client_id)
    scrubber = Scrubber(pseudonyms, hint=context.inputs.secret.hint, own_ids=own_ids, anonymous=anonymous)
    # The bodies tell who the persons are, so that they are known wherever else they stand.
    for each in exchanges:
        scrubber.exchange(each)
    scrubbed = [scrubber.exchange(each) for each in exchanges]
    issued = context.issued
    proxies = {
        origin: proxy
        for origin in (context.inputs.environment.authority, context.inputs.environment.graph)
        if (proxy := context.http.proxy_for(origin))
    }
    report = Report(
        made=run.began,
        inputs=_harmless_inputs(context, pseudonyms),
        versions=_versions(),
        terminal=_terminal(),
        proxies=proxies,
        clock_offset=context.clock_offset,
        token=None
        if issued is None
        else IssuedToken(issued.readable, tuple(sorted(issued.roles)), pseudonyms.text(issued.tenant_id)),
        results=(),
        exchanges=tuple(scrubbed),
        persons=pseudonyms.persons,
        anonymous=anonymous,
    )
    # What is told of the scrubbed answers can hold nothing that was left out of them.
    told = await replay(report)
    if not same_ladder(run.results, told):
        told = [_scrubbed(result, pseudonyms) for result in run.results]
    return replace(report, results=tuple(told))


def _identity(context: CheckContext) -> dict[str, str]:
    tenant = context.inputs.tenant.strip().lower()
    known = {context.subject.tenant_id.lower(): _TENANT, context.subject.client_id.lower(): _CLIENT}
    if tenant not in known:
        known[tenant] = TENANT_DOMAIN if "." in tenant else _TENANT
    return {text: stand_in for text, stand_in in known.items() if text}


def _harmless_inputs(context: CheckContext, pseudonyms: Pseudonyms) -> Inputs:
    inputs = context.inputs
    clean = context.http.redactor.text
    tenant = tenant_stand_in(pseudonyms.text(clean(_tidy(inputs.tenant, parse_tenant))))
    client_id = client_stand_in(pseudonyms.text(clean(_tidy(inputs.client_id, parse_client_id))))
    return replace(
        inputs,
        tenant=tenant,
        client_id=client_id,
        secret=secret_stand_in(inputs.secret, tenant=inputs.tenant, client_id=inputs.client_id),
    )


def _tidy(text: str, parse: Callable[[str], str]) -> str:
    try:
        return parse(text)
    except FieldError:
        return text[:253]


def _scrubbed(result: CheckResult, pseudonyms: Pseudonyms) -> CheckResult:
    text = pseudonyms.text

    def way(evidence: Evidence) -> Evidence:
        proxy, issuer = evidence.proxy, evidence.certificate_issuer
        return replace(evidence, proxy=proxy and text(proxy), certificate_issuer=issuer and text(issuer))

    def scrub(finding: Finding) -> Finding:
        return replace(
            finding,
            title=text(finding.title),
            cause=text(finding.cause),
            remedy=tuple(text(step) for step in finding.remedy),
            link=text(finding.link) if finding.link else None,
            message=text(finding.message),
            evidence=way(finding.evidence),
        )

    return replace(
        result,
        summary=text(result.summary),
        finding=scrub(result.finding) if result.finding else None,
        evidence=way(result.evidence),
    )


def _versions() -> dict[str, str]:
    found = {"entra-tui": __version__, "Python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found | {"system": f"{platform.system()} {platform.release()}"}


def _terminal() -> dict[str, str]:
    size = shutil.get_terminal_size()
    told = {name: harmless(os.environ[name], limit=60) for name in _VARIABLES if os.environ.get(name)}
    return told | {
        "size": f"{size.columns}x{size.lines}",
        # Not that of sys.stdout, in whose place a running screen puts something of its own.
        "encoding": locale.getencoding(),
        "SSH": "yes" if os.environ.get("SSH_CONNECTION") else "no",
        "tmux or screen": "yes" if os.environ.get("TMUX") or os.environ.get("STY") else "no",
    }
