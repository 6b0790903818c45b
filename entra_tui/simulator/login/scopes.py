"""Reading the `scope` of somebody who signs in: delegated permissions of Graph, and OpenID's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.simulator.graph_permissions import graph_permissions
from entra_tui.simulator.login.errors import SignInRefusal

if TYPE_CHECKING:
    from entra_tui.simulator.sites import Site
    from entra_tui.simulator.tenant import Tenant

OF_OPENID: Final = frozenset({"openid", "profile", "offline_access", "email"})


@dataclass(frozen=True, slots=True)
class DelegatedScopes:
    """What an app asks for in a person's name.

    Attributes:
        graph: Origin of the Graph that is meant.
        permissions: Delegated permissions of Graph, by name.
        openid: Whether an ID token is wanted.
        offline: Whether a refresh token is wanted.
    """

    graph: str
    permissions: tuple[str, ...]
    openid: bool
    offline: bool


def delegated_scopes(text: str, tenant: Tenant, site: Site) -> DelegatedScopes:
    """The scopes in a form's `scope`.

    Raises:
        SignInRefusal: Another resource than Graph, or a permission that it does not have.
    """
    origins = {tenant.spec.environment.graph, site.graph_origin(tenant.spec.environment)}
    graph = site.graph_origin(tenant.spec.environment)
    words = text.split()
    names: list[str] = []
    for scope in words:
        if scope in OF_OPENID:
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
    return DelegatedScopes(graph, tuple(names), openid="openid" in words, offline="offline_access" in words)
