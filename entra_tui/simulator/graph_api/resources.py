"""Which properties a Graph resource has, how `$select` picks among them, and what `$expand` may name."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from importlib import resources
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from entra_tui.simulator.graph_api.errors import GraphRefusal, not_offered, unsupported_query
from entra_tui.simulator.people import COLUMN_PLACES, COLUMNS, with_derived

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_MANAGER: Final = re.compile(
    r"\s*manager\s*(?:\((?P<options>\s*(?:\$select\s*=\s*(?P<select>[^;()]*))?[^()]*)\))?\s*", re.IGNORECASE
)


class Resource(Enum):
    """A Graph resource type, by its name in the metadata."""

    USER = "user"
    GROUP = "group"
    APPLICATION = "application"
    SERVICE_PRINCIPAL = "servicePrincipal"
    ORGANIZATION = "organization"
    DIRECTORY_ROLE = "directoryRole"
    APP_ROLE_ASSIGNMENT = "appRoleAssignment"
    DIRECTORY_OBJECT = "directoryObject"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """What the metadata says about a resource.

    Attributes:
        properties: Every property, in the metadata's order.
        lists: Those that hold a collection.
        default: What an answer holds without `$select`.
        navigation: Names of relationships.
        kept_elsewhere: Properties that only a single object can be asked for.
        without_null: Properties that have no null and are left out where they have no value.
    """

    properties: tuple[str, ...]
    lists: frozenset[str]
    default: tuple[str, ...]
    navigation: frozenset[str]
    kept_elsewhere: frozenset[str]
    without_null: frozenset[str]


@functools.cache
def resource_type(resource: Resource) -> ResourceType:
    """What the metadata says about a resource; a directory object may be any of those that are members or groups."""
    if resource is Resource.DIRECTORY_OBJECT:
        return _any_of(Resource.USER, Resource.GROUP, Resource.DIRECTORY_ROLE)
    source = resources.files("entra_tui.simulator.graph_api").joinpath("properties.toml").read_text("utf-8")
    table = tomllib.loads(source)[resource.value]
    properties = (*table["properties"], *table["lists"])
    return ResourceType(
        properties,
        frozenset(table["lists"]),
        tuple(table.get("default", properties)),
        frozenset(table["navigation"]),
        frozenset(table.get("kept_elsewhere", ())),
        frozenset(table.get("without_null", ())),
    )


def _any_of(*resources: Resource) -> ResourceType:
    kinds = [resource_type(resource) for resource in resources]
    return ResourceType(
        properties=tuple(dict.fromkeys(name for kind in kinds for name in kind.properties)),
        lists=frozenset().union(*(kind.lists for kind in kinds)),
        default=("id",),
        navigation=frozenset().union(*(kind.navigation for kind in kinds)),
        kept_elsewhere=frozenset().union(*(kind.kept_elsewhere for kind in kinds)),
        without_null=frozenset().union(*(kind.without_null for kind in kinds)),
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """The properties that an answer holds.

    Attributes:
        resource: Of which resource.
        names: In the order in which they are written.
        chosen: Whether the caller named them.
    """

    resource: Resource
    names: tuple[str, ...]
    chosen: bool

    def shaped(self, properties: Mapping[str, object]) -> dict[str, object]:
        """An object with the selected properties; what was never set is null, or an empty list."""
        kind = resource_type(self.resource)
        return {
            name: properties.get(name, [] if name in kind.lists else None)
            for name in self.names
            if name in properties or name not in kind.without_null
        }

    def narrowed(self, resource: Resource) -> Selection:
        """Those of the properties that a resource has."""
        known = resource_type(resource).properties
        return Selection(resource, tuple(name for name in self.names if name in known), self.chosen)

    def row(self, properties: Mapping[str, object]) -> str:
        """`shaped`, as JSON text."""
        return json.dumps(self.shaped(properties), ensure_ascii=False, separators=(",", ":"))

    def person_row(self) -> Callable[[tuple[str, ...]], str] | None:
        """Turns a computed person's JSON texts into a row; None when a property is none of the computed ones."""
        return _person_row(self.names)


@functools.lru_cache(maxsize=64)
def _person_row(names: tuple[str, ...]) -> Callable[[tuple[str, ...]], str] | None:
    kind = resource_type(Resource.USER)
    parts = [
        f'"{name}":%s' if name in COLUMN_PLACES else f'"{name}":{"[]" if name in kind.lists else "null"}'
        for name in names
        if name not in kind.without_null
    ]
    template = "{" + ",".join(parts) + "}"
    places = [COLUMN_PLACES[name] for name in names if name in COLUMN_PLACES]
    if not places:
        return None
    pick = itemgetter(*places)
    if max(places) < len(COLUMNS):
        return lambda texts: template % pick(texts)
    return lambda texts: template % pick(with_derived(texts))


def parse_select(text: str | None, resource: Resource, *, single: bool = False) -> Selection:
    """The selection that `$select` asks for.

    Args:
        text: The option's value; None or empty for the default set.
        resource: Of which resource.
        single: Whether one object is asked for, and not a collection.

    Raises:
        GraphRefusal: A property that the resource does not have, or that a collection cannot give.
    """
    kind = resource_type(resource)
    if not text or text.strip() == "*":
        return Selection(resource, kind.default, chosen=False)
    known = {name.lower(): name for name in kind.properties} | {name.lower(): name for name in kind.navigation}
    names: list[str] = []
    for part in text.split(","):
        name = known.get(part.strip().lower())
        if name is None:
            raise _not_parsed(f"Could not find a property named '{part.strip()}' on type", resource)
        if name in kind.kept_elsewhere and not single:
            raise not_offered()
        if name not in names and name not in kind.navigation:
            names.append(name)
    return Selection(resource, tuple(names), chosen=True)


def parse_manager_expand(text: str | None) -> Selection | None:
    """Which properties of a user's manager `$expand` asks for; None where it asks for nothing.

    Raises:
        GraphRefusal: It names something else, or options besides `$select`.
    """
    found = _MANAGER.fullmatch(text or "")
    if found is None:
        refuse_expand(text, Resource.USER)
        return None
    if found["options"] and found["select"] is None:
        raise unsupported_query(f"'{found['options']}' is not supported here; $select is.")
    return parse_select(found["select"], Resource.USER)


def refuse_expand(text: str | None, resource: Resource) -> None:
    """Refuse `$expand`, which the practice tenant does not serve, with the reason that fits what it names.

    Raises:
        GraphRefusal: It names a relationship, something that is none, or nothing that the resource has.
    """
    if text is None:
        return
    kind = resource_type(resource)
    name = text.partition("(")[0].partition(",")[0].strip()
    if name.lower() in {known.lower() for known in kind.navigation}:
        raise unsupported_query(f"Expanding '{name}' is not supported here. Ask for it by an address of its own.")
    if name.lower() in {known.lower() for known in kind.properties}:
        raise _not_parsed(f"Only navigation properties can be expanded, which '{name}' is not, on type", resource)
    raise _not_parsed(f"Could not find a property named '{name}' on type", resource)


def _not_parsed(problem: str, resource: Resource) -> GraphRefusal:
    message = f"Parsing OData Select and Expand failed: {problem} 'microsoft.graph.{resource.value}'."
    return GraphRefusal(400, "BadRequest", message)
