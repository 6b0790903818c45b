"""Which tenant a GUID or a domain name stands for, and in which cloud it lives.

Follows OpenID Connect discovery as Entra serves it (entra-docs `v2-protocols-oidc`). A login host answers for
tenants of other clouds too, so the cloud is read from the document (`issuer` and `msgraph_host`), never from the
host that answered.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from entra_tui.graph.address import host_of, split_address
from entra_tui.graph.errors import AnswerFault, Refused, RequestFailed, UnsafeDestination
from entra_tui.graph.refusals import sign_in_refusal
from entra_tui.model.fields import parse_guid
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from entra_tui.graph.answer import Answer
    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.retry import Patience
    from entra_tui.model.environment import Environment

_OK = 200


@dataclass(frozen=True, slots=True)
class TenantDocument:
    """What a tenant's OpenID configuration tells to anybody.

    Attributes:
        tenant_id: The tenant's GUID, also when a domain name was asked.
        issuer: `issuer`, as it stands.
        token_endpoint: Where a secret would be sent.
        graph_host: `msgraph_host`; empty when it is not said.
        region_scope: `tenant_region_scope`, such as `EU` or `USGov`; empty when it is not said.
        region_sub_scope: `tenant_region_sub_scope`: `GCC`, `DODCON` (GCC High), `DOD`, or empty.
        asked: The environment whose login host answered.
        served_at: The `Date` header of the answer, empty when there was none.
    """

    tenant_id: str
    issuer: str
    token_endpoint: str
    graph_host: str
    region_scope: str
    region_sub_scope: str
    asked: Environment
    served_at: str

    @property
    def is_gcc(self) -> bool:
        """A GCC (moderate) tenant: a government customer in the public cloud."""
        return self.region_sub_scope.upper() == "GCC"

    def environment(self, known: Iterable[Environment]) -> Environment | None:
        """The environment in which this tenant lives; None when it is none of the known ones."""
        # A gateway or test server may repeat Microsoft's issuer; what counts there is where secrets would go.
        if not self.asked.built_in and self.token_host in self.asked.login_hosts:
            return self.asked
        issuer_host = host_of(self.issuer)
        fitting = [environment for environment in known if issuer_host in environment.login_hosts]
        if self.graph_host:
            fitting = [environment for environment in fitting if self.graph_host == environment.graph_host]
        # Two clouds may share a login host; where the document leaves it open, the one that was asked is meant.
        return self.asked if self.asked in fitting else next(iter(fitting), None)

    @property
    def token_host(self) -> str:
        """Host, with its port if any, of the token endpoint."""
        return host_of(self.token_endpoint)

    def require_token_host(self, environment: Environment) -> None:
        """Make sure that a secret for `environment` would go to one of its hosts.

        Raises:
            UnsafeDestination: The document names a token endpoint elsewhere, or one without TLS.
        """
        if self.token_host not in environment.login_hosts or (
            split_address(self.token_endpoint).scheme != split_address(environment.authority).scheme
        ):
            raise UnsafeDestination(host=self.token_host or "(none)", expected=environment.login_host)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the login hosts of several environments said about one tenant.

    Attributes:
        documents: One for each tenant and cloud that was found, the first environment's first.
        failures: What the other hosts said.
    """

    documents: tuple[TenantDocument, ...]
    failures: tuple[RequestFailed, ...]

    @property
    def ambiguous(self) -> bool:
        """One name, two tenants or two clouds: a person must say which is meant."""
        return len(self.documents) > 1


async def discover(
    http: HttpClient, tenant: str, environment: Environment, *, patience: Patience | None = None
) -> TenantDocument:
    """Ask one environment's login host for a tenant's OpenID configuration. Anonymous.

    Args:
        http: The way out.
        tenant: A GUID or a domain name.
        environment: Whose login host is asked.
        patience: How long a busy service is waited for.

    Raises:
        Refused: There is no such tenant (AADSTS90002), or another error of the service.
        Unreachable: No answer.
        Unreadable: An answer that is no OpenID configuration.
    """
    url = f"{environment.authority}/{quote(tenant, safe='')}/v2.0/.well-known/openid-configuration"
    answer = await http.send("GET", url, patience=patience)
    if answer.status != _OK:
        raise sign_in_refusal(answer)
    return _document(answer, environment, tenant)


async def discover_everywhere(
    http: HttpClient, tenant: str, environments: Sequence[Environment], *, patience: Patience | None = None
) -> Discovery:
    """Ask the login hosts of all `environments`, each host once, at the same time.

    Raises:
        RequestFailed: No host knows the tenant; of several reasons the most telling one.
    """
    asked = {environment.authority: environment for environment in reversed(environments)}
    outcomes = await asyncio.gather(
        *(discover(http, tenant, environment, patience=patience) for environment in reversed(asked.values())),
        return_exceptions=True,
    )
    documents: dict[tuple[str, str, str], TenantDocument] = {}
    failures: list[RequestFailed] = []
    for outcome in outcomes:
        if isinstance(outcome, TenantDocument):
            documents.setdefault((outcome.tenant_id, host_of(outcome.issuer), outcome.graph_host), outcome)
        elif isinstance(outcome, RequestFailed):
            failures.append(outcome)
        elif isinstance(outcome, BaseException):
            raise outcome
    if not documents:
        raise next((failure for failure in failures if isinstance(failure, Refused)), failures[0])
    return Discovery(tuple(documents.values()), tuple(failures))


def _document(answer: Answer, environment: Environment, tenant: str) -> TenantDocument:
    body = answer.json_object()
    issuer, token_endpoint = _member(answer, body, "issuer"), _member(answer, body, "token_endpoint")
    tenant_id = _first_guid(issuer) or _first_guid(token_endpoint)
    if tenant_id is None and not environment.built_in:
        # A test server may name itself alone; whoever asked it with a GUID knows the tenant.
        tenant_id = parse_guid(tenant)
    if tenant_id is None:
        raise answer.unreadable(AnswerFault.SHAPE, "no tenant ID in issuer")
    return TenantDocument(
        tenant_id=tenant_id,
        issuer=issuer,
        token_endpoint=token_endpoint,
        graph_host=_optional(body, "msgraph_host").lower(),
        region_scope=_optional(body, "tenant_region_scope"),
        region_sub_scope=_optional(body, "tenant_region_sub_scope"),
        asked=environment,
        served_at=answer.headers.get("date", ""),
    )


def _member(answer: Answer, body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise answer.unreadable(AnswerFault.SHAPE, f"no {name} in the OpenID configuration")
    return harmless(value, limit=500)


def _optional(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    return harmless(value, limit=200) if isinstance(value, str) else ""


def _first_guid(url: str) -> str | None:
    segment = split_address(url).path.strip("/").split("/", 1)[0]
    return parse_guid(segment)
