"""Microsoft's own JavaScript clients, unmodified, against the HTTPS server.

What they are made to do: `@azure/msal-node` gets a token for an app, and is refused with a wrong secret.
`@microsoft/microsoft-graph-client` reads the organization, all users and a delta round through its PageIterator, the
round's delta link again, and gets Graph's error as its own exception.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.serving import serving

if TYPE_CHECKING:
    from entra_tui.simulator.server import Endpoints

SOURCES = Path(__file__).parent / "javascript"
SECONDS = 120

# One worker installs the packages once.
pytestmark = pytest.mark.xdist_group("javascript")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script with its packages beside it; a reason to skip where they cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node.js with npm is not installed")
    folder = tmp_path_factory.mktemp("javascript") / "client"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("node_modules"))
    command = [npm, "ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install the packages within {SECONDS} seconds")
    if ended.returncode != 0:
        pytest.skip(f"npm cannot install the packages: {ended.stderr.strip()[-300:]}")
    return folder / "client.mjs"


async def _run(script: Path, step: str, endpoints: Endpoints) -> dict[str, Any]:
    practice = {
        "authority": endpoints.authority,
        "graph": endpoints.graph,
        "tenantId": endpoints.tenant_id,
        "clientId": endpoints.client_id,
        "clientSecret": endpoints.client_secret.reveal(),
    }
    environment = os.environ | {
        "NODE_EXTRA_CA_CERTS": str(endpoints.ca_file),
        "PRACTICE_TENANT": json.dumps(practice),
        "NO_PROXY": "127.0.0.1",
    }
    ended = await asyncio.to_thread(
        subprocess.run,
        ["node", script.name, step],
        cwd=script.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    seen: dict[str, Any] = json.loads(ended.stdout)
    return seen


async def test_the_graph_client_reads_users_to_the_end_and_follows_delta(script: Path, tmp_path: Path) -> None:
    async with serving("healthy", tmp_path, users=250) as (endpoints, cloud):
        seen = await _run(script, "read", endpoints)
        users = cloud.tenant.users
        everybody = [users.id_at(place) for place in range(users.end)]

    assert seen["organization"] == endpoints.tenant_id
    assert seen["users"] == everybody
    assert seen["delta"] == everybody
    assert seen["later"] == []
    assert seen["refusal"] == {"status": 404, "code": "Request_ResourceNotFound"}


async def test_msal_is_refused_with_a_wrong_secret(script: Path, tmp_path: Path) -> None:
    async with serving("healthy", tmp_path) as (endpoints, _):
        seen = await _run(script, "wrongSecret", endpoints)

    assert seen["code"] == "invalid_client"
    assert "AADSTS7000215" in seen["message"]
