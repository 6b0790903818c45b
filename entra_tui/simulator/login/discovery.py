"""What anybody may read without signing in: OpenID documents, the clouds' login hosts, the signing keys.

Follows OpenID Connect Discovery 1.0 and Entra's page on the OpenID Connect protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from entra_tui.model.environment import CHINA, PUBLIC, USGOV
from entra_tui.simulator.login.addresses import SHARED, find_tenant
from entra_tui.simulator.login.errors import SignInRefusal
from entra_tui.simulator.signing import signing_key
from entra_tui.simulator.sites import CLOUDS, MICROSOFT_SITES, Service

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.sites import CloudFacts, Site

_PREFERRED_CACHE: Final = {PUBLIC.name: "login.windows.net"}


def openid_document(cloud: PracticeCloud, site: Site, named: str, *, version_2: bool) -> dict[str, object]:
    """A tenant's OpenID document.

    Raises:
        SignInRefusal: No such tenant.
    """
    if named.lower() in SHARED:
        facts = CLOUDS[min(site.environments or {cloud.tenant.spec.environment.name})]
        return _document(site, facts, named.lower(), "{tenantid}", version_2=version_2) | {"tenant_region_scope": None}
    spec = find_tenant(named, site, cloud.tenants).spec
    facts = CLOUDS[spec.environment.name]
    document = _document(site, facts, spec.tenant_id, spec.tenant_id, version_2=version_2)
    return document | {"tenant_region_scope": spec.region_scope, "tenant_region_sub_scope": spec.region_sub_scope}


def _document(site: Site, facts: CloudFacts, tenant: str, issuer_id: str, *, version_2: bool) -> dict[str, object]:
    origin = site.login_origin(facts.environment)
    version = "/v2.0" if version_2 else ""
    oauth2 = f"{origin}/{tenant}/oauth2{version}"
    return {
        "token_endpoint": f"{oauth2}/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{origin}/{tenant}/discovery{version}/keys" if version_2 else f"{origin}/common/discovery/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(site, facts, issuer_id, version_2=version_2),
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{site.graph_origin(facts.environment)}/oidc/userinfo",
        "authorization_endpoint": f"{oauth2}/authorize",
        "device_authorization_endpoint": f"{oauth2}/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{oauth2}/logout",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "tid", "ver", "email"],
        "kerberos_endpoint": f"{origin}/{tenant}/kerberos",
        "cloud_instance_name": facts.instance_name,
        "cloud_graph_host_name": facts.directory_graph_host,
        "msgraph_host": site.graph_host(facts.environment),
        "rbac_url": facts.rbac_url,
    }


def issuer(site: Site, facts: CloudFacts, tenant_id: str, *, version_2: bool) -> str:
    """Who a tenant's tokens are from."""
    if version_2:
        return f"{site.login_origin(facts.environment)}/{tenant_id}/v2.0"
    return f"{site.origin if site.own else facts.token_issuer}/{tenant_id}/"


def instance_document(site: Site, endpoint: str) -> dict[str, object]:
    """The login hosts of every cloud, for a client that asks whether one is Microsoft's.

    Raises:
        SignInRefusal: The authorization endpoint's host is none of them.
    """
    asked = urlsplit(endpoint)
    known = MICROSOFT_SITES.get(asked.netloc.lower())
    if asked.netloc.lower() != site.host and (known is None or known.service is not Service.LOGIN):
        raise SignInRefusal(50049)
    rows = [
        {
            "preferred_network": environment.login_host,
            "preferred_cache": _PREFERRED_CACHE.get(environment.name, environment.login_host),
            "aliases": [environment.login_host, *sorted(environment.login_aliases)],
        }
        for environment in (PUBLIC, CHINA, USGOV)
    ]
    if site.own:
        rows.append({"preferred_network": site.host, "preferred_cache": site.host, "aliases": [site.host]})
    tenant = next((part for part in asked.path.split("/") if part), "common")
    return {
        "tenant_discovery_endpoint": f"https://{asked.netloc.lower()}/{tenant}/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": rows,
    }


def keys_document(cloud: PracticeCloud, site: Site, named: str) -> dict[str, object]:
    """The keys whose signatures hold: the present one and the one before."""
    environment = cloud.tenant.spec.environment
    present = cloud.key_generation
    who = f"{site.login_origin(environment)}/{named if named not in SHARED else '{tenantid}'}/v2.0"
    return {"keys": [signing_key(place).as_jwk(who) for place in range(max(0, present - 1), present + 1)]}
