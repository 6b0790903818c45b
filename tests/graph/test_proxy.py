from __future__ import annotations

import pytest

from entra_tui.graph.proxy import proxy_of

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
