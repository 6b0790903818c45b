"""Step 1's question: which tenant is meant, and in which cloud does it live? Asked before there is an app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entra_tui.checks.catalogue import Catalogue, Sighting, Subject
from entra_tui.graph.discovery import discover_everywhere
from entra_tui.graph.errors import RequestFailed

if TYPE_CHECKING:
    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.discovery import TenantDocument
    from entra_tui.model.environment import Environment
    from entra_tui.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Candidate:
    """One tenant that may be meant.

    Attributes:
        document: Its OpenID configuration.
        environment: Where it lives; None when that is no known environment.
    """

    document: TenantDocument
    environment: Environment | None

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        where = self.environment.shown_label if self.environment else "a cloud that is not known here"
        region = self.document.region_sub_scope or self.document.region_scope
        return f"Found in {where}{f', region {region}' if region else ''}."


@dataclass(frozen=True, slots=True)
class Survey:
    """What the login hosts told about a tenant ID or a domain name.

    Attributes:
        candidates: The tenants found; more than one when a person must choose.
        finding: Why there is none.
    """

    candidates: tuple[Candidate, ...]
    finding: Finding | None = None

    @property
    def gcc(self) -> bool:
        """Whether the tenant is a GCC (moderate) one, which belongs to the public cloud."""
        return len(self.candidates) == 1 and self.candidates[0].document.is_gcc


async def survey_tenant(
    http: HttpClient,
    tenant: str,
    environments: tuple[Environment, ...],
    chosen: Environment,
    catalogue: Catalogue,
) -> Survey:
    """Ask every cloud for `tenant`; an environment of `config.toml` that is `chosen` is asked alone.

    Args:
        http: The way out.
        tenant: A cleaned tenant ID or domain name.
        environments: All that are known.
        chosen: The environment that is chosen at present.
        catalogue: Explains what goes wrong.
    """
    asked = [chosen] if not chosen.built_in else [environment for environment in environments if environment.built_in]
    subject = Subject(chosen, tenant)
    try:
        discovery = await discover_everywhere(http, tenant, asked)
    except RequestFailed as error:
        return Survey((), catalogue.explain_error(error, subject, http.redactor.text))
    candidates = tuple(Candidate(document, document.environment(environments)) for document in discovery.documents)
    if all(candidate.environment is None for candidate in candidates):
        document = candidates[0].document
        values = {"issuer_host": document.issuer, "tenant_graph_host": document.graph_host or "(none)"}
        return Survey((), catalogue.explain(Sighting("environment-unknown", values=values), subject))
    return Survey(tuple(candidate for candidate in candidates if candidate.environment is not None))
