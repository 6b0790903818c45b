"""The device code endpoint (Entra's page on the device authorization grant)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.device_sign_in import INTERVAL, LIFE
from entra_tui.simulator.login.addresses import SHARED, find_tenant, is_local
from entra_tui.simulator.login.errors import SignInRefusal
from entra_tui.simulator.login.scopes import delegated_scopes
from entra_tui.simulator.login.tokens import known_application
from entra_tui.simulator.sites import CLOUDS

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.messages import IncomingRequest

_PAGE = "https://microsoft.com/devicelogin"


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
    scopes = delegated_scopes(form.get("scope", ""), tenant, request.site)
    sign_in = cloud.device_sign_ins.begin(client_id, tenant.spec.tenant_id, scopes, cloud.clock.now())
    return {
        "user_code": sign_in.user_code,
        "device_code": sign_in.device_code,
        "verification_uri": _PAGE,
        "expires_in": int(LIFE.total_seconds()),
        "interval": INTERVAL,
        "message": f"To sign in, use a web browser to open the page {_PAGE} "
        f"and enter the code {sign_in.user_code} to authenticate.",
    }
