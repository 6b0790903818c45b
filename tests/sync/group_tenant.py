"""The small tenant with groups, whose members come in parts, with other groups in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tests.sync.tenant import SmallTenant, link, person, refusal, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


CREATED = "2099-01-01T00:00:00Z"
"""When each group was made: after any run, so that one without members has none."""


def group_id(number: int) -> str:
    """The id of a group."""
    return f"{number:08x}-1111-4000-8000-000000000000"


@dataclass
class GroupTenant(SmallTenant):
    """Groups behind `groups/delta` as Microsoft's documents have it.

    Attributes:
        groups: Display name and members of each group, by id.
        deleted: Groups that can be restored, as they were.
        members_page: Members told at once of one group.
        group_log: What changed: a group, and a member or None for the group itself.
        rounds: What each round that was begun tells, part by part, and the version that its delta link names.
        oldest_group_version: Delta links from before it are expired.
    """

    groups: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    deleted: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    members_page: int = 2
    group_log: list[tuple[str, str | None]] = field(default_factory=list)
    rounds: list[tuple[list[Mapping[str, object]], int]] = field(default_factory=list)
    oldest_group_version: int = 0

    def set_group(self, number: int, name: str, members: frozenset[int]) -> None:
        """Add, change or restore a group."""
        identifier, ids = group_id(number), frozenset(str(person(one)["id"]) for one in members)
        before = self.groups.get(identifier)
        if before is None or before[0] != name:
            self.group_log.append((identifier, None))
        _, members_before = before or self.deleted.pop(identifier, ("", frozenset[str]()))
        self.groups[identifier] = (name, ids)
        for member in ids ^ members_before:
            self.group_log.append((identifier, member))

    def delete_group(self, number: int) -> None:
        """Delete a group."""
        identifier = group_id(number)
        if identifier in self.groups:
            self.deleted[identifier] = self.groups.pop(identifier)
            self.group_log.append((identifier, None))

    def expire_delta_links(self) -> None:
        """Also those of groups."""
        super().expire_delta_links()
        self.group_log.append(("nobody", None))
        self.oldest_group_version = len(self.group_log)

    @property
    def expected_groups(self) -> dict[str, dict[str, object]]:
        """The list as it should be."""
        return {
            identifier: {
                "displayName": name,
                "createdDateTime": CREATED,
                "memberCount": len(members),
                "members": sorted(members),
            }
            for identifier, (name, members) in self.groups.items()
        }

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Groups, or what the small tenant says."""
        if request.url.path == "/v1.0/groups/$count":
            return httpx.Response(200, text=str(len(self.groups) + self.count_off_by))
        if (group := self.groups.get(request.url.path.removeprefix("/v1.0/groups/"))) is not None:
            return said({"id": request.url.path.rpartition("/")[2], "displayName": group[0]})
        if request.url.path != "/v1.0/groups/delta" or not self.has_delta:
            return super().answer(request)
        if request.headers["authorization"] in {f"Bearer {token}" for token in self.refused_tokens}:
            return refusal(401, "InvalidAuthenticationToken")
        query = dict(request.url.params)
        if "$skiptoken" in query:
            number, offset = (int(part) for part in query["$skiptoken"].split("-"))
        else:
            since = int(query.get("$deltatoken", "-1"))
            if 0 <= since < self.oldest_group_version:
                return refusal(410, "syncStateNotFound")
            self.rounds.append((list(self._parts(since)), len(self.group_log)))
            number, offset = len(self.rounds) - 1, 0
        parts, version = self.rounds[number]
        body: dict[str, object] = {"value": parts[offset : offset + self.delta_page]}
        if offset + self.delta_page < len(parts):
            body["@odata.nextLink"] = link("groups/delta", {"$skiptoken": f"{number}-{offset + self.delta_page}"})
        else:
            body["@odata.deltaLink"] = link("groups/delta", {"$deltatoken": str(version)})
        return said(body)

    def _parts(self, since: int) -> Iterator[Mapping[str, object]]:
        """What is told since a version, all for -1: first each group's beginning, then what is left of the large."""
        touched: dict[str, set[str]] = {}
        if since < 0:
            touched = {identifier: set(members) for identifier, (_, members) in self.groups.items()}
        for identifier, member in self.group_log[since:] if since >= 0 else ():
            if identifier != "nobody":
                touched.setdefault(identifier, set()).update({member} if member is not None else ())
        rest: list[dict[str, Any]] = []
        for identifier, members in touched.items():
            if identifier not in self.groups:
                yield {"id": identifier, "@removed": {"reason": "changed"}}
                continue
            # A group that was restored tells all of its members again.
            reborn = since >= 0 and any(logged == (identifier, None) for logged in self.group_log[since:])
            name, present = self.groups[identifier]
            told = [
                {"@odata.type": "#microsoft.graph.user", "id": member}
                | ({} if member in present else {"@removed": {"reason": "deleted"}})
                for member in sorted(members | (present if reborn else frozenset()))
            ]
            chunks = [told[at : at + self.members_page] for at in range(0, len(told), self.members_page)] or [[]]
            first, *more = (
                {"id": identifier, "displayName": name, "createdDateTime": CREATED}
                | ({"members@delta": part} if part else {})
                for part in chunks
            )
            yield first
            rest += more
        yield from rest
