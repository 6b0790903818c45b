"""Which proxy leads to a host, and the network by way of it; told without its credentials.

What is told and what is done come from one place, which Python's `urllib` fills from the environment or the system.
"""

from __future__ import annotations

import os
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

_UNSPECIFIED: Final = "all"
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
        named = {scheme: found[scheme] for scheme in _SCHEMES if found.get(scheme)}
        for scheme, address in named.items():
            credentials, at, _ = address.partition("://")[-1 if "://" in address else 0].rpartition("@")
            if at and any(sign in credentials for sign in "#/?"):
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
        if not named or not host or self._is_spared(host, target.port):
            return None
        return named if "://" in named else f"http://{named}"

    def _is_spared(self, host: str, port: int | None) -> bool:
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
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address is not None:
        return address.is_loopback
    return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _covers(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of `NO_PROXY` means a host: a name with all below it, an address, a range, or `*`."""
    entry = entry.rpartition("://")[2]
    if entry == "*":
        return True
    address = _address(host)
    if address is not None:
        bare = entry.strip("[]")
        try:
            return address in ip_network(bare, strict=False)
        except ValueError:
            pass
    name, colon, asked = entry.rpartition(":")
    if not colon or not asked.isdigit():
        name, asked = entry, ""
    if asked and port is not None and int(asked) != port:
        return False
    name = name.strip("[]").removeprefix("*").strip(".")
    return bool(name) and (host.lower() == name or host.lower().endswith(f".{name}"))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


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
        schemes = self._proxies.named
        addresses = {named if "://" in named else f"http://{named}" for named in schemes.values()}
        self._by_proxy = {address: _transport(context, httpx.Proxy(address)) for address in addresses}

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
