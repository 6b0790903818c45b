"""The HTTPS server: real TLS, real MSAL, real cuts, a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import msal
import pytest

from entra_tui.model.environment import BUILT_IN
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.server import Endpoints, ServerError, _listen, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(autouse=True)
def _own_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust and proxies of the machine would win over what a test says."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@contextlib.asynccontextmanager
async def served(
    scenario: str, folder: Path, *, users: int = 30, log: list[str] | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Endpoints]:
    ready: asyncio.Future[Endpoints] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    cloud = PracticeCloud(find_scenario(scenario), users=users)
    task = asyncio.create_task(
        serve(
            cloud,
            folder=folder,
            host=host,
            port=0,
            on_ready=ready.set_result,
            on_request=log.append if log is not None else None,
            stop=stop,
        )
    )
    task.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        yield await ready
    finally:
        stop.set()
        await task


def _strict(endpoints: Endpoints) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(endpoints.ca_file))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def client(endpoints: Endpoints) -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=_strict(endpoints))


async def _token(http: httpx.AsyncClient, endpoints: Endpoints) -> httpx.Response:
    return await http.post(
        f"{endpoints.authority}/{endpoints.tenant_id}/oauth2/v2.0/token",
        data={
            "client_id": endpoints.client_id,
            "client_secret": endpoints.client_secret.reveal(),
            "grant_type": "client_credentials",
            "scope": f"{endpoints.graph}/.default",
        },
    )


def _sign_in(endpoints: Endpoints, secret: str) -> dict[str, object]:
    app = msal.ConfidentialClientApplication(
        endpoints.client_id,
        secret,
        authority=f"{endpoints.authority}/{endpoints.tenant_id}",
        instance_discovery=False,
        verify=str(endpoints.ca_file),
    )
    found: dict[str, object] = app.acquire_token_for_client([f"{endpoints.graph}/.default"])
    return found


async def test_real_msal_signs_in_and_reads_over_real_tls(tmp_path: Path) -> None:
    async with served("healthy", tmp_path) as endpoints:
        result = await asyncio.to_thread(_sign_in, endpoints, endpoints.client_secret.reveal())
        assert result["token_source"] == "identity_provider"
        headers = {"Authorization": f"Bearer {result['access_token']}"}
        async with httpx.AsyncClient(verify=_strict(endpoints), headers=headers) as http:
            seen: set[str] = set()
            link = f"{endpoints.graph}/v1.0/users?$top=7&$select=id"
            while link:
                page = (await http.get(link)).json()
                seen |= {row["id"] for row in page["value"]}
                link = page.get("@odata.nextLink", "")
                assert link.startswith(endpoints.graph) or not link
        assert len(seen) == 30


async def test_real_msal_gets_every_member_of_a_refusal(tmp_path: Path) -> None:
    async with served("wrong-secret", tmp_path) as endpoints:
        result = await asyncio.to_thread(_sign_in, endpoints, endpoints.client_secret.reveal())

    assert result["error"] == "invalid_client"
    assert result["error_codes"] == [7000215]
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= result.keys()


async def test_a_person_signs_in_with_msals_device_flow_and_stays_signed_in(tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "device.toml").write_text(
        'title = "x"\ndescription = "x."\n[[timeline]]\naction = "approve-device-sign-in"\n'
        'role = "Global Administrator"\nafter = "device-code"\n',
        encoding="utf-8",
    )

    def run(endpoints: Endpoints) -> dict[str, object]:
        app = msal.PublicClientApplication(
            "14d82eec-204b-4c2f-b7e8-296a70dab67e",
            authority=f"{endpoints.authority}/{endpoints.tenant_id}",
            instance_discovery=False,
            verify=str(endpoints.ca_file),
        )
        scopes = [f"{endpoints.graph}/{name}" for name in ("User.Read", "Application.ReadWrite.All")]
        flow = app.initiate_device_flow(scopes)
        assert "user_code" in flow
        first: dict[str, object] = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        assert "access_token" in first, first
        (account,) = app.get_accounts()
        later: dict[str, object] = app.acquire_token_silent_with_error(scopes, account, force_refresh=True)
        assert later["access_token"] != first["access_token"]
        return later

    async with served(str(folder / "device.toml"), folder) as endpoints, client(endpoints) as http:
        # The approval happens with the next request after the code was given.
        result = await asyncio.to_thread(run, endpoints)
        assert "access_token" in result, result
        headers = {"Authorization": f"Bearer {result['access_token']}"}
        roles = f"{endpoints.graph}/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole"
        found = (await http.get(roles, headers=headers)).json()["value"]
        assert [role["displayName"] for role in found] == ["Global Administrator"]


async def test_documents_name_the_server_itself(tmp_path: Path) -> None:
    async with served("us-government", tmp_path) as endpoints:
        origin, tenant = endpoints.authority, endpoints.tenant_id
        async with httpx.AsyncClient(verify=_strict(endpoints)) as http:
            document = (await http.get(f"{origin}/{tenant}/v2.0/.well-known/openid-configuration")).json()
            named = {key: value for key, value in document.items() if key.endswith(("_endpoint", "_uri"))}
            where = (
                f"{origin}/common/discovery/instance?api-version=1.1&authorization_endpoint={origin}/x/oauth2/authorize"
            )
            instance = (await http.get(where)).json()

    assert document["issuer"] == f"{origin}/{tenant}/v2.0"
    assert f"https://{document['msgraph_host']}" == endpoints.graph
    assert all(value.startswith(f"{origin}/") for value in named.values())
    assert [httpx.URL(origin).netloc.decode()] in [row["aliases"] for row in instance["metadata"]]


async def test_microsofts_names_resolved_to_this_machine_work_too(tmp_path: Path) -> None:
    async with served("healthy", tmp_path) as endpoints:
        port = httpx.URL(endpoints.authority).port
        for environment in BUILT_IN:
            for host in sorted({*environment.login_hosts, environment.graph_host}):
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1", port, ssl=_strict(endpoints), server_hostname=host
                )
                writer.write(
                    f"GET /common/discovery/keys HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
                )
                assert (await reader.read()).startswith(b"HTTP/1.1 ")
                writer.close()
                with contextlib.suppress(ssl.SSLError, ConnectionError):
                    await writer.wait_closed()


async def test_cuts_are_cuts_of_the_socket(tmp_path: Path) -> None:
    for scenario, errors in (
        ("connection-cut", (httpx.RemoteProtocolError, httpx.ReadError)),
        ("body-cut", (httpx.RemoteProtocolError, httpx.ReadError)),
    ):
        async with served(scenario, tmp_path, users=300) as endpoints, client(endpoints) as http:
            token = (await _token(http, endpoints)).json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            link = (await http.get(f"{endpoints.graph}/v1.0/users?$top=10")).json()["@odata.nextLink"]
            outcomes = []
            for _ in range(3):
                try:
                    outcomes.append((await http.get(link)).status_code)
                except errors:
                    outcomes.append(0)
            assert set(outcomes) == {0, 200}, scenario


async def test_refused_connections_and_strange_certificates(tmp_path: Path) -> None:
    async with served("connection-refused", tmp_path) as endpoints, client(endpoints) as http:
        with pytest.raises(httpx.TransportError):
            await http.get(endpoints.authority)
    async with served("untrusted-certificate", tmp_path) as endpoints, client(endpoints) as http:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await http.get(endpoints.authority)


async def test_trust_lasts_across_restarts_and_the_key_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    contents = []
    for _ in range(2):
        async with served("healthy", folder) as endpoints:
            contents.append(endpoints.ca_file.read_bytes())
    key = next(path for path in folder.iterdir() if path.suffix == ".key")

    assert contents[0] == contents[1]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


async def test_the_log_has_a_line_for_each_request_and_no_secret(tmp_path: Path) -> None:
    log: list[str] = []
    async with served("healthy", tmp_path, log=log) as endpoints, client(endpoints) as http:
        token = (await _token(http, endpoints)).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        page = (await http.get(f"{endpoints.graph}/v1.0/users?$top=3")).json()
        await http.get(page["@odata.nextLink"])
        await http.get(f"{endpoints.graph}/v1.0/users?secret=hunter2&$top=1")

    assert [line.rsplit(" ", 1)[1] for line in log] == ["200"] * 4
    assert log[1].endswith("/v1.0/users?$top=3 200")
    assert "$skiptoken=..." in log[2]
    told = "\n".join(log)
    assert endpoints.client_secret.reveal() not in told
    assert token not in told
    assert "hunter2" not in told


async def test_other_machines_and_taken_ports_are_refused(tmp_path: Path) -> None:
    cloud = PracticeCloud(find_scenario("healthy"), users=3)

    with pytest.raises(ServerError, match="can be reached from other machines"):
        await serve(cloud, folder=tmp_path, host="0.0.0.0", port=0)
    async with served("healthy", tmp_path) as endpoints:
        with pytest.raises(ServerError, match="choose another port"):
            await serve(cloud, folder=tmp_path, port=httpx.URL(endpoints.authority).port or 0)
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(ServerError, match="certificate cannot be kept"):
        await serve(cloud, folder=blocked, port=0)


PROGRAM = """
import asyncio, json, pathlib, sys
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.server import serve
ready = lambda endpoints: print(json.dumps({"authority": endpoints.authority}), flush=True)
cloud = PracticeCloud(find_scenario("healthy"), users=3)
asyncio.run(serve(cloud, folder=pathlib.Path(sys.argv[1]), port=0, on_ready=ready))
print("ended", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
    )
    assert process.stdout is not None
    assert json.loads(await process.stdout.readline())["authority"].startswith("https://127.0.0.1:")

    process.send_signal(number)
    out, err = await process.communicate()

    assert (process.returncode, out.strip(), err) == (0, b"ended", b"")


def test_a_connection_sends_its_small_parts_at_once() -> None:
    with (
        _listen("127.0.0.1", 0, allow_other_machines=False) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
