"""Tokens for people: the device code grant, and the refresh token that goes on from there.

Follows Entra's pages on the device authorization grant and on refresh tokens. An ID token is given for `openid`, a
refresh token for `offline_access`.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from entra_tui.simulator.device_sign_in import INTERVAL, SignInState
from entra_tui.simulator.login.addresses import SHARED, find_tenant
from entra_tui.simulator.login.claims import LIFE, common_claims
from entra_tui.simulator.login.discovery import issuer
from entra_tui.simulator.login.errors import SignInRefusal
from entra_tui.simulator.login.scopes import delegated_scopes
from entra_tui.simulator.refresh_tokens import LIFE as REFRESH_LIFE
from entra_tui.simulator.refresh_tokens import PersonalGrant
from entra_tui.simulator.signing import signed, signing_key
from entra_tui.simulator.sites import CLOUDS

if TYPE_CHECKING:
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.login.scopes import DelegatedScopes
    from entra_tui.simulator.registrations import ServicePrincipal
    from entra_tui.simulator.sites import Site

DEVICE_GRANTS: Final = frozenset({"urn:ietf:params:oauth:grant-type:device_code", "device_code"})
REFRESH_GRANT: Final = "refresh_token"
_ALWAYS_CONSENTED: Final = "User.Read"


def device_token(cloud: PracticeCloud, site: Site, form: dict[str, str]) -> dict[str, object]:
    """The tokens for a device code that somebody approved.

    Raises:
        SignInRefusal: Not yet, or never.
    """
    sign_in = cloud.device_sign_ins.find(form.get("device_code") or form.get("code", ""))
    if sign_in is None or sign_in.client_id != form.get("client_id", "").lower():
        raise SignInRefusal(70018)
    now = cloud.clock.now()
    if now >= sign_in.expires:
        raise SignInRefusal(70020)
    _check_public(cloud, sign_in.client_id)
    too_soon = sign_in.polled is not None and now - sign_in.polled < timedelta(seconds=INTERVAL - 1)
    sign_in.polled = now
    match sign_in.state:
        case SignInState.PENDING:
            raise SignInRefusal(70016, error="slow_down" if too_soon else "")
        case SignInState.DECLINED:
            raise SignInRefusal(65004)
        case SignInState.APPROVED:
            cloud.device_sign_ins.finish(sign_in.device_code)
            return _answer(cloud, site, PersonalGrant(sign_in.client_id, sign_in.user_id, sign_in.scopes, now))


def refreshed_token(cloud: PracticeCloud, site: Site, named: str, form: dict[str, str]) -> dict[str, object]:
    """New tokens for a refresh token.

    Raises:
        SignInRefusal: Another app's or tenant's token, a made-up or expired one, or the person is gone.
    """
    for parameter in ("client_id", REFRESH_GRANT):
        if not form.get(parameter):
            raise SignInRefusal(900144, parameter=parameter)
    tenant = cloud.tenant
    elsewhere = named.lower() not in SHARED and find_tenant(named, site, cloud.tenants) is not tenant
    grant = cloud.refresh_tokens.find(form[REFRESH_GRANT])
    if grant is None or elsewhere or grant.client_id != form["client_id"].lower():
        raise SignInRefusal(9002313, error="invalid_grant")
    _check_public(cloud, grant.client_id)
    now = cloud.clock.now()
    if now - grant.issued >= REFRESH_LIFE:
        issued = grant.issued.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
        raise SignInRefusal(700082, issued=issued, time=f"{REFRESH_LIFE.days}.00:00:00")
    wanted = delegated_scopes(form.get("scope", ""), tenant, site)
    scopes = wanted if wanted.permissions else replace(grant.scopes, graph=wanted.graph)
    # What was agreed to once need not be asked for again.
    scopes = replace(scopes, openid=grant.scopes.openid or wanted.openid, offline=True)
    return _answer(cloud, site, replace(grant, scopes=scopes, issued=now))


def _check_public(cloud: PracticeCloud, client_id: str) -> None:
    application = cloud.tenant.registrations.application(client_id)
    if application is not None and not application.public_client:
        raise SignInRefusal(7000218)


def _answer(cloud: PracticeCloud, site: Site, grant: PersonalGrant) -> dict[str, object]:
    tenant = cloud.tenant
    user = tenant.users.find(grant.user_id)
    principal = tenant.registrations.principal(grant.client_id)
    if principal is None:
        raise SignInRefusal(700016, client_id=grant.client_id, tenant_name=tenant.spec.name)
    if user is None:
        raise SignInRefusal(50034, tenant_id=tenant.spec.tenant_id)
    if user["accountEnabled"] is False:
        raise SignInRefusal(50057)
    consented = _consented(grant.scopes, principal)
    claims = common_claims(cloud, site, tenant, grant.scopes.graph, principal)
    person: dict[str, object] = {
        "oid": grant.user_id,
        "sub": cloud.identifiers.opaque(32),
        "name": user["displayName"],
        "upn": user["userPrincipalName"],
    }
    access = claims | person | {"idtyp": "user", "appidacr": "0", "amr": ["pwd", "mfa"]}
    access |= {"scp": " ".join(consented), "unique_name": user["userPrincipalName"]}
    access["wids"] = [role.template.template_id for role in tenant.roles.of(grant.user_id)]
    key = signing_key(cloud.key_generation)
    answer: dict[str, object] = {
        "token_type": "Bearer",
        "scope": " ".join(f"{grant.scopes.graph}/{scope}" for scope in consented),
        "expires_in": LIFE,
        "ext_expires_in": LIFE,
        "access_token": signed(key, access),
        "client_info": _client_info(grant.user_id, tenant.spec.tenant_id),
    }
    if grant.scopes.offline:
        answer["refresh_token"] = cloud.refresh_tokens.give(grant)
    if grant.scopes.openid:
        facts = CLOUDS[tenant.spec.environment.name]
        identity = person | {
            "aud": principal.app_id,
            "iss": issuer(site, facts, tenant.spec.tenant_id, version_2=True),
            "preferred_username": user["userPrincipalName"],
            "tid": tenant.spec.tenant_id,
            "ver": "2.0",
            **{name: claims[name] for name in ("iat", "nbf", "exp")},
        }
        answer["id_token"] = signed(key, identity)
    return answer


def _consented(scopes: DelegatedScopes, principal: ServicePrincipal) -> list[str]:
    known = principal.scopes | {_ALWAYS_CONSENTED}
    consented = [scope for scope in scopes.permissions if scope in known]
    if scopes.permissions and not consented:
        raise SignInRefusal(65001, client_id=principal.app_id, app_name=principal.display_name)
    return consented


def _client_info(user_id: str, tenant_id: str) -> str:
    raw = f'{{"uid":"{user_id}","utid":"{tenant_id}"}}'
    return base64.urlsafe_b64encode(raw.encode()).rstrip(b"=").decode()
