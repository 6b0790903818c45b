"""`/applications`: app registrations and their secrets (Graph resource `application`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.errors import GraphRefusal, bad_request, denied, not_found
from entra_tui.simulator.graph_api.listing import Objects, list_answer
from entra_tui.simulator.graph_api.permissions import (
    APPLICATIONS_READ,
    APPLICATIONS_WRITE,
    APPLICATIONS_WRITE_PERSON,
)
from entra_tui.simulator.graph_api.resources import Resource, parse_select, refuse_expand, resource_type
from entra_tui.simulator.graph_api.written import flag, moment, required_access_rows, stamp, text
from entra_tui.simulator.messages import Answer
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.registrations import Application, ClientSecret

_AUDIENCES: Final = frozenset(
    {"AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"}
)
_USUAL_AUDIENCE: Final = "AzureADandPersonalMicrosoftAccount"
_PERSONAL: Final = frozenset({"AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"})
_READ_ONLY: Final = frozenset({"id", "appId", "createdDateTime", "deletedDateTime", "publisherDomain", "certification"})


def _secret_properties(secret: ClientSecret, *, shown: bool = False) -> dict[str, object]:
    return {
        "customKeyIdentifier": None,
        "displayName": secret.description,
        "endDateTime": stamp(secret.end),
        "hint": secret.value.hint,
        "keyId": secret.key_id,
        "secretText": secret.value.reveal() if shown else None,
        "startDateTime": stamp(secret.start),
    }


def application_properties(application: Application, domain: str) -> dict[str, object]:
    """An app registration as Graph shows it."""
    return {
        "api": {
            "acceptMappedClaims": None,
            "knownClientApplications": [],
            "requestedAccessTokenVersion": None,
            "oauth2PermissionScopes": [],
            "preAuthorizedApplications": [],
        },
        "web": {
            "homePageUrl": None,
            "logoutUrl": None,
            "redirectUris": [],
            "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
            "redirectUriSettings": [],
        },
        "spa": {"redirectUris": []},
        "publicClient": {"redirectUris": []},
        "oauth2RequirePostResponse": False,
        "publisherDomain": domain,
        **application.further,
        "id": application.object_id,
        "appId": application.app_id,
        "displayName": application.display_name,
        "createdDateTime": stamp(application.created),
        "signInAudience": application.audience,
        "isFallbackPublicClient": True if application.public_client else None,
        "requiredResourceAccess": application.required,
        "passwordCredentials": [_secret_properties(secret) for secret in application.secrets],
    }


def find_application(call: GraphCall) -> Application:
    """The registration that the path names by id or by `appId='..'`.

    Raises:
        GraphRefusal: There is none.
    """
    key = call.keys["application"]
    registrations = call.tenant.registrations
    name, _, value = key.partition("=")
    found = registrations.application(value.lower()) if value else registrations.applications.get(key.lower())
    if found is None or (value and name.lower() != "appid"):
        raise not_found(value or key)
    return found


def _check_administrator(call: GraphCall) -> None:
    roles = call.tenant.roles.of(call.caller.object_id)
    if call.is_person and not any(role.template.manages_applications for role in roles):
        raise denied()


def _charge(call: GraphCall, *audiences: str) -> None:
    """Writes to registrations that take personal accounts have a small budget beside the usual one."""
    if not _PERSONAL.isdisjoint(audiences):
        now = call.cloud.clock.monotonic()
        call.cloud.budgets.charge_personal_write(call.caller.app_id, call.tenant.spec.tenant_id, now)


def _list(call: GraphCall) -> Answer:
    domain = call.tenant.spec.domain
    everything = call.tenant.registrations.applications.values()
    listed = Objects(tuple(application_properties(application, domain) for application in everything))
    return list_answer(call, listed, Resource.APPLICATION, "applications")


def _get(call: GraphCall) -> Answer:
    call.allow_options("$select", "$expand")
    refuse_expand(call.options.get("$expand"), Resource.APPLICATION)
    return _shown(call, find_application(call), 200)


def _shown(call: GraphCall, application: Application, status: int) -> Answer:
    selection = parse_select(call.options.get("$select"), Resource.APPLICATION, single=True)
    fragment = f"applications({','.join(selection.names)})" if selection.chosen else "applications"
    shaped = selection.shaped(application_properties(application, call.tenant.spec.domain))
    return json_answer({"@odata.context": call.context(f"{fragment}/$entity"), **shaped}, status)


def _create(call: GraphCall) -> Answer:
    _check_administrator(call)
    body = call.body()
    if not text(body, "displayName"):
        raise bad_request("Property displayName is required.")
    if "passwordCredentials" in body:
        raise bad_request("Passwords cannot be set here. Use addPassword.")
    _charge(call, text(body, "signInAudience", _USUAL_AUDIENCE))
    application = call.cloud.register_application(
        text(body, "displayName"), service_principal=False, audience=_USUAL_AUDIENCE
    )
    _write(application, body)
    return _shown(call, application, 201)


def _update(call: GraphCall) -> Answer:
    _check_administrator(call)
    application = find_application(call)
    body = call.body()
    if "passwordCredentials" in body:
        raise bad_request("Update to existing credential with KeyId is not allowed. Use addPassword.")
    _charge(call, application.audience, text(body, "signInAudience"))
    # On a copy first: what cannot be written is refused now, whenever the change shows.
    _write(replace(application, further=dict(application.further)), body)
    call.cloud.change(lambda: _write(application, body))
    return Answer(204)


def _write(application: Application, body: Mapping[str, Any]) -> None:
    known = set(resource_type(Resource.APPLICATION).properties)
    for name in body:
        if not name.startswith("@") and (name not in known or name in _READ_ONLY):
            raise bad_request(f"Invalid property '{name}'.")
    audience = text(body, "signInAudience", application.audience)
    if audience not in _AUDIENCES:
        raise bad_request("Invalid value specified for property 'signInAudience' of resource 'Application'.")
    application.audience = audience
    application.display_name = text(body, "displayName", application.display_name)
    application.public_client = flag(body, "isFallbackPublicClient", default=application.public_client)
    if "requiredResourceAccess" in body:
        application.required = required_access_rows(body["requiredResourceAccess"])
    apart = {"signInAudience", "displayName", "isFallbackPublicClient", "requiredResourceAccess"}
    application.further |= {name: value for name, value in body.items() if name in known - apart}


def _delete(call: GraphCall) -> Answer:
    _check_administrator(call)
    application = find_application(call)
    _charge(call, application.audience)
    call.cloud.delete_application(application.app_id)
    return Answer(204)


def _add_password(call: GraphCall) -> Answer:
    _check_administrator(call)
    application = find_application(call)
    _charge(call, application.audience)
    wanted = call.body().get("passwordCredential") or {}
    if not isinstance(wanted, dict):
        raise bad_request("Invalid value specified for property 'passwordCredential'.")
    start = moment(wanted, "startDateTime") or call.cloud.clock.now()
    end = moment(wanted, "endDateTime") or _two_years_after(start)
    longest = call.cloud.scenario.secret_lifetime_days
    if longest is not None and end - start > timedelta(days=longest):
        raise GraphRefusal(
            400,
            "CredentialInvalidLifetimeAsPerAppPolicy",
            "Credential lifetime exceeds the max value allowed as per assigned policy.",
        )
    description = text(wanted, "displayName") or None
    secret = call.cloud.add_secret(application.app_id, description, start=start, end=end)
    context = call.context("microsoft.graph.passwordCredential")
    return json_answer({"@odata.context": context, **_secret_properties(secret, shown=True)})


def _two_years_after(start: datetime) -> datetime:
    day = min(start.day, 28)
    return datetime(start.year + 2, start.month, day, start.hour, start.minute, start.second, tzinfo=UTC)


def _remove_password(call: GraphCall) -> Answer:
    _check_administrator(call)
    application = find_application(call)
    _charge(call, application.audience)
    key_id = text(call.body(), "keyId").lower()
    if key_id not in {secret.key_id for secret in application.secrets}:
        raise bad_request(f"No password credential found with keyId {key_id or 'of this kind'}.")
    call.cloud.remove_secrets(application.app_id, key_id)
    return Answer(204)


def _reading(template: str, cost: int, handler: Callable[[GraphCall], Answer]) -> Operation:
    return Operation("GET", template, Traffic.APPLICATIONS, cost, APPLICATIONS_READ, APPLICATIONS_READ, handler)


def _writing(method: str, template: str, handler: Callable[[GraphCall], Answer]) -> Operation:
    return Operation(method, template, Traffic.APPLICATIONS, 1, APPLICATIONS_WRITE, APPLICATIONS_WRITE_PERSON, handler)


OPERATIONS = (
    _reading("/applications", 2, _list),
    _reading("/applications/{application}", 1, _get),
    _writing("POST", "/applications", _create),
    _writing("PATCH", "/applications/{application}", _update),
    _writing("DELETE", "/applications/{application}", _delete),
    _writing("POST", "/applications/{application}/addPassword", _add_password),
    _writing("POST", "/applications/{application}/removePassword", _remove_password),
)
