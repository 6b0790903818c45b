from __future__ import annotations

import base64

import pytest

from entra_tui.graph.client import HttpClient
from entra_tui.graph.errors import Unreachable
from entra_tui.graph.proxy import proxy_of, shown_proxy
from entra_tui.graph.trust import TrustError
from tests.graph.loopback import connect_proxy, reply, serve

_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_without_a_variable_there_is_none() -> None:
    assert proxy_of("https://graph.microsoft.com") is None


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("HTTPS_PROXY", "http://proxy.test:8080", "proxy.test:8080"),
        ("https_proxy", "proxy.test:8080", "proxy.test:8080"),
        ("ALL_PROXY", "http://user:pa55@proxy.test:8080/", "proxy.test:8080"),
        ("HTTPS_PROXY", "http://us@er:p@ss@proxy.test", "proxy.test"),
        ("HTTP_PROXY", "http://proxy.test:8080", None),
    ],
)
def test_the_proxy_is_told_without_its_credentials(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str | None
) -> None:
    monkeypatch.setenv(name, value)
    assert proxy_of("https://graph.microsoft.com/v1.0") == told


@pytest.mark.parametrize("spared", ["*", "graph.microsoft.com", "microsoft.com", ".microsoft.com,other"])
def test_a_host_that_needs_none_has_none(monkeypatch: pytest.MonkeyPatch, spared: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:8080")
    monkeypatch.setenv("NO_PROXY", spared)
    assert proxy_of("https://graph.microsoft.com") is None
    assert (proxy_of("https://login.test") is None) == (spared == "*")


def test_what_is_no_address_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:8080")
    assert proxy_of("no address") is None


@pytest.mark.parametrize(
    ("spared", "url", "direct"),
    [
        ("localhost,::1,fe80::/10", "https://graph.microsoft.com", False),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("fe80::/10,2001:db8::/32", "https://[2001:db8::7]:8443", True),
        ("[2001:db8::7]:8443", "https://[2001:db8::7]:8443", True),
        ("2001:db8::7", "https://[2001:0db8:0::7]", True),
        ("*.corp.test", "https://login.corp.test", True),
        ("corp.test:8443", "https://login.corp.test:8443", True),
        ("corp.test:8443", "https://login.corp.test", False),
        ("corp.test:443", "https://login.corp.test", True),
        ("corp.test:\u00b2", "https://login.corp.test", False),
        ("corp.test:" + "9" * 5_000, "https://login.corp.test", False),
        ("10.1.2.3:8443", "https://10.1.2.3:8443", True),
        ("10.0.0.0/8", "https://[::ffff:10.1.2.3]", True),
        ("corp.test:8443", "https://login.corp.test:9443", False),
        ("CORP.test.", "https://login.corp.test.", True),
        ("https://corp.test", "https://corp.test", True),
        ("other, * ,more", "https://graph.microsoft.com", True),
        ("orp.test", "https://corp.test", False),
        ("[,]:,::::/999,%,\u00fc,.,*.", "https://graph.microsoft.com", False),
    ],
)
async def test_odd_entries_of_no_proxy_spare_what_they_mean(
    monkeypatch: pytest.MonkeyPatch, spared: str, url: str, direct: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:8080")
    monkeypatch.setenv("NO_PROXY", spared)
    async with HttpClient() as http:
        assert (http.proxy_for(url) is None) == direct


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "app.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "127.1",
        "0x7f.1",
        "0.0.0.0",
        "localhost.",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_no_proxy_leads_to_this_machine(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.test:8080")
    assert proxy_of(f"https://{host}:8443/") is None
    assert proxy_of(f"http://{host}/") is None


@pytest.mark.parametrize("host", ["localhost.test", "127.0.0.1.test", "1270.test", "128.0.0.1", "[::2]"])
def test_a_look_alike_of_this_machine_is_another(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.test:8080")
    assert proxy_of(f"https://{host}/") == "proxy.test:8080"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
async def test_what_is_sent_to_this_machine_in_clear_meets_no_proxy(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    async with serve(lambda _: reply("{}"), authority=None) as server, connect_proxy() as proxy:
        # CGI programs do without HTTP_PROXY; the small name always counts.
        monkeypatch.setenv(variable.lower(), proxy.origin)
        async with HttpClient() as http:
            await http.send("POST", server.origin, form={"client_secret": "planted-secret-of-a-test"})
    assert len(server.requests) == 1
    assert not proxy.requests


@pytest.mark.parametrize("sign", ["#", "/", "?"])
def test_a_password_that_would_be_cut_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, sign: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:planted{sign}password@proxy.test:8080")
    with pytest.raises(TrustError, match="%23") as refused:
        HttpClient()
    assert "HTTPS_PROXY" in str(refused.value)
    assert "planted" not in str(refused.value)
    assert "password@" not in str(refused.value)


@pytest.mark.parametrize("password", ["a#b", "a/b", "a?b", "a@b", "a:b", "a%b", "a b", "#", "a\\b"])
def test_no_part_of_a_password_is_shown(password: str) -> None:
    assert shown_proxy(f"http://someone:{password}@proxy.test:8080/") == "proxy.test:8080"


async def test_a_password_that_is_written_so_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with connect_proxy(refuse=reply("", status="403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("//", "//someone:a%23b%2Fc%3Fd@"))
        async with HttpClient() as http:
            with pytest.raises(Unreachable):
                await http.send("GET", "https://graph.microsoft.com/")
    (asked,) = proxy.requests
    scheme, coded = asked.headers["proxy-authorization"].split()
    assert scheme == "Basic"
    assert base64.b64decode(coded) == b"someone:a#b/c?d"
