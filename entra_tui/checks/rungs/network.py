"""`network`: the login host and the Graph host answer over TLS that this machine trusts. No secret is sent."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from entra_tui.graph.discovery import discover
from entra_tui.graph.errors import RequestFailed, Unreachable
from entra_tui.model.finding import CheckId

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.graph.answer import Answer
    from entra_tui.graph.discovery import TenantDocument
    from entra_tui.model.finding import CheckResult


async def check_network(context: CheckContext) -> CheckResult:
    """Ask both hosts something that anybody may ask; any answer will do, a refusal too.

    The login host is asked for the tenant's OpenID configuration, which the check `tenant` judges, so that it costs
    no request of its own; Graph for the organization, which it refuses to somebody without a token.
    """
    environment = context.inputs.environment
    try:
        context.discovered = await _discovered(context)
        answer = await context.http.send(
            "GET", f"{environment.graph}/v1.0/organization", params={"$select": "id"}, patience=context.patience
        )
        context.clock_offset = _ahead(answer, context)
    except Unreachable as error:
        return context.refused(CheckId.NETWORK, error)
    except RequestFailed:
        # An endless answer is an answer.
        context.clock_offset = None
    trusted = " over trusted TLS" if environment.authority.startswith("https:") else ""
    return context.passed(CheckId.NETWORK, f"Login and Graph answer{trusted}, {_way(context)}.")


async def _discovered(context: CheckContext) -> TenantDocument | RequestFailed:
    try:
        return await discover(context.http, context.tenant, context.inputs.environment, patience=context.patience)
    except Unreachable:
        raise
    except RequestFailed as error:
        return error


def _ahead(answer: Answer, context: CheckContext) -> float | None:
    """Seconds by which the `Date` of an answer that came just now is ahead of this machine's clock."""
    try:
        served = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    if served.tzinfo is None:
        return None
    return (served - context.http.clock.now()).total_seconds()


def _way(context: CheckContext) -> str:
    environment = context.inputs.environment
    ways = [
        (context.http.proxy_for(environment.authority), environment.login_host),
        (context.http.proxy_for(environment.graph), environment.graph_host),
    ]
    proxies = dict.fromkeys(proxy for proxy, _ in ways)
    if list(proxies) == [None]:
        return "without a proxy"
    if len(proxies) == 1:
        return f"by the proxy {ways[0][0]}"
    return " and ".join(f"{host} by the proxy {proxy}" if proxy else f"{host} without" for proxy, host in ways)
