"""Exchanges as a report keeps them: of an answer only what is known to name nobody.

What is kept is listed, not what is left out: a property that somebody adds tomorrow is left out by itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

import httpx

from entra_tui.graph.answer import Answer
from entra_tui.graph.errors import AnswerFault, Unreadable
from entra_tui.graph.redaction import MASK
from entra_tui.report.pseudonyms import person_address, person_id
from entra_tui.report.stand_ins import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from entra_tui.graph.trace import Exchange
    from entra_tui.report.pseudonyms import Pseudonyms

LEFT_OUT: Final = "[left out]"
HTML: Final = "<html>[left out]</html>"
NOT_JSON: Final = "[left out: no JSON]"
TENANT_NAME: Final = "The tenant"
TENANT_DOMAIN: Final = "tenant.example"
_DEEPEST: Final = 40
_TEXTS: Final = frozenset(
    {
        # OpenID configuration
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "device_authorization_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint",
        "kerberos_endpoint",
        "tenant_region_scope",
        "tenant_region_sub_scope",
        "cloud_instance_name",
        "cloud_graph_host_name",
        "msgraph_host",
        "rbac_url",
        "token_endpoint_auth_methods_supported",
        "response_modes_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "response_types_supported",
        "scopes_supported",
        "claims_supported",
        # answers and errors of the login service
        "token_type",
        "expires_in",
        "ext_expires_in",
        "error",
        "error_description",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
        "suberror",
        # errors and envelopes of Graph
        "code",
        "message",
        "date",
        "request-id",
        "client-request-id",
        "@odata.context",
        # registrations
        "endDateTime",
        "startDateTime",
        "resourceAppId",
        "type",
    }
)
_ADDRESSES: Final = frozenset({"userPrincipalName", "mail"})
_NAMES: Final = frozenset({"displayName", "name"})
_REQUEST_HEADERS: Final = frozenset(
    {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
        "client-request-id",
        "content-length",
        "content-type",
        "consistencylevel",
        "prefer",
        "x-client-sku",
        "x-client-ver",
        "x-client-os",
        "x-client-cpu",
        "x-ms-lib-capability",
        "return-client-request-id",
    }
)
_ANSWER_HEADERS: Final = frozenset(
    {
        "date",
        "content-type",
        "content-length",
        "content-encoding",
        "cache-control",
        "request-id",
        "client-request-id",
        "x-ms-request-id",
        "x-ms-ests-server",
        "x-ms-ags-diagnostic",
        "x-ms-resource-unit",
        "retry-after",
        "strict-transport-security",
        "transfer-encoding",
    }
)
# As in "was not found in the directory 'Contoso'"; an id in quotes is replaced by itself.
_NAMED_TENANT: Final = re.compile(r"(?:directory|tenant) '([^']*[^'0-9a-fA-F-][^']*)'", re.IGNORECASE)
_QUERY: Final = frozenset({"$select", "$top", "$count"})
_UNESCAPED: Final = "$,'()/:"
_FORM: Final = frozenset({"client_id", "grant_type", "scope", "client_info"})
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Scrubber:
    """Scrubs the exchanges of one report.

    Args:
        pseudonyms: Names persons, and what else is to be replaced.
        hint: The first characters of the connector's own secret.
        own_ids: Ids that may stand in an address: the tenant's and the app's.
        anonymous: Whether the organization's name and domains are replaced.
    """

    def __init__(self, pseudonyms: Pseudonyms, *, hint: str, own_ids: Iterable[str], anonymous: bool) -> None:
        self._pseudonyms = pseudonyms
        self._hint = hint
        self._anonymous = anonymous
        self._own = {each.lower() for each in own_ids}

    def exchange(self, exchange: Exchange) -> Exchange:
        """`exchange` with what may be told."""
        text = self._pseudonyms.text
        body = self._answer(exchange)
        return replace(
            exchange,
            host=text(exchange.host),
            path=self._path(exchange.path),
            failure_detail=text(exchange.failure_detail),
            certificate_issuer=text(exchange.certificate_issuer),
            request_headers=_listed(exchange.request_headers, _REQUEST_HEADERS, text),
            request_body=self._form(exchange.request_body),
            response_headers=_listed(exchange.response_headers, _ANSWER_HEADERS, text),
            response_body=body,
        )

    def _path(self, raw: str) -> str:
        path, mark, query = raw.partition("?")
        path = _GUID.sub(lambda match: self._id(match[0]), path)
        if mark:
            pairs = [(name, value if name in _QUERY else LEFT_OUT) for name, value in parse_qsl(query)]
            path = f"{path}?{urlencode(pairs, safe=_UNESCAPED)}"
        return self._pseudonyms.text(path)

    def _id(self, guid: str) -> str:
        return guid if guid.lower() in self._own else person_id(self._pseudonyms.person(guid))

    def _form(self, body: str) -> str:
        pairs = [(name, value if name in _FORM else MASK) for name, value in parse_qsl(body)]
        return self._pseudonyms.text(urlencode(pairs, safe="[]/:")) if pairs else ""

    # ------------------------------------------------------------ bodies

    def _answer(self, exchange: Exchange) -> str:
        if exchange.status is None:
            return ""
        answer = Answer(exchange.host, exchange.status, httpx.Headers(), exchange.response_body.encode())
        try:
            document = answer.json_object()
        except Unreadable as error:
            if error.fault is AnswerFault.SHAPE:
                return json.dumps(self._value(json.loads(exchange.response_body), "", "", 0))
            if error.fault is AnswerFault.HTML:
                return HTML
            return NOT_JSON[: exchange.response_bytes]
        resource = exchange.path.partition("?")[0].lower().removeprefix("/v1.0/").partition("/")[0].partition("(")[0]
        return json.dumps(self._value(document, "", resource, 0))

    def _value(self, value: object, key: str, resource: str, depth: int) -> object:
        if depth > _DEEPEST:
            return LEFT_OUT
        if isinstance(value, dict):
            return self._object(value, resource, depth)
        if isinstance(value, list):
            return [self._value(each, key, resource, depth + 1) for each in value]
        return self._text(value, key, resource) if isinstance(value, str) else value

    def _object(self, members: dict[str, object], resource: str, depth: int) -> dict[str, object]:
        identities = [str(members.get(name) or "") for name in ("id", *sorted(_ADDRESSES))]
        if any(members.get(name) for name in _ADDRESSES):
            self._pseudonyms.person(*identities)
        return {
            self._pseudonyms.text(name): self._value(value, name, resource, depth + 1)
            for name, value in members.items()
        }

    def _text(self, value: str, key: str, resource: str) -> str:
        if resource == "organization" and key in _NAMES:
            if self._anonymous:
                self._pseudonyms.replace(value, TENANT_NAME if key == "displayName" else TENANT_DOMAIN)
            return self._pseudonyms.text(value)
        if key in _TEXTS:
            if self._anonymous:
                for named in _NAMED_TENANT.findall(value):
                    self._pseudonyms.replace(named, TENANT_NAME)
            return self._pseudonyms.text(value)
        if key == "id":
            # An organization's id is the tenant's, an id in a registration is a permission's.
            return self._pseudonyms.text(value) if resource in {"organization", "applications"} else self._id(value)
        if key in _ADDRESSES:
            return person_address(self._pseudonyms.person(value))
        if key == "hint":
            return SECRET[: len(self._hint)] if value == self._hint else LEFT_OUT
        return MASK if value == MASK else LEFT_OUT


def _listed(
    headers: tuple[tuple[str, str], ...], kept: frozenset[str], text: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, text(value) if name.lower() in kept else MASK if value == MASK else LEFT_OUT) for name, value in headers
    )
