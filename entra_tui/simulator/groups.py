"""The groups of a tenant and who is in them.

Membership of computed groups is a span of the computed people, so that a group of a million members takes no memory;
who was added or taken out since is kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.simulator.identifiers import Identifiers, mixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entra_tui.simulator.directory import UserDirectory

_SUBJECTS: Final = ("Operations", "Finance", "Research", "Sales", "Support", "Legal", "Logistics", "Security")
_PLACES: Final = ("Oslo", "Kraków", "Lyon", "São Paulo", "Tōkyō", "İzmir", "Austin", "Hyderabad", "Αθήνα")
_PURPOSES: Final = ("Team", "Managers", "VPN Users", "Application Users", "Reviewers", "Distribution")


class MemberKind(Enum):
    """What a member is."""

    USER = "#microsoft.graph.user"
    GROUP = "#microsoft.graph.group"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a group."""

    id: str
    kind: MemberKind


@dataclass(frozen=True, slots=True)
class GroupChange:
    """One change to one group.

    Attributes:
        group_id: Whose.
        properties: Names of the properties that changed; None when the group came or went.
        member: Who came or went, where it is about a member.
        joined: Whether the member came.
    """

    group_id: str
    properties: frozenset[str] | None
    member: Member | None = None
    joined: bool = False


@dataclass(slots=True)
class Group:
    """One group.

    Attributes:
        properties: Properties of the Graph resource `group`, `id` among them.
        people: Numbers of the computed people in it.
        further: Members beyond those, in order of joining.
        left: Ids of those who were taken out.
    """

    properties: dict[str, object]
    people: range = range(0)
    further: dict[str, Member] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The object id."""
        return str(self.properties["id"])

    @property
    def hidden(self) -> bool:
        """Whether only callers with `Member.Read.Hidden` see who is in it."""
        return self.properties.get("visibility") == "HiddenMembership"

    @property
    def end(self) -> int:
        """One past the last place of a member."""
        return len(self.people) + len(self.further)


class GroupDirectory:
    """The groups of one tenant."""

    def __init__(self, count: int, users: UserDirectory, *, seed: int, domain: str) -> None:
        self._users = users
        self._groups: dict[str, Group] = {}
        self._gone: set[str] = set()
        self.changes: list[GroupChange] = []
        identifiers = Identifiers(mixed(seed) ^ 0x67726F757073)
        for number in range(count):
            group = _computed_group(number, users.population.count, identifiers, domain)
            self._groups[group.id] = group
        self._nest(list(self._groups.values()))

    def _nest(self, groups: list[Group]) -> None:
        for outer in range(3, len(groups), 7):
            for inner in (outer - 1, outer - 2):
                member = Member(groups[inner].id, MemberKind.GROUP)
                groups[outer].further[member.id] = member

    def __len__(self) -> int:
        return len(self._groups) - len(self._gone)

    @property
    def end(self) -> int:
        """One past the last position."""
        return len(self._groups)

    def all(self) -> list[Group]:
        """Every group that ever was, in order of creation."""
        return list(self._groups.values())

    def is_live(self, group_id: str) -> bool:
        """Whether there is such a group now."""
        return group_id in self._groups and group_id not in self._gone

    def find(self, group_id: str) -> Group | None:
        """The group with this id; None when there is none."""
        return self._groups[group_id.lower()] if self.is_live(group_id.lower()) else None

    def member_at(self, group: Group, place: int) -> Member | None:
        """The member at a place, which never changes; None when it left or is deleted."""
        if place < len(group.people):
            number = group.people[place]
            member = Member(self._users.id_at(number), MemberKind.USER)
        else:
            member = list(group.further.values())[place - len(group.people)]
        return None if member.id in group.left else member

    def members(self, group: Group) -> Iterator[Member]:
        """Everybody in a group, deleted users included."""
        for place in range(len(group.people)):
            object_id = self._users.id_at(group.people[place])
            if object_id not in group.left:
                yield Member(object_id, MemberKind.USER)
        yield from [member for member in group.further.values() if member.id not in group.left]

    def transitive_members(self, group: Group) -> Iterator[Member]:
        """Everybody in a group and in the groups in it, each once."""
        seen = {group.id}
        waiting = [group]
        while waiting:
            for member in self.members(waiting.pop(0)):
                if member.id in seen:
                    continue
                seen.add(member.id)
                yield member
                inner = self.find(member.id) if member.kind is MemberKind.GROUP else None
                if inner is not None:
                    waiting.append(inner)

    def holds(self, group: Group, member_id: str) -> bool:
        """Whether somebody is in a group."""
        if member_id in group.left:
            return False
        if member_id in group.further:
            return True
        number = self._users.population.number_of_id(member_id)
        return number is not None and number in group.people

    def create(self, group: Group) -> None:
        """Add a group."""
        self._groups[group.id] = group
        self.changes.append(GroupChange(group.id, None))

    def update(self, group_id: str, properties: dict[str, object]) -> None:
        """Change properties of a group.

        Raises:
            LookupError: No such group.
        """
        self._live(group_id).properties |= properties
        self.changes.append(GroupChange(group_id, frozenset(properties)))

    def delete(self, group_id: str) -> None:
        """Delete a group.

        Raises:
            LookupError: No such group.
        """
        self._live(group_id)
        self._gone.add(group_id)
        self.changes.append(GroupChange(group_id, None))

    def add_member(self, group_id: str, member: Member) -> None:
        """Put somebody into a group.

        Raises:
            LookupError: No such group, or in it already.
        """
        group = self._live(group_id)
        if self.holds(group, member.id):
            raise LookupError(f"{member.id} is in the group {group_id} already.")
        if member.id in group.left:
            group.left.discard(member.id)
        else:
            group.further[member.id] = member
        self.changes.append(GroupChange(group_id, frozenset(), member, joined=True))

    def remove_member(self, group_id: str, member: Member) -> None:
        """Take somebody out of a group.

        Raises:
            LookupError: No such group, or not in it.
        """
        group = self._live(group_id)
        if not self.holds(group, member.id):
            raise LookupError(f"{member.id} is not in the group {group_id}.")
        group.left.add(member.id)
        self.changes.append(GroupChange(group_id, frozenset(), member, joined=False))

    def _live(self, group_id: str) -> Group:
        group = self.find(group_id)
        if group is None:
            raise LookupError(f"There is no group {group_id}.")
        return group


def _computed_group(number: int, people: int, identifiers: Identifiers, domain: str) -> Group:
    subject, place = _SUBJECTS[number % len(_SUBJECTS)], _PLACES[number // 3 % len(_PLACES)]
    name = "All Staff" if number == 0 else f"{place} {subject} {_PURPOSES[number % len(_PURPOSES)]} {number:03}"
    nickname = f"group{number:04}"
    unified = number % 4 == 1
    properties: dict[str, object] = {
        "id": identifiers.guid(),
        "displayName": name,
        "description": None if number % 5 == 2 else f"{subject} in {place}.",  # noqa: PLR2004
        "mailEnabled": unified,
        "mailNickname": nickname,
        "mail": f"{nickname}@{domain}" if unified else None,
        "securityEnabled": not unified,
        "groupTypes": ["Unified"] if unified else [],
        "visibility": "HiddenMembership" if number % 11 == 5 else ("Private" if unified else None),  # noqa: PLR2004
        "createdDateTime": f"{2017 + number % 9}-0{1 + number % 9}-1{number % 10}T09:00:00Z",
        "proxyAddresses": [f"SMTP:{nickname}@{domain}"] if unified else [],
        "isAssignableToRole": None,
    }
    if number == 0:
        return Group(properties, range(people))
    if number % 9 == 8:  # noqa: PLR2004
        return Group(properties)
    stride = 7 + identifiers.number() % 60
    return Group(properties, range(number % stride, people, stride))
