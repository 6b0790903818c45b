"""The Microsoft clouds a tenant can live in, and environments that a person adds.

Hosts follow Microsoft's pages on national clouds (entra-docs `authentication-national-cloud`, Graph docs
`deployments`). Only the login host and the Graph host decide; the portals are for links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_SHOWN_OF_HOST: Final = 44

GRAPH_APP_ID: Final = "00000003-0000-0000-c000-000000000000"
"""Application ID of Microsoft Graph itself; the same in every cloud."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One place where tenants live.

    Attributes:
        name: What commands and `config.toml` call it, such as `usgov`.
        label: What the connector form calls it, such as `Azure US Government`.
        authority: Origin of the login host, without a trailing slash.
        graph: Origin of the Graph host, without a trailing slash.
        portal: Origin of the Azure portal.
        admin_center: Origin of the Microsoft Entra admin center.
        login_aliases: Further hosts that belong to the same login service.
        built_in: False for one that came from `config.toml`.
    """

    name: str
    label: str
    authority: str
    graph: str
    portal: str
    admin_center: str
    login_aliases: frozenset[str] = frozenset()
    built_in: bool = True

    @property
    def login_host(self) -> str:
        """Host (with its port, if any) that signs in."""
        return urlsplit(self.authority).netloc

    @property
    def graph_host(self) -> str:
        """Host (with its port, if any) that serves Graph."""
        return urlsplit(self.graph).netloc

    @property
    def login_hosts(self) -> frozenset[str]:
        """Every host to which a secret for this environment may be sent."""
        return self.login_aliases | {self.login_host}

    @property
    def shown_label(self) -> str:
        """The label; for an environment of one's own after the hosts it leads to, since its label may say anything."""
        if self.built_in:
            return self.label
        hosts = dict.fromkeys(_short(host) for host in (self.login_host, self.graph_host))
        return f"{', '.join(hosts)} ({self.label})"

    @property
    def place(self) -> str:
        """` at HOST`, for the end of what is said of work there; empty for a built-in environment."""
        return "" if self.built_in else f" at {_short(self.login_host)}"

    @property
    def scope(self) -> str:
        """The scope of a client-credentials request for Graph."""
        return f"{self.graph}/.default"


PUBLIC: Final = Environment(
    name="public",
    label="Azure Public Cloud",
    authority="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
    portal="https://portal.azure.com",
    admin_center="https://entra.microsoft.com",
    login_aliases=frozenset({"login.windows.net", "login.microsoft.com", "sts.windows.net"}),
)
USGOV: Final = Environment(
    name="usgov",
    label="Azure US Government",
    authority="https://login.microsoftonline.us",
    graph="https://graph.microsoft.us",
    portal="https://portal.azure.us",
    admin_center="https://entra.microsoft.us",
    login_aliases=frozenset({"login.usgovcloudapi.net"}),
)
USGOV_DOD: Final = Environment(
    name="usgov-dod",
    label="Azure US Government (DoD)",
    authority="https://login.microsoftonline.us",
    graph="https://dod-graph.microsoft.us",
    portal="https://portal.azure.us",
    admin_center="https://entra.microsoft.us",
    login_aliases=frozenset({"login.usgovcloudapi.net"}),
)
CHINA: Final = Environment(
    name="china",
    label="Azure China (21Vianet)",
    authority="https://login.partner.microsoftonline.cn",
    graph="https://microsoftgraph.chinacloudapi.cn",
    portal="https://portal.azure.cn",
    admin_center="https://entra.microsoftonline.cn",
    login_aliases=frozenset({"login.chinacloudapi.cn"}),
)

BUILT_IN: Final[tuple[Environment, ...]] = (PUBLIC, USGOV, USGOV_DOD, CHINA)
"""In the order in which the connector form offers them."""


def _short(host: str) -> str:
    """A host on one line; of a long one rather its end, which says whose it is."""
    if len(host) <= _SHOWN_OF_HOST:
        return host
    return f"{host[:8]}...{host[11 - _SHOWN_OF_HOST :]}"
