"""A ladder to climb: inputs that are right, and a tenant that answers as told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import httpx

from entra_tui.checks.context import CheckContext, Inputs
from entra_tui.checks.ladder import climb
from entra_tui.graph.client import HttpClient
from entra_tui.model.environment import BUILT_IN, PUBLIC, Environment
from entra_tui.model.permission import Feature
from entra_tui.model.secret import Secret
from entra_tui.simulator.clock import ManualClock
from tests.graph.microsoft import (
    CLEAR,
    CLIENT,
    TENANT,
    Reply,
    Script,
    application,
    application_path,
    discovery_path,
    openid,
    organization,
    page,
    token,
    token_path,
)

if TYPE_CHECKING:
    from entra_tui.model.finding import CheckResult

Replies = dict[str, Reply | Sequence[Reply]]


def inputs(
    *,
    tenant: str = TENANT,
    client_id: str = CLIENT,
    secret: str = CLEAR,
    environment: Environment = PUBLIC,
    features: frozenset[Feature] = frozenset({Feature.USERS}),
    least_privilege: bool = False,
) -> Inputs:
    """What a person entered; right, unless something else is said."""
    return Inputs(tenant, client_id, Secret(secret), environment, features, least_privilege)


def healthy(environment: Environment = PUBLIC) -> Replies:
    """The answers of a tenant in which everything is in order."""
    return {
        discovery_path(): openid(environment),
        token_path(): token(),
        "/v1.0/organization": organization(),
        "/v1.0/users": page("1"),
        "/v1.0/groups": page("1"),
        "/v1.0/directoryRoles": page("1"),
        application_path(): application(("abc", "2027-06-01T00:00:00Z")),
    }


def context(
    entered: Inputs, replies: Replies, *, environments: tuple[Environment, ...] = BUILT_IN
) -> tuple[CheckContext, Script]:
    """A run of the ladder, and what will have been asked."""
    script = Script(replies)
    http = HttpClient(transport=script, clock=ManualClock())
    return CheckContext(entered, http, environments), script


async def results(entered: Inputs, replies: Replies) -> list[CheckResult]:
    """What every rung says."""
    return [result async for result in climb(context(entered, replies)[0])]


def no_such_tenant() -> httpx.Response:
    """What a login host says about a tenant that it does not know."""
    return httpx.Response(
        400,
        json={
            "error": "invalid_tenant",
            "error_description": f"AADSTS90002: Tenant '{TENANT}' not found. Trace ID: t Correlation ID: c",
            "error_codes": [90002],
        },
    )
