"""The token endpoint: client credentials and the device code grant.

Follows Entra's pages on the client credentials flow and the device authorization grant. Tokens for Graph have version
1 form, whichever endpoint issued them.
"""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from entra_tui.model.environment import GRAPH_APP_ID
from entra_tui.simulator.device_sign_in import INTERVAL, SignInState
from entra_tui.simulator.login.addresses import SHARED, find_tenant, is_local
from entra_tui.simulator.login.discovery import issuer
from entra_tui.simulator.login.errors import SignInRefusal
from entra_tui.simulator.signing import signed, signing_key
from entra_tui.simulator.sites import CLOUDS

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.device_sign_in import DeviceSignIn
    from entra_tui.simulator.messages import IncomingRequest
    from entra_tui.simulator.registrations import Application, ServicePrincipal
    from entra_tui.simulator.sites import Site
    from entra_tui.simulator.tenant import Tenant

LIFE: Final = 3_599
"""Seconds for which a token holds, as `expires_in` says."""

DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_DEFAULT: Final = "/.default"
_RESERVED_SCOPES: Final = frozenset({"openid", "profile", "offline_access", "email"})


def token_answer(cloud: PracticeCloud, request: IncomingRequest, named: str, *, version_2: bool) -> dict[str, object]:
    """What the token endpoint gives.

    Raises:
        SignInRefusal: No token.
    """
    form = request.form()
    grant = form.get("grant_type", "")
    if grant in {DEVICE_GRANT, "device_code"}:
        return _device_token(cloud, request.site, form)
    if grant != "client_credentials":
        raise SignInRefusal(70003, grant_type=grant) if grant else SignInRefusal(900144, parameter="grant_type")
    if named.lower() in SHARED:
        raise SignInRefusal(50059)
    tenant = find_tenant(named, request.site, cloud.tenants)
    if not is_local(tenant, request.site):
        raise SignInRefusal(900382)
    client_id, secret = _client(form, request.headers.get("authorization", ""))
    principal = _authenticated(cloud, tenant, client_id, secret, form)
    graph = _graph_named(form, tenant, request.site, client_id, version_2=version_2)
    now = cloud.clock.now()
    claims = _common_claims(cloud, request.site, tenant, graph, principal)
    claims |= {"idtyp": "app", "oid": principal.object_id, "sub": principal.object_id, "appidacr": "1"}
    roles = tenant.registrations.granted(principal, now)
    if roles:
        claims["roles"] = roles
    answer: dict[str, object] = {
        "token_type": "Bearer",
        "expires_in": LIFE,
        "ext_expires_in": LIFE,
        "access_token": signed(signing_key(cloud.key_generation), claims),
    }
    if not version_2:
        # The version 1 endpoint writes its numbers as text.
        answer |= {"expires_in": str(LIFE), "ext_expires_in": str(LIFE), "resource": graph}
        answer |= {"expires_on": str(claims["exp"]), "not_before": str(claims["nbf"])}
    return answer


def _client(form: dict[str, str], authorization: str) -> tuple[str, str]:
    if authorization.lower().startswith("basic "):
        try:
            user, _, password = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
        except ValueError as error:
            raise SignInRefusal(9002313) from error
        return unquote_plus(user).lower(), unquote_plus(password)
    if not form.get("client_id"):
        raise SignInRefusal(900144, parameter="client_id")
    return form["client_id"].lower(), form.get("client_secret", "")


def known_application(cloud: PracticeCloud, tenant: Tenant, client_id: str) -> Application | None:
    """The registration behind a client ID in a tenant; None for one of Microsoft's own apps.

    Raises:
        SignInRefusal: The tenant knows no such app, or not yet.
    """
    application = tenant.registrations.application(client_id)
    if application is None and tenant.registrations.principal(client_id) is None:
        raise SignInRefusal(700016, client_id=client_id, tenant_name=tenant.spec.name)
    if application is not None and application.spread_at > cloud.clock.now():
        raise SignInRefusal(700016, client_id=client_id, tenant_name=tenant.spec.name)
    return application


def _authenticated(
    cloud: PracticeCloud, tenant: Tenant, client_id: str, secret: str, form: dict[str, str]
) -> ServicePrincipal:
    application = known_application(cloud, tenant, client_id)
    principal = tenant.registrations.principal(client_id)
    if "client_assertion" in form:
        raise SignInRefusal(700027, client_id=client_id)
    if application is None:
        raise SignInRefusal(700025)
    if not secret:
        raise SignInRefusal(7000216)
    now = cloud.clock.now()
    matching = [
        held
        for held in application.secrets
        if held.spread_at <= now and hmac.compare_digest(held.value.reveal().encode(), secret.encode())
    ]
    if not any(held.end > now for held in matching):
        raise SignInRefusal(7000222 if matching else 7000215, client_id=client_id)
    if principal is None:
        raise SignInRefusal(7000229, client_id=client_id, tenant_id=tenant.spec.tenant_id)
    if not principal.enabled:
        raise SignInRefusal(7000112, client_id=client_id, app_name=principal.display_name)
    return principal


def _graph_named(form: dict[str, str], tenant: Tenant, site: Site, client_id: str, *, version_2: bool) -> str:
    parameter = "scope" if version_2 else "resource"
    wanted = form.get(parameter, "").strip()
    if not wanted:
        raise SignInRefusal(900144, parameter=parameter)
    resource = wanted
    if version_2:
        scopes = [scope for scope in wanted.split() if scope not in _RESERVED_SCOPES]
        if len(scopes) != 1:
            raise SignInRefusal(70011, scope=wanted)
        if not scopes[0].endswith(_DEFAULT):
            raise SignInRefusal(1002012, scope=scopes[0])
        resource = scopes[0].removesuffix(_DEFAULT)
    return _graph_origin(resource, tenant, site, client_id)


def _graph_origin(resource: str, tenant: Tenant, site: Site, client_id: str) -> str:
    environment = tenant.spec.environment
    if resource in {GRAPH_APP_ID, f"api://{GRAPH_APP_ID}"}:
        return site.graph_origin(environment)
    if resource.rstrip("/") in {environment.graph, site.graph_origin(environment)}:
        return resource.rstrip("/")
    raise SignInRefusal(500011, resource=resource, tenant_name=tenant.spec.name, client_id=client_id)


def _common_claims(
    cloud: PracticeCloud, site: Site, tenant: Tenant, graph: str, app: ServicePrincipal
) -> dict[str, object]:
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


def _device_token(cloud: PracticeCloud, site: Site, form: dict[str, str]) -> dict[str, object]:
    sign_in = cloud.device_sign_ins.find(form.get("device_code") or form.get("code", ""))
    if sign_in is None or sign_in.client_id != form.get("client_id", "").lower():
        raise SignInRefusal(70018)
    now = cloud.clock.now()
    if now >= sign_in.expires:
        raise SignInRefusal(70020)
    application = cloud.tenant.registrations.application(sign_in.client_id)
    if application is not None and not application.public_client:
        raise SignInRefusal(7000218)
    too_soon = sign_in.polled is not None and now - sign_in.polled < timedelta(seconds=INTERVAL - 1)
    sign_in.polled = now
    match sign_in.state:
        case SignInState.PENDING:
            raise SignInRefusal(70016, error="slow_down" if too_soon else "")
        case SignInState.DECLINED:
            raise SignInRefusal(65004)
        case SignInState.APPROVED:
            cloud.device_sign_ins.finish(sign_in.device_code)
            return _person_token(cloud, site, sign_in)


def _person_token(cloud: PracticeCloud, site: Site, sign_in: DeviceSignIn) -> dict[str, object]:
    tenant = cloud.tenant
    user = tenant.users.find(sign_in.user_id)
    principal = tenant.registrations.principal(sign_in.client_id)
    if user is None or principal is None:
        raise SignInRefusal(70018)
    consented = [scope for scope in sign_in.scopes if scope in principal.scopes or scope == "User.Read"]
    if sign_in.scopes and not consented:
        raise SignInRefusal(65001, client_id=principal.app_id, app_name=principal.display_name)
    claims = _common_claims(cloud, site, tenant, sign_in.graph, principal)
    person: dict[str, object] = {
        "oid": sign_in.user_id,
        "sub": cloud.identifiers.opaque(32),
        "name": user["displayName"],
        "upn": user["userPrincipalName"],
    }
    access = claims | person | {"idtyp": "user", "appidacr": "0", "amr": ["pwd", "mfa"]}
    access |= {"scp": " ".join(consented), "unique_name": user["userPrincipalName"]}
    access["wids"] = [role.template.template_id for role in tenant.roles.of(sign_in.user_id)]
    key = signing_key(cloud.key_generation)
    facts = CLOUDS[tenant.spec.environment.name]
    identity = person | {
        "aud": principal.app_id,
        "iss": issuer(site, facts, tenant.spec.tenant_id, version_2=True),
        "preferred_username": user["userPrincipalName"],
        "tid": tenant.spec.tenant_id,
        "ver": "2.0",
        **{name: claims[name] for name in ("iat", "nbf", "exp")},
    }
    return {
        "token_type": "Bearer",
        "scope": " ".join(f"{sign_in.graph}/{scope}" for scope in consented),
        "expires_in": LIFE,
        "ext_expires_in": LIFE,
        "access_token": signed(key, access),
        "refresh_token": f"1.{cloud.identifiers.opaque(120)}",
        "id_token": signed(key, identity),
        "client_info": _client_info(sign_in.user_id, tenant.spec.tenant_id),
    }


def _client_info(user_id: str, tenant_id: str) -> str:
    raw = f'{{"uid":"{user_id}","utid":"{tenant_id}"}}'
    return base64.urlsafe_b64encode(raw.encode()).rstrip(b"=").decode()
