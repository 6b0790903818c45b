"""A request to Graph on its way through: who asks, in which tenant, for what, with which options."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from entra_tui.simulator.graph_api.errors import bad_request
from entra_tui.simulator.messages import JSON, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.messages import IncomingRequest
    from entra_tui.simulator.tenant import Tenant
    from entra_tui.simulator.traffic import Traffic


class CallerKind(Enum):
    """Whether an app asks by itself or for a signed-in person."""

    APP = "app"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        kind: An app by itself, or for a person.
        app_id: Application (client) ID of the app.
        object_id: Object id of its service principal, or of the person.
        permissions: What the token's `roles` or `scp` hold.
    """

    kind: CallerKind
    app_id: str
    object_id: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class GraphCall:
    """One request to Graph.

    Attributes:
        cloud: The world.
        tenant: The caller's tenant.
        caller: Who asks.
        request: The request as it came.
        path: Its path below the version, canonical.
        keys: What stands in the places of the path's template.
        options: OData options by name with the dollar sign, decoded; others as they came.
    """

    cloud: PracticeCloud
    tenant: Tenant
    caller: Caller
    request: IncomingRequest
    path: str
    keys: Mapping[str, str]
    options: Mapping[str, str]

    @property
    def root(self) -> str:
        """Address of Graph's version 1.0, as the caller sees it."""
        return f"{self.request.site.graph_origin(self.tenant.spec.environment)}/v1.0"

    @property
    def advanced(self) -> bool:
        """Whether the caller asked for the eventual consistency that advanced queries need."""
        return self.request.headers.get("consistencylevel", "").lower() == "eventual"

    @property
    def is_person(self) -> bool:
        """Whether an app asks for a signed-in person."""
        return self.caller.kind is CallerKind.PERSON

    def context(self, text: str) -> str:
        """`@odata.context` for a metadata fragment."""
        return f"{self.root}/$metadata#{text}"

    def allow_options(self, *allowed: str) -> None:
        """Refuse OData options that are none of `allowed`.

        Raises:
            GraphRefusal: One that this request does not take.
        """
        for name in self.options:
            if name.startswith("$") and name not in allowed:
                raise bad_request(f"The query option '{name}' is not supported by this request.")

    def body(self) -> dict[str, Any]:
        """The JSON object in the body; an empty body is an empty object.

        Raises:
            GraphRefusal: Something else.
        """
        if not self.request.body:
            return {}
        try:
            document = json.loads(self.request.body)
        except ValueError as error:
            raise bad_request(
                "Unable to read JSON request payload. Please ensure that the payload is valid."
            ) from error
        if not isinstance(document, dict):
            raise bad_request("A JSON object is expected as payload.")
        return document


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that Graph does.

    Attributes:
        method: The HTTP method.
        template: The path below the version; `{name}` stands for a key.
        traffic: What faults and timelines call it.
        cost: Resource units, before `$select` and the like.
        application: Sets of application permissions; one of each set must be held.
        delegated: Sets of delegated permissions, likewise.
        handler: Does it.
    """

    method: str
    template: str
    traffic: Traffic
    cost: int
    application: tuple[frozenset[str], ...]
    delegated: tuple[frozenset[str], ...]
    handler: Callable[[GraphCall], Answer]


def json_answer(document: Mapping[str, object], status: int = 200) -> Answer:
    """An answer with a JSON object, as Graph writes it."""
    return text_answer(json.dumps(document, ensure_ascii=False, separators=(",", ":")), status)


def text_answer(text: str, status: int = 200) -> Answer:
    """An answer with JSON text."""
    content_type = f"{JSON};odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    return Answer(
        status, text.encode("utf-8", "surrogatepass"), (("Content-Type", content_type), ("OData-Version", "4.0"))
    )


def parse_options(query: str) -> dict[str, str]:
    """The query's options; an OData option counts without regard to case and with its dollar sign escaped or not."""
    options: dict[str, str] = {}
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        decoded = unquote(name.replace("+", " "))
        options[decoded.lower() if decoded.startswith("$") else decoded] = unquote(value.replace("+", " "))
    return options
