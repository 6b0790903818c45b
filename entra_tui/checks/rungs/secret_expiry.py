"""`secret-expiry`: the client secret does not end soon. At most one request, and never a failure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import Refused, RequestFailed
from entra_tui.graph.registration import READABLE_WITH
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext

_SOON: Final = timedelta(days=30)


async def check_secret_expiry(context: CheckContext) -> CheckResult:
    """Read when the secret ends from the app's own registration, found by its hint; else take the connector's word."""
    ends, why_not = await _listed_end(context)
    if ends is not None:
        return _judge(context, ends, "the app registration")
    told = context.inputs.secret_expires
    if told is not None:
        return _judge(context, datetime.combine(told, time(tzinfo=UTC)), "the connector")
    return CheckResult(CheckId.SECRET_EXPIRY, CheckStatus.SKIPPED, why_not)


async def _listed_end(context: CheckContext) -> tuple[datetime | None, str]:
    """When the secret ends, or None and a sentence that says why that is not known."""
    token, secret = context.token, context.secret
    if token is None or secret is None:
        raise RuntimeError("the secret's end was asked for before the sign-in")
    if token.readable and not token.roles & READABLE_WITH:
        return None, "Not known: the app may not read its own registration."
    try:
        registration = await context.directory().registration(context.client_id)
    except Refused as error:
        return None, f"Not known: Graph did not show the app registration ({error.code})."
    except RequestFailed as error:
        return None, f"Not known: the app registration could not be read from {error.host}."
    return registration.end_of(
        secret.hint
    ), "Not known: the app registration lists no secret that begins like this one."


def _judge(context: CheckContext, ends: datetime, source: str) -> CheckResult:
    left = ends - context.http.clock.now()
    day = ends.date().isoformat()
    if left > _SOON:
        return context.passed(CheckId.SECRET_EXPIRY, f"The client secret ends on {day}.")
    days = max(0, round(left / timedelta(days=1)))
    return context.failed(
        CheckId.SECRET_EXPIRY,
        "secret-expires-soon",
        values={"day": day, "days": "1 day" if days == 1 else f"{days} days", "source": source},
        status=CheckStatus.WARNING,
    )
