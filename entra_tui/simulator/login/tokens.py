"""The token endpoint, and the client credentials grant.

Follows Entra's page on the client credentials flow. Tokens for Graph have version 1 form, whichever endpoint issued
them.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from entra_tui.model.environment import GRAPH_APP_ID
from entra_tui.simulator.login.addresses import SHARED, find_tenant, is_local
from entra_tui.simulator.login.claims import LIFE, common_claims
from entra_tui.simulator.login.errors import SignInRefusal
from entra_tui.simulator.login.person_tokens import DEVICE_GRANTS, REFRESH_GRANT, device_token, refreshed_token
from entra_tui.simulator.login.scopes import OF_OPENID
from entra_tui.simulator.signing import signed, signing_key

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.messages import IncomingRequest
    from entra_tui.simulator.registrations import Application, ServicePrincipal
    from entra_tui.simulator.sites import Site
    from entra_tui.simulator.tenant import Tenant

_DEFAULT: Final = "/.default"


def token_answer(cloud: PracticeCloud, request: IncomingRequest, named: str, *, version_2: bool) -> dict[str, object]:
    """What the token endpoint gives.

    Raises:
        SignInRefusal: No token.
    """
    form = request.form()
    grant = form.get("grant_type", "")
    if grant in DEVICE_GRANTS:
        return device_token(cloud, request.site, form)
    if grant == REFRESH_GRANT:
        return refreshed_token(cloud, request.site, named, form)
    if grant != "client_credentials":
        raise SignInRefusal(70003, grant_type=grant) if grant else SignInRefusal(900144, parameter="grant_type")
    if named.lower() in SHARED:
        raise SignInRefusal(90019)
    tenant = find_tenant(named, request.site, cloud.tenants)
    if not is_local(tenant, request.site):
        raise SignInRefusal(900382)
    client_id, secret = _client(form, request.headers.get("authorization", ""))
    principal = _authenticated(cloud, tenant, client_id, secret, form)
    graph = _graph_named(form, tenant, request.site, client_id, version_2=version_2)
    now = cloud.clock.now()
    claims = common_claims(cloud, request.site, tenant, graph, principal)
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
        scopes = [scope for scope in wanted.split() if scope not in OF_OPENID]
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
