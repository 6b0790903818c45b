"""Which host is which: the login and Graph hosts of Microsoft's clouds, and any other host as one of our own.

Region values follow what tenants' OpenID documents show in each cloud; hosts come from the product's environments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from entra_tui.model.environment import BUILT_IN, CHINA, PUBLIC, USGOV, USGOV_DOD, Environment


@dataclass(frozen=True, slots=True)
class CloudFacts:
    """What a tenant's OpenID document says about the cloud it lives in.

    Attributes:
        environment: The cloud's hosts.
        region_scope: Usual `tenant_region_scope`.
        region_sub_scope: Usual `tenant_region_sub_scope`; None where tenants have none.
        instance_name: `cloud_instance_name`.
        directory_graph_host: `cloud_graph_host_name`, the host of the retired Azure AD Graph.
        rbac_url: `rbac_url`.
        token_issuer: Origin in the `iss` claim of a version 1 token.
        initial_domain: What every tenant's first domain ends in.
    """

    environment: Environment
    region_scope: str
    region_sub_scope: str | None
    instance_name: str
    directory_graph_host: str
    rbac_url: str
    token_issuer: str
    initial_domain: str


CLOUDS: Final[dict[str, CloudFacts]] = {
    facts.environment.name: facts
    for facts in (
        CloudFacts(
            PUBLIC,
            "EU",
            None,
            "microsoftonline.com",
            "graph.windows.net",
            "https://pas.windows.net",
            "https://sts.windows.net",
            "onmicrosoft.com",
        ),
        CloudFacts(
            USGOV,
            "USGov",
            "DODCON",
            "microsoftonline.us",
            "graph.microsoftazure.us",
            "https://pasff.usgovcloudapi.net",
            "https://sts.windows.net",
            "onmicrosoft.us",
        ),
        CloudFacts(
            USGOV_DOD,
            "USGov",
            "DOD",
            "microsoftonline.us",
            "graph.microsoftazure.us",
            "https://pasff.usgovcloudapi.net",
            "https://sts.windows.net",
            "onmicrosoft.us",
        ),
        CloudFacts(
            CHINA,
            "AS",
            None,
            "partner.microsoftonline.cn",
            "graph.chinacloudapi.cn",
            "https://pas.chinacloudapi.cn",
            "https://sts.chinacloudapi.cn",
            "partner.onmschina.cn",
        ),
    )
}
"""By the environment's name."""


class Service(Enum):
    """What a host serves."""

    LOGIN = "login"
    GRAPH = "graph"
    BOTH = "login and Graph, told apart by path"


@dataclass(frozen=True, slots=True)
class Site:
    """One host, as a request names it.

    Attributes:
        service: What it serves.
        host: Host with its port, if any.
        origin: Scheme and host.
        environments: Names of the clouds it belongs to; empty for a host of our own, which stands for every cloud.
    """

    service: Service
    host: str
    origin: str
    environments: frozenset[str] = frozenset()

    @property
    def own(self) -> bool:
        """Whether this is none of Microsoft's hosts, but a server of ours."""
        return self.service is Service.BOTH

    def login_origin(self, environment: Environment) -> str:
        """Where tenants of `environment` sign in, as seen from here."""
        return self.origin if self.own else environment.authority

    def graph_origin(self, environment: Environment) -> str:
        """Where tenants of `environment` find Graph, as seen from here."""
        return self.origin if self.own else environment.graph

    def graph_host(self, environment: Environment) -> str:
        """Host (with port, if any) in `graph_origin`."""
        return self.host if self.own else environment.graph_host


def _microsoft_sites() -> dict[str, Site]:
    sites: dict[str, Site] = {}
    for service, hosts in (
        (Service.LOGIN, lambda environment: environment.login_hosts),
        (Service.GRAPH, lambda environment: {environment.graph_host}),
    ):
        for host in {host for environment in BUILT_IN for host in hosts(environment)}:
            names = frozenset(environment.name for environment in BUILT_IN if host in hosts(environment))
            sites[host] = Site(service, host, f"https://{host}", names)
    return sites


MICROSOFT_SITES: Final[dict[str, Site]] = _microsoft_sites()
"""Every host of Microsoft's that is simulated, by its name."""


def site_of(host: str, scheme: str = "https") -> Site:
    """The site that a `Host` header names: one of Microsoft's, else one of our own with its port."""
    name = host.lower()
    microsoft = MICROSOFT_SITES.get(name.partition(":")[0])
    return microsoft if microsoft is not None else Site(Service.BOTH, name, f"{scheme}://{name}")
