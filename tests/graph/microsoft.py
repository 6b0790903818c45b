"""Answers as Microsoft writes them, and a transport that gives them in turn."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx

from entra_tui.graph.client import HttpClient
from entra_tui.graph.sign_in import Credentials
from entra_tui.model.environment import GRAPH_APP_ID, PUBLIC, Environment
from entra_tui.model.secret import Secret
from entra_tui.simulator.clock import ManualClock

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "66666666-7777-4888-9999-aaaaaaaaaaaa"
CLEAR = "abc8Q~planted-secret_value.0123456789x"
GUIDE_ROLES = ("User.Read.All", "Group.Read.All", "Directory.Read.All")

Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class Script(httpx.AsyncBaseTransport):
    """Answers each request with the next reply of its address, the last one for ever; keeps the requests.

    Args:
        replies: By path (`/v1.0/users`) or by host and path (`graph.microsoft.com/v1.0/users`); `*` is any other.
    """

    def __init__(self, replies: Mapping[str, Reply | Sequence[Reply]]) -> None:
        self._replies: dict[str, list[Reply]] = {
            path: list(reply) if isinstance(reply, Sequence) else [reply] for path, reply in replies.items()
        }
        self.requests: list[httpx.Request] = []

    def asked(self, path: str) -> list[httpx.Request]:
        """The requests for `path`, in order."""
        return [request for request in self.requests if request.url.path == path]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        path = request.url.path
        host = request.url.netloc.decode()
        key = next((key for key in (f"{host}{path}", path, "*") if key in self._replies), None)
        assert key is not None, f"nobody expected {request.method} {request.url}"
        waiting = self._replies[key]
        reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return httpx.Response(
                reply.status_code, headers=reply.headers, content=reply.content, extensions=reply.extensions
            )
        outcome = reply(request)
        return outcome if isinstance(outcome, httpx.Response) else await outcome


def client(
    replies: Mapping[str, Reply | Sequence[Reply]], *, clock: ManualClock | None = None
) -> tuple[HttpClient, Script]:
    """A client whose requests meet `replies`."""
    script = Script(replies)
    return HttpClient(transport=script, clock=clock or ManualClock()), script


def credentials(environment: Environment = PUBLIC, *, secret: str = CLEAR) -> Credentials:
    """Credentials of the planted app."""
    return Credentials(environment, TENANT, CLIENT, Secret(secret))


def discovery_path(tenant: str = TENANT) -> str:
    """Where a tenant's OpenID configuration is."""
    return f"/{tenant}/v2.0/.well-known/openid-configuration"


def token_path(tenant: str = TENANT) -> str:
    """Where tokens are issued."""
    return f"/{tenant}/oauth2/v2.0/token"


def openid(environment: Environment = PUBLIC, *, tenant: str = TENANT, **members: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
    """A tenant's OpenID configuration (entra-docs `v2-protocols-oidc`), with `members` in place of the usual ones."""
    document: dict[str, object] = {
        "issuer": f"{environment.authority}/{tenant}/v2.0",
        "authorization_endpoint": f"{environment.authority}/{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{environment.authority}/{tenant}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{environment.authority}/{tenant}/oauth2/v2.0/devicecode",
        "msgraph_host": environment.graph_host,
        "tenant_region_scope": "EU",
        "tenant_region_sub_scope": None,
    }
    return httpx.Response(200, json={**document, **members}, headers={"Date": "Mon, 23 Nov 2026 09:00:00 GMT"})


def jwt(**claims: object) -> str:
    """An unsigned token with `claims`; nobody here verifies one."""
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"])


def token(
    roles: Sequence[str] = GUIDE_ROLES, *, lifetime: object = 3599, text: str = "", tenant: str = TENANT
) -> httpx.Response:
    """A token answer."""
    access = text or jwt(tid=tenant, appid=CLIENT, oid="99999999-0000-4000-8000-000000000000", roles=list(roles))
    return httpx.Response(200, json={"token_type": "Bearer", "expires_in": lifetime, "access_token": access})


def sign_in_error(number: int, error: str, *, status: int = 400, text: str = "Something is wrong.") -> httpx.Response:
    """An error of the login service (entra-docs `reference-error-codes`)."""
    return httpx.Response(
        status,
        json={
            "error": error,
            "error_description": f"AADSTS{number}: {text} Trace ID: 0000-trace Correlation ID: 0000-correlation "
            "Timestamp: 2026-11-23 09:00:00Z",
            "error_codes": [number],
            "timestamp": "2026-11-23 09:00:00Z",
            "trace_id": "0000-trace",
            "correlation_id": "0000-correlation",
        },
    )


def graph_error(code: str, *, status: int, message: str = "Something is wrong.") -> httpx.Response:
    """An error of Graph (Graph docs `errors`)."""
    inner = {"date": "2026-11-23T09:00:00", "request-id": "0000-request", "client-request-id": "0000-client"}
    return httpx.Response(status, json={"error": {"code": code, "message": message, "innerError": inner}})


def organization(tenant: str = TENANT) -> httpx.Response:
    """`GET /organization`."""
    domains = [
        {"name": "contoso.onmicrosoft.com", "isDefault": False, "isInitial": True},
        {"name": "contoso.com", "isDefault": True, "isInitial": False},
    ]
    return httpx.Response(
        200,
        json={"value": [{"id": tenant, "displayName": "Contoso", "verifiedDomains": domains}]},
        headers={"Date": "Mon, 23 Nov 2026 09:00:00 GMT"},
    )


def application_path(client: str = CLIENT) -> str:
    """Where an app's registration is."""
    return f"/v1.0/applications(appId='{client}')"


def application(
    *secrets: tuple[str, str], roles: Sequence[str] = (), scopes: Sequence[str] = (), resource: str = GRAPH_APP_ID
) -> httpx.Response:
    """An app registration with secrets (each a hint and an end) and the ids of what it requests."""
    access = [{"id": each, "type": "Role"} for each in roles] + [{"id": each, "type": "Scope"} for each in scopes]
    return httpx.Response(
        200,
        json={
            "passwordCredentials": [{"hint": hint, "endDateTime": end, "keyId": "k"} for hint, end in secrets],
            "requiredResourceAccess": [{"resourceAppId": resource, "resourceAccess": access}],
        },
    )


def page(*identifiers: str, **members: object) -> httpx.Response:
    """One page of a collection, with `members` such as `nextLink`, which stand there as `@odata.nextLink`."""
    renamed = {f"@odata.{name}": value for name, value in members.items()}
    return httpx.Response(200, json={"value": [{"id": identifier} for identifier in identifiers], **renamed})
