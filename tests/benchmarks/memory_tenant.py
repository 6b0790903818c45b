"""A tenant that answers from memory, so that what is measured is the program that asks.

`python -m tests.benchmarks.memory_tenant --users N [--latency MS] [--changes C] [--groups G --memberships M]` serves it
over TLS in a process of its own until SIGTERM, and prints one line of JSON with the endpoints, as `entra-tui simulate
--json` does. Every page is rendered before that line. `--latency` is waited before each page of users, groups and
changes, and before nothing else. `GET /tally` tells how much was asked so far, and what it cost.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import gc
import json
import re
import signal
import socket
import ssl
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import trustme
import uvicorn

from tests.benchmarks.directory_pages import PAGE, DirectoryPages, Sizes, rendered
from tests.benchmarks.served_tenant import TALLY

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

TENANT_ID = "7b8f2c1e-4d3a-4f6b-9c5d-2a1e0f9b8c7d"
CLIENT_ID = "3c9e5a70-8b21-4d6f-a4e3-5f7d1b2c6e80"
CLIENT_SECRET = "Qx38Q~Zr7vKpW2mT9nYb4cLd6sFgHj1uEaXoIq0B"

_ROLES = ("User.Read.All", "Group.Read.All", "Directory.Read.All")
_LIFE = 3_600
_JSON = b"application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
_TOKEN = re.compile(r"\$(?:skip|delta)token=([^&]*)")


class MemoryTenant:
    """The ASGI application: Entra's login and Microsoft Graph, as far as the program asks them.

    Args:
        sizes: How much is in the tenant.
        pages: What it answers.
        origin: Where it is served.
        latency: Seconds that it waits before a page.
    """

    def __init__(self, sizes: Sizes, pages: DirectoryPages, origin: str, latency: float) -> None:
        self._sizes = sizes
        self._pages = pages
        self._origin = origin
        self._latency = latency
        self._token = _access_token(origin)
        self._requests = 0
        self._paged = 0
        root = "/v1.0"
        self._collections = {
            f"{root}/users": (pages.users, pages.first_user),
            f"{root}/users/delta": (pages.users_delta, ""),
            f"{root}/groups": ({}, pages.first_group),
            f"{root}/groups/delta": (pages.groups_delta, ""),
        }
        self._counts = {f"{root}/users/$count": sizes.users, f"{root}/groups/$count": sizes.groups}
        documents = {
            f"/{TENANT_ID}/v2.0/.well-known/openid-configuration": _openid_document(origin),
            f"/{TENANT_ID}/oauth2/v2.0/token": {
                "token_type": "Bearer",
                "expires_in": _LIFE - 1,
                "ext_expires_in": _LIFE - 1,
                "access_token": self._token,
            },
            f"{root}/organization": _organization(),
            f"{root}/directoryRoles": {"value": []},
            f"{root}/applications(appId='{CLIENT_ID}')": _registration(),
        }
        self._documents = {path: json.dumps(document).encode() for path, document in documents.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, headers = scope["path"], dict(scope["headers"])
        if path == TALLY:
            tally = {"requests": self._requests, "pages": self._paged, "cpu": time.process_time()}
            await _answer(send, 200, json.dumps(tally).encode())
            return
        self._requests += 1
        while (await receive()).get("more_body"):
            pass
        trace = headers.get(b"client-request-id", b"")
        if path.startswith("/v1.0/") and headers.get(b"authorization") != b"Bearer " + self._token.encode():
            await _answer(send, 401, _error("InvalidAuthenticationToken", "Access token is empty."), trace)
        elif path in self._collections:
            status, body = await self._page(path, scope["query_string"].decode())
            await _answer(send, status, body, trace)
        elif path in self._counts:
            await _answer(send, 200, str(self._counts[path]).encode(), trace, kind=b"text/plain")
        elif path in self._documents:
            await _answer(send, 200, self._documents[path], trace)
        else:
            user = self._pages.user(path.removeprefix("/v1.0/users/"))
            found = (404, _error("Request_ResourceNotFound", "It is not there.")) if user is None else (200, user)
            await _answer(send, *found, trace)

    async def _page(self, path: str, query: str) -> tuple[int, bytes]:
        pages, first = self._collections[path]
        if "$top=1&" in f"{query}&":
            return 200, f'{{"value":[{first}]}}'.encode()
        found = _TOKEN.search(query)
        page = pages.get(found[1] if found else "")
        if page is None or ("$top=" in query and f"$top={PAGE}" not in query):
            return 400, _error("BadRequest", f"Only pages of {PAGE} are kept, and no such one.")
        self._paged += 1
        if self._latency:
            await asyncio.sleep(self._latency)
        return 200, page


async def _answer(send: Send, status: int, body: bytes, trace: bytes = b"", *, kind: bytes = _JSON) -> None:
    request_id = str(uuid.uuid4()).encode()
    headers = [
        (b"cache-control", b"no-cache"),
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"strict-transport-security", b"max-age=31536000"),
        (b"request-id", request_id),
        (b"client-request-id", trace or request_id),
        (b"odata-version", b"4.0"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _error(code: str, message: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": message}}).encode()


def _openid_document(origin: str) -> dict[str, object]:
    oauth2 = f"{origin}/{TENANT_ID}/oauth2/v2.0"
    return {
        "token_endpoint": f"{oauth2}/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{origin}/{TENANT_ID}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{origin}/{TENANT_ID}/v2.0",
        "authorization_endpoint": f"{oauth2}/authorize",
        "device_authorization_endpoint": f"{oauth2}/devicecode",
        "end_session_endpoint": f"{oauth2}/logout",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "tid", "ver", "email"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "msgraph_host": origin.removeprefix("https://"),
    }


def _access_token(origin: str) -> str:
    now = int(time.time())
    claims = {
        "aud": origin,
        "iss": f"{origin}/{TENANT_ID}/",
        "iat": now,
        "nbf": now,
        # The same one is given all the while.
        "exp": now + 24 * _LIFE,
        "appid": CLIENT_ID,
        "oid": "5d1c7f30-92ab-4e58-b6c4-0a3f8e7d2b19",
        "roles": _ROLES,
        "tid": TENANT_ID,
        "ver": "1.0",
    }
    parts = (json.dumps({"typ": "JWT", "alg": "RS256"}).encode(), json.dumps(claims).encode(), bytes(range(256)))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _organization() -> dict[str, object]:
    domain = {"isDefault": True, "isInitial": False, "name": "contoso.com", "type": "Managed"}
    return {"value": [{"id": TENANT_ID, "displayName": "Contoso", "verifiedDomains": [domain]}]}


def _registration() -> dict[str, object]:
    end = datetime.now(UTC) + timedelta(days=300)
    secret = {"hint": CLIENT_SECRET[:3], "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}", "displayName": "Secret"}
    return {"passwordCredentials": [secret], "requiredResourceAccess": []}


class _Server(uvicorn.Server):
    """Tells the endpoints when it is ready."""

    def __init__(self, config: uvicorn.Config, endpoints: dict[str, str]) -> None:
        super().__init__(config)
        self._endpoints = endpoints

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(json.dumps(self._endpoints) + "\n")
        sys.stdout.flush()


def serve(sizes: Sizes, latency: float, folder: Path) -> None:
    """Serve a tenant until SIGTERM.

    Args:
        sizes: How much is in it.
        latency: Seconds before each page.
        folder: For the certificate authority's file.
    """
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    # Connections inherit it; without it, the body of an answer may wait for the acknowledgement of its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    origin = f"https://127.0.0.1:{listener.getsockname()[1]}"
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    tenant = MemoryTenant(sizes, rendered(sizes, origin), origin, latency)
    # The pages stay: nothing in them is to be looked at again.
    gc.freeze()
    config = uvicorn.Config(
        tenant, lifespan="off", ws="none", log_config=None, access_log=False, timeout_keep_alive=_LIFE
    )
    config.load()
    config.ssl = context
    endpoints = {
        "authority": origin,
        "graph": origin,
        "tenant_id": TENANT_ID,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "ca_file": str(ca_file),
    }
    _Server(config, endpoints).run(sockets=[listener])


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--latency", type=int, default=0, help="milliseconds")
    parser.add_argument("--changes", type=int, default=0)
    parser.add_argument("--groups", type=int, default=0)
    parser.add_argument("--memberships", type=int, default=0)
    asked = parser.parse_args()
    sizes = Sizes(asked.users, asked.changes, asked.groups, asked.memberships)
    # It is stopped by SIGTERM, which uvicorn raises again once it has ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        serve(sizes, asked.latency / 1_000, Path(folder))


if __name__ == "__main__":
    main()
