"""The permissions that Microsoft Graph exposes, as its service principal in every tenant lists them."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class GraphPermission:
    """One permission of Microsoft Graph.

    Attributes:
        value: Its name, as `roles` and `scp` carry it.
        title: Its display name.
        app_role_id: Id as an application permission; None where it has no such form.
        scope_id: Id as a delegated permission; None where it has no such form.
    """

    value: str
    title: str
    app_role_id: str | None = None
    scope_id: str | None = None


@functools.cache
def graph_permissions() -> Mapping[str, GraphPermission]:
    """Every permission by its name."""
    source = resources.files("entra_tui.simulator").joinpath("graph_permissions.toml").read_text("utf-8")
    rows = (GraphPermission(**row) for row in tomllib.loads(source)["permission"])
    return MappingProxyType({permission.value: permission for permission in rows})


@functools.cache
def app_roles_by_id() -> Mapping[str, GraphPermission]:
    """The application permissions by id."""
    return MappingProxyType({row.app_role_id: row for row in graph_permissions().values() if row.app_role_id})


@functools.cache
def scopes_by_id() -> Mapping[str, GraphPermission]:
    """The delegated permissions by id."""
    return MappingProxyType({row.scope_id: row for row in graph_permissions().values() if row.scope_id})


def role_id_of(permission: str) -> str:
    """The id under which an application permission is granted.

    Raises:
        LookupError: Microsoft Graph has no such application permission.
    """
    found = graph_permissions().get(permission)
    if found is None or found.app_role_id is None:
        raise LookupError(f"Microsoft Graph has no application permission {permission}.")
    return found.app_role_id
