"""The client over real sockets: TLS, proxies, cut connections."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING

import httpx
import pytest
import trustme

from entra_tui.graph import client as client_module
from entra_tui.graph import trust
from entra_tui.graph.client import HttpClient
from entra_tui.graph.errors import AnswerFault, NetworkFault, Unreachable, Unreadable
from entra_tui.graph.retry import Patience, Wait, WaitReason
from entra_tui.graph.sign_in import sign_in
from entra_tui.graph.trust import TrustError
from entra_tui.model.environment import Environment
from entra_tui.simulator.clock import ManualClock
from tests.graph.loopback import CUT, Ending, Received, connect_proxy, gate, reply, serve
from tests.graph.microsoft import CLEAR, GUIDE_ROLES, credentials, openid, token

if TYPE_CHECKING:
    from pathlib import Path


def _ok(_: Received) -> bytes:
    return reply('{"value": []}')


async def test_a_certificate_of_ssl_cert_file_is_trusted(trusted: trustme.CA) -> None:
    async with serve(_ok, authority=trusted) as server, HttpClient() as http:
        answer = await http.send("GET", f"{server.origin}/v1.0/users?$select=id&$skiptoken=a%2Fb%27c")
    assert answer.json_object() == {"value": []}
    assert answer.host == server.netloc
    assert server.requests[0].line == "GET /v1.0/users?$select=id&$skiptoken=a%2Fb%27c HTTP/1.1"
    assert server.requests[0].headers["user-agent"].startswith("entra-tui/")
    assert server.requests[0].headers["client-request-id"]


async def test_ssl_cert_file_is_trusted_besides_the_system_and_not_in_its_place(
    trusted: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A proxy opens TLS for one host and leaves the other alone.
    system = trustme.CA()
    system.cert_pem.write_to_path(tmp_path / "system.pem")
    monkeypatch.setattr(trust, "_SYSTEM_FILES", (str(tmp_path / "nowhere.pem"), str(tmp_path / "system.pem")))
    async with serve(_ok, authority=trusted) as opened, serve(_ok, authority=system) as untouched, HttpClient() as http:
        for server in (opened, untouched):
            assert (await http.send("GET", server.origin)).status == 200


async def test_a_certificate_of_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    async with serve(_ok, authority=authority) as server, HttpClient() as http:
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", f"{server.origin}/")
    assert failed.value.fault is NetworkFault.CERTIFICATE
    assert failed.value.detail
    assert server.requests == []


async def test_a_certificate_for_another_name_is_refused(trusted: trustme.CA) -> None:
    async with serve(_ok, authority=trusted, name="elsewhere.test") as server, HttpClient() as http:
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", f"https://localhost:{server.origin.rpartition(':')[2]}/")
    assert failed.value.fault is NetworkFault.CERTIFICATE


async def test_a_certificate_is_not_asked_for_again(authority: trustme.CA) -> None:
    clock = ManualClock()
    async with serve(_ok, authority=authority) as server, HttpClient(clock=clock) as http:
        with pytest.raises(Unreachable):
            await http.send("GET", f"{server.origin}/", patience=Patience(clock, 60))
    assert http.trace.count == 1


async def test_a_missing_trust_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    with pytest.raises(TrustError, match=r"nowhere\.pem"):
        HttpClient()


@pytest.mark.parametrize("content", [b"", b"no certificate", b"\x00\xff" * 50])
async def test_a_trust_file_without_certificates_is_named(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "garbage.pem").write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "garbage.pem"))
    with pytest.raises(TrustError, match=r"garbage\.pem"):
        HttpClient()


async def test_a_server_without_tls_is_told_apart_from_a_closed_port() -> None:
    async with serve(_ok, authority=None) as server, HttpClient() as http:
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", f"https://{server.netloc}/")
    assert failed.value.fault is NetworkFault.TLS


async def test_a_closed_port_refuses(trusted: trustme.CA) -> None:
    async with serve(_ok, authority=trusted) as server:
        pass
    async with HttpClient() as http:
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", f"{server.origin}/")
    assert failed.value.fault is NetworkFault.REFUSED


async def test_a_name_that_does_not_resolve() -> None:
    async with HttpClient() as http:
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", "https://no-such-host.invalid/")
    assert failed.value.fault is NetworkFault.NAME


@pytest.mark.parametrize(
    "answer",
    [
        CUT,
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{" + CUT,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{    \r\n" + CUT,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"this is not HTTP\r\n\r\n" + CUT,
    ],
    ids=["no answer", "short body", "chunk missing", "not gzip", "not HTTP"],
)
async def test_an_answer_that_breaks_off_is_asked_for_again(answer: bytes, trusted: trustme.CA) -> None:
    clock = ManualClock()
    waits: list[Wait] = []
    answers = [answer, answer, reply('{"value": []}')]
    async with (
        serve(lambda _: answers.pop(0), authority=trusted) as server,
        HttpClient(clock=clock) as http,
    ):
        patience = Patience(clock, 60, on_wait=waits.append)
        whole = await http.send("GET", f"{server.origin}/", patience=patience)
    assert whole.status == 200
    assert [(wait.reason, wait.attempt) for wait in waits] == [(WaitReason.NO_ANSWER, 1), (WaitReason.NO_ANSWER, 2)]
    assert [exchange.failure for exchange in http.trace.exchanges] == ["connection-cut", "connection-cut", ""]


async def test_without_patience_a_cut_connection_is_final(trusted: trustme.CA) -> None:
    async with serve(lambda _: CUT, authority=trusted) as server, HttpClient() as http:
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", f"{server.origin}/")
    assert failed.value.fault is NetworkFault.CUT
    assert len(server.requests) == 1


async def test_a_body_without_end_is_refused(trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_LARGEST_ANSWER", 100_000)
    async with serve(lambda _: reply(b" " * 100_001), authority=trusted) as server, HttpClient() as http:
        with pytest.raises(Unreadable) as failed:
            await http.send("GET", f"{server.origin}/")
    assert failed.value.fault is AnswerFault.TOO_LARGE
    assert http.trace.exchanges[0].failure == "answer-too-large"


async def test_a_redirect_is_not_followed(trusted: trustme.CA) -> None:
    async with serve(_ok, authority=trusted) as other:
        moved = reply("", status="302 Found", Location=f"{other.origin}/")
        async with serve(lambda _: moved, authority=trusted) as server, HttpClient() as http:
            answer = await http.send("GET", f"{server.origin}/", headers={"Authorization": f"Bearer {CLEAR}"})
    assert answer.status == 302
    assert other.requests == []


async def test_https_proxy_is_used_and_sees_no_request_in_clear(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(_ok, authority=trusted, name="graph.example.test") as server:
        port = int(server.netloc.rpartition(":")[2])
        async with connect_proxy(port=port) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
            async with HttpClient() as http:
                answer = await http.send("GET", "https://graph.example.test/v1.0/users")
    assert answer.status == 200
    assert [request.line for request in proxy.requests] == ["CONNECT graph.example.test:443 HTTP/1.1"]
    assert server.requests[0].headers["host"] == "graph.example.test"


async def test_no_proxy_goes_past_the_proxy(trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(_ok, authority=trusted) as server, connect_proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        monkeypatch.setenv("NO_PROXY", "localhost")
        async with HttpClient() as http:
            await http.send("GET", f"{server.origin}/")
    assert len(server.requests) == 1
    assert proxy.requests == []


async def test_a_proxy_that_wants_a_password_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse = reply("", status="407 Proxy Authentication Required")
    async with connect_proxy(refuse=refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("//", "//someone:planted-proxy-password@"))
        async with HttpClient() as http:
            with pytest.raises(Unreachable) as failed:
                await http.send("GET", "https://graph.microsoft.com/")
    assert failed.value.fault is NetworkFault.PROXY
    assert "407" in failed.value.detail
    assert "planted-proxy-password" not in repr(failed.value) + str(failed.value) + repr(http.trace.exchanges)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        ("429 Too Many Requests", {"Retry_After": "7, 7"}, 7.0),
        ("503 Service Unavailable", {"Retry_After": "1.5"}, 2.0),
        ("503 Service Unavailable", {}, None),
        ("502 Bad Gateway", {}, None),
        ("504 Gateway Timeout", {}, None),
        ("408 Request Timeout", {}, None),
        ("500 Internal Server Error", {}, None),
    ],
)
async def test_a_proxy_that_is_busy_is_asked_again(
    status: str, header: dict[str, str], seconds: float | None, trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, waits = ManualClock(), list[Wait]()
    busy = reply("<html>Busy</html>", status=status, **header)
    async with serve(_ok, authority=trusted, name="graph.test") as server, connect_proxy(refuse=[busy, busy]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        async with HttpClient(clock=clock) as http:
            answer = await http.send("GET", server.origin, patience=Patience(clock, 60, on_wait=waits.append))
    assert answer.status == 200
    assert [request.line.split()[0] for request in proxy.requests] == ["CONNECT"] * 3
    assert [(wait.reason, wait.asked) for wait in waits] == [(WaitReason.NO_ANSWER, seconds is not None)] * 2
    assert seconds is None or [wait.seconds for wait in waits] == [seconds] * 2


@pytest.mark.parametrize(
    "status", ["407 Proxy Authentication Required", "403 Forbidden", "400 Bad Request", "302 Found"]
)
async def test_a_proxy_that_says_no_is_asked_once(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    async with connect_proxy(refuse=reply("", status=status)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        async with HttpClient(clock=clock) as http:
            with pytest.raises(Unreachable) as failed:
                await http.send("GET", "https://graph.microsoft.com/", patience=Patience(clock, 60))
    assert (failed.value.fault, failed.value.status) == (NetworkFault.PROXY, int(status[:3]))
    assert not failed.value.transient
    assert len(proxy.requests) == 1


def _once(_: Received) -> bytes:
    """An answer after which the connection is closed, so that the next request shakes hands anew."""
    return reply('{"value": []}', Connection="close")


@pytest.mark.parametrize("ending", Ending)
async def test_a_handshake_that_breaks_off_is_tried_again_with_a_host_that_answered(
    ending: Ending, trusted: trustme.CA
) -> None:
    clock, waits = ManualClock(), list[Wait]()
    async with (
        serve(_once, authority=trusted) as server,
        gate([server.port, ending, ending, server.port]) as door,
        HttpClient(clock=clock) as http,
    ):
        patience = Patience(clock, 60, on_wait=waits.append)
        for _ in range(2):
            assert (await http.send("GET", door.origin, patience=patience)).status == 200
    assert [wait.reason for wait in waits] == [WaitReason.NO_ANSWER] * 2
    assert [exchange.failure for exchange in http.trace.exchanges] == ["", "tls-failed", "tls-failed", ""]


@pytest.mark.parametrize("ending", Ending)
async def test_a_handshake_that_breaks_off_at_the_first_contact_is_final(ending: Ending, trusted: trustme.CA) -> None:
    clock = ManualClock()
    async with (
        serve(_ok, authority=trusted) as server,
        gate([ending, server.port]) as door,
        HttpClient(clock=clock) as http,
    ):
        assert (await http.send("GET", server.origin)).status == 200  # another host
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", door.origin, patience=Patience(clock, 60))
    assert (failed.value.fault, failed.value.transient) == (NetworkFault.TLS, False)
    assert len(door.requests) == 1


async def test_a_handshake_through_a_proxy_that_breaks_off_is_tried_again_too(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    async with (
        serve(_once, authority=trusted, name="graph.test") as server,
        gate([server.port, Ending.CLOSED, server.port]) as door,
        connect_proxy() as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        async with HttpClient(clock=clock) as http:
            url = f"https://graph.test:{door.port}/"
            for _ in range(2):
                assert (await http.send("GET", url, patience=Patience(clock, 60))).status == 200
    assert [exchange.failure for exchange in http.trace.exchanges] == ["", "tls-failed", ""]
    assert len(proxy.requests) == 3


async def test_another_certificate_is_not_tried_again_even_of_a_host_that_answered(trusted: trustme.CA) -> None:
    clock = ManualClock()
    async with (
        serve(_once, authority=trusted) as server,
        serve(_once, authority=trustme.CA()) as other,
        gate([server.port, other.port]) as door,
        HttpClient(clock=clock) as http,
    ):
        assert (await http.send("GET", door.origin)).status == 200
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", door.origin, patience=Patience(clock, 60))
    assert (failed.value.fault, failed.value.transient) == (NetworkFault.CERTIFICATE, False)
    assert http.trace.count == 2


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("value", ["ftp://u:planted-proxy-password@host", "socks9://host", "http://host:x"])
async def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(TrustError, match="HTTPS_PROXY") as refused:
        HttpClient()
    assert "planted-proxy-password" not in str(refused.value)
    assert refused.value.__suppress_context__


async def test_a_real_sign_in_over_real_tls(trusted: trustme.CA) -> None:
    def entra(request: Received) -> bytes:
        answer = token() if request.line.startswith("POST") else openid(environment)
        return reply(answer.content)

    async with serve(entra, authority=trusted) as server, HttpClient() as http:
        environment = Environment("gateway", "Gateway", server.origin, server.origin, "", "", built_in=False)
        got = await sign_in(http, credentials(environment))
    assert got.roles == set(GUIDE_ROLES)
    assert [request.line.split()[0] for request in server.requests] == ["GET", "POST"]
    sent = httpx.QueryParams(server.requests[1].body.decode())
    assert sent["client_secret"] == CLEAR
    assert sent["scope"] == f"{server.origin}/.default"
    assert CLEAR not in json.dumps([repr(exchange) for exchange in http.trace.exchanges])


async def test_a_sign_in_on_plain_loopback() -> None:
    def entra(request: Received) -> bytes:
        answer = token() if request.line.startswith("POST") else openid(environment)
        return reply(answer.content)

    async with serve(entra, authority=None) as server, HttpClient() as http:
        environment = Environment("local", "Local", server.origin, server.origin, "", "", built_in=False)
        got = await sign_in(http, credentials(environment))
    assert got.roles == set(GUIDE_ROLES)
    assert {exchange.host for exchange in http.trace.exchanges} == {server.netloc}


@pytest.mark.parametrize("token", ["broken\r\nX-Injected: yes", "schlüssel", "nul\x00byte", "\udc80"])
async def test_a_token_that_no_header_carries_is_neither_sent_nor_quoted(token: str) -> None:
    bearer = "Bearer " + CLEAR[::-1] + token
    async with serve(_ok, authority=None) as server, HttpClient() as http:
        with pytest.raises(Unreachable) as failed:
            await http.send("GET", server.origin, headers={"Authorization": bearer})
    assert failed.value.fault is NetworkFault.ADDRESS
    assert CLEAR[::-1] not in "".join(traceback.format_exception(failed.value)) + repr(http.trace.exchanges)
    assert server.requests == []
