"""The device code endpoint (Entra's page on the device authorization grant)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.device_sign_in import INTERVAL, LIFE
from entra_tui.simulator.graph_permissions import graph_permissions
from entra_tui.simulator.login.addresses import SHARED, find_tenant, is_local
from entra_tui.simulator.login.errors import SignInRefusal
from entra_tui.simulator.login.tokens import known_application
from entra_tui.simulator.sites import CLOUDS

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.messages import IncomingRequest
    from entra_tui.simulator.sites import Site
    from entra_tui.simulator.tenant import Tenant

_PAGE = "https://microsoft.com/devicelogin"
_RESERVED = frozenset({"openid", "profile", "offline_access", "email"})


def device_code_answer(cloud: PracticeCloud, request: IncomingRequest, named: str) -> dict[str, object]:
    """A code for a person to type; any app that the tenant knows gets one, public client or not.

    Raises:
        SignInRefusal: No code.
    """
    form = request.form()
    client_id = form.get("client_id", "").lower()
    if not client_id:
        raise SignInRefusal(900144, parameter="client_id")
    if named.lower() in SHARED:
        tenant = cloud.tenant
        if tenant.registrations.application(client_id) or not tenant.registrations.principal(client_id):
            raise SignInRefusal(50059)
    else:
        tenant = find_tenant(named, request.site, cloud.tenants)
    if not is_local(tenant, request.site):
        facts = CLOUDS[tenant.spec.environment.name]
        asked = CLOUDS[min(request.site.environments)].instance_name
        raise SignInRefusal(90038, tenant=named, cloud=facts.instance_name, instance=asked)
    known_application(cloud, tenant, client_id)
    scopes, graph = _scopes(form.get("scope", ""), tenant, request.site)
    sign_in = cloud.device_sign_ins.begin(client_id, tenant.spec.tenant_id, scopes, graph, cloud.clock.now())
    return {
        "user_code": sign_in.user_code,
        "device_code": sign_in.device_code,
        "verification_uri": _PAGE,
        "expires_in": int(LIFE.total_seconds()),
        "interval": INTERVAL,
        "message": f"To sign in, use a web browser to open the page {_PAGE} "
        f"and enter the code {sign_in.user_code} to authenticate.",
    }


def _scopes(text: str, tenant: Tenant, site: Site) -> tuple[tuple[str, ...], str]:
    origins = {tenant.spec.environment.graph, site.graph_origin(tenant.spec.environment)}
    graph = site.graph_origin(tenant.spec.environment)
    names: list[str] = []
    for scope in text.split():
        if scope in _RESERVED:
            continue
        origin, _, name = scope.rpartition("/")
        if origin and origin not in origins:
            raise SignInRefusal(500011, resource=origin, tenant_name=tenant.spec.name)
        graph = origin or graph
        if name == ".default":
            names += sorted(known for known, row in graph_permissions().items() if row.scope_id)
        elif name in graph_permissions():
            names.append(name)
        else:
            raise SignInRefusal(70011, scope=scope)
    return tuple(names), graph
