"""The Microsoft clouds a tenant can live in, and environments that a person adds.

Hosts follow Microsoft's pages on national clouds (entra-docs `authentication-national-cloud`, Graph docs
`deployments`). Only the login host and the Graph host decide; the portals are for links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

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
