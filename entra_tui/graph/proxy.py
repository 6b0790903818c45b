"""Which proxy leads to a host, and the network by way of it; told without its credentials.

The proxy that is shown and the one that is used come from one place, which Python's `urllib` fills.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies, proxy_bypass

import httpx

from entra_tui.graph.address import split_address
from entra_tui.graph.bulk_reads import read_in_bulk
from entra_tui.graph.trust import TrustError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from urllib.parse import SplitResult

_UNSPECIFIED: Final = "all"
_OWN_PORTS: Final = {"http": "80", "https": "443"}
_SCHEMES: Final = ("http", "https", _UNSPECIFIED)
_LIMITS: Final = httpx.Limits(max_connections=10, keepalive_expiry=60)


@dataclass(frozen=True, slots=True, repr=False)
class Proxies:
    """The proxies of this process, as they were named when it was made.

    Attributes:
        named: The proxy's address, credentials and all, by the scheme of what it leads to, or `all`.
        spared: The entries of `NO_PROXY`.
    """

    named: Mapping[str, str]
    spared: tuple[str, ...]

    @classmethod
    def of_environment(cls) -> Proxies:
        """Those that the environment names, or else Windows or macOS.

        Raises:
            TrustError: A password in one of them would be cut at a `#`, `/` or `?`.
        """
        found = getproxies()
        named = {scheme: _with_scheme(found[scheme]) for scheme in _SCHEMES if found.get(scheme)}
        for scheme, address in named.items():
            credentials = address.partition("://")[2].rpartition("@")[0]
            if any(sign in credentials for sign in "#/?"):
                raise TrustError(
                    f"User name or password in {scheme.upper()}_PROXY hold #, / or ?; write them as %23, %2F and %3F."
                )
        listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or found.get("no", "")
        return cls(named, tuple(entry.strip().lower() for entry in listed.split(",") if entry.strip()))

    def leading_to(self, url: str) -> str | None:
        """The address, credentials and all, of the proxy for `url`; None where there is none."""
        target = split_address(url)
        named = self.named.get(target.scheme) or self.named.get(_UNSPECIFIED)
        host = (target.hostname or "").rstrip(".")
        if not named or not host or self._is_spared(host, _port(target)):
            return None
        return named

    def _is_spared(self, host: str, port: str) -> bool:
        if is_loopback(host) or any(_covers(entry, host, port) for entry in self.spared):
            return True
        # Windows and macOS keep exceptions of their own.
        return not self.spared and bool(proxy_bypass(host))


def proxy_of(url: str) -> str | None:
    """Host and port of the proxy that leads to `url`; None where there is none."""
    return shown_proxy(Proxies.of_environment().leading_to(url))


def shown_proxy(address: str | None) -> str | None:
    """Host and port of a proxy, whatever else its address holds."""
    if address is None:
        return None
    # A password may hold any sign, so what follows the last @ is taken, and not what an address should be made of.
    rest = address.rpartition("@")[2] if "@" in address else address.partition("://")[2]
    return split_address(f"//{rest}").netloc or None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nothing in between is asked to lead there."""
    address = _address(host)
    if address is not None:
        return address.is_loopback or address.is_unspecified
    return host == "localhost" or host.endswith(".localhost")


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _port(target: SplitResult) -> str:
    """The port of an address, or its scheme's own; empty where it is none."""
    try:
        return str(target.port or "") or _OWN_PORTS.get(target.scheme, "")
    except ValueError:
        return ""


def _covers(entry: str, host: str, port: str) -> bool:
    """Whether an entry of `NO_PROXY` means a host: a name with all below it, an address, a range, or `*`."""
    entry = entry.rpartition("://")[2]
    if entry == "*":
        return True
    name, asked = entry, ""
    if entry.startswith("["):
        name, _, asked = entry[1:].partition("]")
    elif entry.count(":") == 1:
        name, _, asked = entry.partition(":")
    if asked.removeprefix(":") not in {"", port}:
        return False
    address = _address(host)
    if address is not None:
        try:
            return address in ip_network(name, strict=False)
        except ValueError:
            return address == _address(name)
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is, in any way of writing it that the system understands; None for a name."""
    try:
        address = ip_address(host)
    except ValueError:
        # `127.1` and `0x7f.1` lead to this machine too.
        try:
            return IPv4Address(socket.inet_aton(host)) if host[:1].isdigit() else None
        except OSError:
            return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


class NetworkTransport(httpx.AsyncBaseTransport):
    """The network, each host by the proxy that leads there.

    Args:
        context: For TLS.

    Raises:
        TrustError: As `Proxies.of_environment`.
        ImportError, ValueError, httpx.InvalidURL: A proxy's address is none that can be used.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._proxies = Proxies.of_environment()
        self._direct = _transport(context)
        self._by_proxy = {
            address: _transport(context, httpx.Proxy(address)) for address in {*self._proxies.named.values()}
        }

    def proxy_for(self, url: str) -> str | None:
        """Host and port of the proxy that leads to `url`; None where there is none."""
        return shown_proxy(self._proxies.leading_to(url))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        proxy = self._proxies.leading_to(str(request.url))
        transport = self._direct if proxy is None else self._by_proxy[proxy]
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        for transport in (self._direct, *self._by_proxy.values()):
            await transport.aclose()


def _transport(context: ssl.SSLContext, proxy: httpx.Proxy | None = None) -> httpx.AsyncHTTPTransport:
    transport = httpx.AsyncHTTPTransport(verify=context, limits=_LIMITS, proxy=proxy)
    read_in_bulk(transport)
    return transport
