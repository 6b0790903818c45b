"""Finding the tenant that a login path names.

Which login host answers for which tenants follows measurements of the real hosts: the public cloud's also know US
Government tenants by any name and China's by id; the US Government's also know public ones; China's fall back to the
public directory.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from entra_tui.model.environment import CHINA, PUBLIC, USGOV, USGOV_DOD
from entra_tui.simulator.login.errors import SignInRefusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.simulator.sites import Site
    from entra_tui.simulator.tenant import Tenant

SHARED: Final = frozenset({"common", "organizations", "consumers"})
"""Path segments that stand for whichever tenant a person turns out to belong to."""

_ZERO: Final = "00000000-0000-0000-0000-000000000000"
_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DNS_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_US: Final = frozenset({USGOV.name, USGOV_DOD.name})


def find_tenant(named: str, site: Site, tenants: Iterable[Tenant]) -> Tenant:
    """The tenant with this id or domain, as a login host sees it; of several its own cloud's counts.

    Raises:
        SignInRefusal: Malformed, all zero, or no such tenant in reach of this host.
    """
    wanted = named.lower()
    if wanted == _ZERO:
        raise SignInRefusal(900021, tenant=named)
    if not _GUID.fullmatch(wanted) and not _DNS_NAME.fullmatch(wanted):
        raise SignInRefusal(900023, tenant=named)
    matching = [
        tenant
        for tenant in tenants
        if wanted in (tenant.spec.tenant_id, tenant.spec.domain, tenant.spec.initial_domain)
    ]
    local = [tenant for tenant in matching if is_local(tenant, site)]
    reachable = local or [
        tenant for tenant in matching if _reaches(site, tenant, by_id=wanted == tenant.spec.tenant_id)
    ]
    if not reachable:
        raise SignInRefusal(90002, tenant=named)
    return reachable[0]


def is_local(tenant: Tenant, site: Site) -> bool:
    """Whether a tenant lives in the cloud that a login host belongs to."""
    return site.own or tenant.spec.environment.name in site.environments


def _reaches(site: Site, tenant: Tenant, *, by_id: bool) -> bool:
    home = tenant.spec.environment.name
    if PUBLIC.name in site.environments:
        return home in _US or (home == CHINA.name and by_id)
    return home == PUBLIC.name
