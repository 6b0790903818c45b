"""What every access token for Graph says, whoever it is for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from entra_tui.simulator.login.discovery import issuer
from entra_tui.simulator.sites import CLOUDS

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.registrations import ServicePrincipal
    from entra_tui.simulator.sites import Site
    from entra_tui.simulator.tenant import Tenant

LIFE: Final = 3_599
"""Seconds for which a token holds, as `expires_in` says."""


def common_claims(
    cloud: PracticeCloud, site: Site, tenant: Tenant, graph: str, app: ServicePrincipal
) -> dict[str, object]:
    """The claims that tokens for apps and for people share."""
    now = cloud.clock.now() + timedelta(seconds=cloud.scenario.clock_skew)
    start = int(now.timestamp())
    facts = CLOUDS[tenant.spec.environment.name]
    claims: dict[str, object] = {
        "aud": graph,
        "iss": issuer(site, facts, tenant.spec.tenant_id, version_2=False),
        "iat": start,
        "nbf": start,
        "exp": start + LIFE + 1,
        "aio": cloud.identifiers.opaque(36),
        "app_displayname": app.display_name,
        "appid": app.app_id,
        "idp": issuer(site, facts, tenant.spec.tenant_id, version_2=False),
        "rh": f"1.{cloud.identifiers.opaque(30)}.",
        "tenant_region_scope": tenant.spec.region_scope,
        "tid": tenant.spec.tenant_id,
        "uti": cloud.identifiers.opaque(16),
        "ver": "1.0",
    }
    if tenant.spec.region_sub_scope:
        claims["tenant_region_sub_scope"] = tenant.spec.region_sub_scope
    return claims
