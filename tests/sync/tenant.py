"""A small tenant of our own, to be wrong in ways that a faithful practice tenant is not."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote

import httpx

from entra_tui.graph.sign_in import Credentials
from entra_tui.model.environment import PUBLIC
from entra_tui.model.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

TENANT_ID: Final = "11111111-2222-4333-8444-555555555555"
CLIENT_ID: Final = "66666666-7777-4888-8999-000000000000"
CREDENTIALS: Final = Credentials(PUBLIC, TENANT_ID, CLIENT_ID, Secret("abc8Q~not-a-real-secret-not-a-real-one1"))
GRAPH: Final = "https://graph.microsoft.com"

Person = dict[str, object]
Fault = "Callable[[httpx.Request, SmallTenant], httpx.Response | None]"
"""Answers in place of the tenant, or raises; None lets the tenant answer."""


def person(number: int, **values: object) -> Person:
    """A user with the columns that every user has."""
    return {
        "id": f"{number:08x}-0000-4000-8000-000000000000",
        "userPrincipalName": f"user{number}@contoso.example",
        "displayName": f"User {number}",
        "accountEnabled": True,
        **values,
    }


@dataclass
class SmallTenant(httpx.AsyncBaseTransport):
    """Users that can change, behind the protocol as Microsoft's documents have it.

    Attributes:
        people: The users by id.
        largest_page: What `$top` is cut to.
        most_top: The largest `$top` that is not refused.
        delta_page: Objects a page of a delta query.
        has_delta: Whether delta queries are offered.
        has_count: Whether `$count` is offered.
        padding: Blanks at the end of each page, which make a long answer of it.
        minimal: Whether a delta tells only the changed properties of an object that was there before.
        faults: By number of the page that is asked for, from 1: what happens instead.
        aside_faults: By the end of the path of what is asked beside the pages (`organization`, `$count`, an id).
        before_each: Called with the number of each page before it is answered.
        sign_in_fault: Answers in place of the token endpoint; None lets it answer.
        count_off_by: How many users `$count` is wrong by.
        organization_id: What `GET /organization` names; None where it is refused.
        requests: Every request that came, login host included.
        oldest_version: Delta links from before it are expired.
    """

    people: dict[str, Person] = field(default_factory=dict)
    largest_page: int = 999
    most_top: int = 999
    delta_page: int = 200
    has_delta: bool = True
    has_count: bool = True
    padding: int = 0
    minimal: bool = False
    faults: dict[int, Callable[[httpx.Request, SmallTenant], httpx.Response | None]] = field(default_factory=dict)
    aside_faults: dict[str, Callable[[httpx.Request, SmallTenant], httpx.Response | None]] = field(default_factory=dict)
    before_each: Callable[[int], None] = lambda _: None
    sign_in_fault: Callable[[], httpx.Response | None] = lambda: None
    count_off_by: int = 0
    organization_id: str | None = TENANT_ID
    requests: list[httpx.Request] = field(default_factory=list)
    oldest_version: int = 0
    refused_tokens: set[str] = field(default_factory=set)
    tokens: int = 0
    log: list[tuple[str, frozenset[str] | None]] = field(default_factory=list)

    @classmethod
    def of(cls, count: int, **options: object) -> SmallTenant:
        """A tenant with `count` users."""
        tenant = cls(**options)  # type: ignore[arg-type]
        for number in range(count):
            one = person(number)
            tenant.people[str(one["id"])] = one
        return tenant

    # ------------------------------------------------------------ changing it

    def put(self, one: Person) -> None:
        """Add or change a user."""
        identifier = str(one["id"])
        before = self.people.get(identifier)
        changed = None if before is None else frozenset(key for key in one | before if one.get(key) != before.get(key))
        self.people[identifier] = one
        self.log.append((identifier, changed))

    def remove(self, identifier: str) -> None:
        """Delete a user."""
        if self.people.pop(identifier, None) is not None:
            self.log.append((identifier, None))

    def expire_delta_links(self) -> None:
        """From now on every link that was given out is too old."""
        self.log.append(("nobody", frozenset()))
        self.oldest_version = len(self.log)

    # ------------------------------------------------------------ what it was asked

    @property
    def graph_requests(self) -> list[httpx.Request]:
        """Requests for pages of objects."""
        return [
            request
            for request in self.requests
            if request.url.host == PUBLIC.graph_host and not self.is_aside(request.url.path)
        ]

    @property
    def asides(self) -> Counter[str]:
        """What was asked beside the pages, by path."""
        paths = (request.url.path for request in self.requests if request.url.host == PUBLIC.graph_host)
        return Counter(path.removeprefix("/v1.0/") for path in paths if self.is_aside(path))

    @staticmethod
    def is_aside(path: str) -> bool:
        """Whether this is no page: the organization, a count, or one object."""
        parts = path.removeprefix("/v1.0/").split("/")
        return parts == ["organization"] or parts[1:] == ["$count"] or (len(parts) == 2 and parts[1] != "delta")

    @property
    def kinds(self) -> Counter[str]:
        """How many Graph requests there were by path."""
        return Counter(request.url.path.removeprefix("/v1.0/") for request in self.graph_requests)

    # ------------------------------------------------------------ the protocol

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)
        return self.respond(request)

    def respond(self, request: httpx.Request) -> httpx.Response:
        """What comes of a request, faults and all."""
        self.requests.append(request)
        if request.url.host == PUBLIC.login_host:
            return self._login(request)
        assert request.url.host == PUBLIC.graph_host, f"a request went to {request.url.host}"
        if self.is_aside(request.url.path):
            aside = self.aside_faults.get(request.url.path.rpartition("/")[2])
            return (aside(request, self) if aside else None) or self.answer(request)
        number = len(self.graph_requests)
        self.before_each(number)
        fault = self.faults.get(number)
        answer = (fault(request, self) if fault else None) or self.answer(request)
        if self.padding and answer.status_code == httpx.codes.OK:
            return httpx.Response(200, content=answer.content + b" " * self.padding)
        return answer

    def _login(self, request: httpx.Request) -> httpx.Response:
        base = f"{PUBLIC.authority}/{TENANT_ID}"
        if request.method == "GET":
            return httpx.Response(
                200,
                json={
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                },
            )
        if (refused := self.sign_in_fault()) is not None:
            return refused
        self.tokens += 1
        return httpx.Response(
            200, json={"token_type": "Bearer", "expires_in": 3599, "access_token": f"opaque-token-{self.tokens:04}"}
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the tenant says when nothing goes wrong."""
        if request.headers["authorization"] in {f"Bearer {token}" for token in self.refused_tokens}:
            return refusal(401, "InvalidAuthenticationToken")
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        match request.url.path:
            case "/v1.0/users":
                return self._users(request, query)
            case "/v1.0/users/delta":
                return self._users_delta(query)
        return self._aside(request.url.path, query)

    def _aside(self, path: str, query: dict[str, str]) -> httpx.Response:
        one = self.people.get(path.removeprefix("/v1.0/users/"))
        if one is not None:
            return said(_selected(one, query))
        if path == "/v1.0/users/$count" and self.has_count:
            return httpx.Response(200, text=f"\ufeff{len(self.people) + self.count_off_by}")
        if path == "/v1.0/organization" and self.organization_id is not None:
            return said({"value": [{"id": self.organization_id, "displayName": "Contoso"}]})
        return refusal(404, "Request_ResourceNotFound")

    def _users(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        if "$count" in query and not self.has_count:
            return refusal(400, "Request_UnsupportedQuery")
        if int(query.get("$top", "100")) > self.most_top:
            return refusal(400, "Request_UnsupportedQuery")
        size = min(int(query.get("$top", "100")), self.largest_page)
        after = query.get("$skiptoken", "")
        rest = sorted(identifier for identifier in self.people if identifier > after)
        body: dict[str, object] = {"@odata.context": f"{GRAPH}/v1.0/$metadata#users"}
        if "$count" in query and not after:
            body["@odata.count"] = len(self.people) + self.count_off_by
        if len(rest) > size:
            body["@odata.nextLink"] = link("users", query | {"$skiptoken": rest[size - 1]})
        body["value"] = [_selected(self.people[identifier], query) for identifier in rest[:size]]
        return said(body)

    def _users_delta(self, query: dict[str, str]) -> httpx.Response:
        if not self.has_delta:
            return refusal(400, "Request_BadRequest")
        now = len(self.log)
        if query.get("$deltatoken") == "latest":
            return httpx.Response(200, json={"@odata.deltaLink": self._delta_link(query, now), "value": []})
        since, done = int(query["$deltatoken"]), int(query.get("$skiptoken", "0"))
        if since < self.oldest_version:
            return refusal(410, "syncStateNotFound")
        until = int(query.get("until", now))
        touched = list(dict.fromkeys(identifier for identifier, _ in self.log[since:until] if identifier != "nobody"))
        here = touched[done : done + self.delta_page]
        body: dict[str, object] = {"@odata.context": f"{GRAPH}/v1.0/$metadata#users"}
        if len(touched) > done + self.delta_page:
            more = query | {"$skiptoken": str(done + self.delta_page), "until": str(until)}
            body["@odata.nextLink"] = link("users/delta", more)
        else:
            body["@odata.deltaLink"] = self._delta_link(query, until)
        body["value"] = [self._change(identifier, since, query) for identifier in here]
        return said(body)

    def _change(self, identifier: str, since: int, query: Mapping[str, str]) -> Mapping[str, object]:
        one = self.people.get(identifier)
        if one is None:
            return {"id": identifier, "@removed": {"reason": "changed"}}
        changes = [changed for logged, changed in self.log[since:] if logged == identifier]
        shown = _selected(one, query)
        if self.minimal and None not in changes:
            names = frozenset[str]().union(*(changed for changed in changes if changed is not None))
            return {"id": identifier} | {name: one.get(name) for name in names if name in query["$select"].split(",")}
        return shown

    def _delta_link(self, query: Mapping[str, str], version: int) -> str:
        return link("users/delta", {"$select": query["$select"], "$deltatoken": str(version)})


def _selected(one: Mapping[str, object], query: Mapping[str, str]) -> dict[str, object]:
    return {name: one[name] for name in query["$select"].split(",") if name in one}


def said(body: Mapping[str, object]) -> httpx.Response:
    """An answer in JSON; escaped, so that half a surrogate pair can be told too."""
    return httpx.Response(200, text=json.dumps(body), headers={"content-type": "application/json"})


def link(path: str, query: Mapping[str, str]) -> str:
    """An address as the service would give it out."""
    return f"{GRAPH}/v1.0/{path}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())


def refusal(status: int, code: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An error of Graph's."""
    return httpx.Response(
        status, headers=dict(headers or {}), json={"error": {"code": code, "message": f"This is {code}."}}
    )


def refuse(status: int, code: str = "UnknownError", **headers: str) -> Callable[..., httpx.Response]:
    """A fault: an error of Graph's."""
    return lambda *_: refusal(status, code, {name.replace("_", "-"): text for name, text in headers.items()})


def say(text: str, content_type: str = "application/json") -> Callable[..., httpx.Response]:
    """A fault: this very body, with status 200."""
    return lambda *_: httpx.Response(200, text=text, headers={"content-type": content_type})


def cut(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
    """A fault: the connection ends in the middle of the answer."""
    raise httpx.ReadError("connection reset", request=request)


def cut_json(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
    """A fault: half of the JSON, as though it were whole."""
    whole = tenant.answer(request).content
    return httpx.Response(200, content=whole[: len(whole) // 2])


def without_value(request: httpx.Request, tenant: SmallTenant) -> httpx.Response:
    """A fault: a 200 without `value`."""
    body = json.loads(tenant.answer(request).content)
    body.pop("value", None)
    return httpx.Response(200, json=body)


def ids_of(people: Iterable[Person]) -> list[str]:
    """Their ids, in order."""
    return sorted(str(one["id"]) for one in people)
