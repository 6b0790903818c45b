"""What a bare script knows of the tenant that it reads, and how it signs in there without a library."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from urllib.parse import urlencode

SECRET = "ENTRA_TUI_CLIENT_SECRET"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant's endpoints, as `memory_tenant` tells them."""

    authority: str
    graph: str
    tenant_id: str
    client_id: str
    ca_file: str

    @property
    def token_url(self) -> str:
        """Where a token is given."""
        return f"{self.authority}/{self.tenant_id}/oauth2/v2.0/token"

    @property
    def token_form(self) -> bytes:
        """What is sent there."""
        form = {
            "client_id": self.client_id,
            "client_secret": os.environ[SECRET],
            "scope": f"{self.graph}/.default",
            "grant_type": "client_credentials",
        }
        return urlencode(form).encode()


def tenant_from_arguments() -> Tenant:
    """The first argument, which is JSON."""
    told = json.loads(sys.argv[1])
    return Tenant(**{name: told[name] for name in Tenant.__slots__})


def bearer(answer: bytes) -> str:
    """The header `Authorization` with the token of an answer to `token_form`."""
    return f"Bearer {json.loads(answer)['access_token']}"
