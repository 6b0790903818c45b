"""The users of a tenant: computed people, and what changed about them since.

Only changes are held in memory. Every change gets a sequence number, from which delta queries tell what is new.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.simulator.people import Population


MANAGER: Final = "manager"
"""The relationship of a user to another that `update` may set."""


class Presence(Enum):
    """Whether a user is there."""

    LIVE = "live"
    DELETED = "deleted, and can be restored"
    PURGED = "gone for good"


@dataclass(frozen=True, slots=True)
class UserChange:
    """One change to one user.

    Attributes:
        user_id: Whose.
        properties: Names of the properties that changed; None when the user came or went.
        manager_before: The id of the manager before the change; None where there was none, or another property changed.
    """

    user_id: str
    properties: frozenset[str] | None
    manager_before: str | None = None


class UserDirectory:
    """The users of one tenant, each at a position that never changes: computed people first, then created ones."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._written: dict[int, dict[str, object]] = {}
        self._absent: dict[int, Presence] = {}
        self._created: dict[str, int] = {}
        self._renamed: dict[str, int] = {}
        self._managers: dict[int, int | None] = {}
        self._count = population.count
        self.changes: list[UserChange] = []

    def __len__(self) -> int:
        return self._count

    @property
    def end(self) -> int:
        """One past the last position."""
        return self._population.count + len(self._created)

    @property
    def population(self) -> Population:
        """The computed people."""
        return self._population

    def position(self, key: str) -> int | None:
        """Where the user with this id or user principal name is, present or not; None when there never was one."""
        wanted = key.lower()
        if wanted in self._created:
            return self._created[wanted]
        number = self._population.number_of_id(wanted)
        if number is not None or "@" not in wanted:
            return number
        number = self._renamed.get(wanted, self._population.number_of_principal_name(wanted))
        if number in self._written and str(self._written[number]["userPrincipalName"]).lower() != wanted:
            return None
        return number

    def id_at(self, position: int) -> str:
        """The object id at a position."""
        if position < self._population.count:
            return self._population.id_of(position)
        return str(self._written[position]["id"])

    def presence(self, position: int) -> Presence:
        """Whether the user at a position is there."""
        return self._absent.get(position, Presence.LIVE)

    def user_at(self, position: int) -> dict[str, object] | None:
        """All properties of the user at a position; None when it is not there."""
        return None if position in self._absent else self.last_known(position)

    def last_known(self, position: int) -> dict[str, object]:
        """All properties of the user at a position, deleted or not."""
        written = self._written.get(position)
        return dict(written) if written is not None else self._population.person(position)

    def texts_at(self, position: int) -> tuple[str, ...] | None:
        """The user at a position as JSON texts in the order of `COLUMNS`; None when only `user_at` can tell."""
        if (
            position >= self._population.count
            or position in self._written
            or position in self._absent
            or self._population.awkward_kind(position) is not None
        ):
            return None
        return self._population.texts(position)

    def find(self, key: str) -> dict[str, object] | None:
        """The user with this id or user principal name; None when there is none."""
        position = self.position(key)
        return None if position is None else self.user_at(position)

    def manager(self, position: int) -> int | None:
        """Where the manager of the user at a position is; None when there is none."""
        if position in self._managers:
            found = self._managers[position]
        else:
            found = self._population.manager_of(position) if position < self._population.count else None
        return None if found in self._absent else found

    def _reports(self, position: int) -> list[int]:
        """Where those are that the user at a position manages, as far as they are there."""
        usual = self._population.reports_of(position) if position < self._population.count else ()
        found = {report for report in usual if report not in self._managers}
        found |= {report for report, manager in self._managers.items() if manager == position}
        return sorted(report for report in found if report not in self._absent)

    def create(self, user: Mapping[str, object]) -> str:
        """Add a user with these properties, `id` and `userPrincipalName` among them; returns the id."""
        position = self.end
        object_id = str(user["id"])
        self._created[object_id] = position
        self._written[position] = dict(user)
        self._renamed[str(user["userPrincipalName"]).lower()] = position
        self._count += 1
        self.changes.append(UserChange(object_id, None))
        return object_id

    def update(self, key: str, properties: Mapping[str, object]) -> None:
        """Change properties of a user; `manager` is an id, or None.

        Raises:
            LookupError: No such user.
        """
        position = self._live(key)
        if MANAGER in properties:
            self._set_manager(position, properties[MANAGER])
        properties = {name: value for name, value in properties.items() if name != MANAGER}
        if not properties:
            return
        self._written[position] = self.last_known(position) | properties
        if "userPrincipalName" in properties:
            self._renamed[str(properties["userPrincipalName"]).lower()] = position
        self.changes.append(UserChange(self.id_at(position), frozenset(properties)))

    def delete(self, key: str) -> None:
        """Delete a user, who can be restored.

        Raises:
            LookupError: No such user.
        """
        position = self._live(key)
        reports = self._reports(position)
        self._absent[position] = Presence.DELETED
        self._count -= 1
        for report in reports:
            self._note_manager(report, before=position)
        self.changes.append(UserChange(self.id_at(position), None))

    def restore(self, key: str) -> None:
        """Bring a deleted user back.

        Raises:
            LookupError: No such deleted user.
        """
        position = self._deleted(key)
        del self._absent[position]
        self._count += 1
        for report in self._reports(position):
            self._note_manager(report, before=None)
        self.changes.append(UserChange(self.id_at(position), None))

    def purge(self, key: str) -> None:
        """Delete a deleted user for good.

        Raises:
            LookupError: No such deleted user.
        """
        position = self._deleted(key)
        self._absent[position] = Presence.PURGED
        self.changes.append(UserChange(self.id_at(position), None))

    def _set_manager(self, position: int, manager: object) -> None:
        before = self.manager(position)
        self._managers[position] = None if manager is None else self._live(str(manager))
        self._note_manager(position, before)

    def _note_manager(self, position: int, before: int | None) -> None:
        left = None if before is None else self.id_at(before)
        self.changes.append(UserChange(self.id_at(position), frozenset({MANAGER}), left))

    def _live(self, key: str) -> int:
        position = self.position(key)
        if position is None or position in self._absent:
            raise LookupError(f"There is no user {key}.")
        return position

    def _deleted(self, key: str) -> int:
        position = self.position(key)
        if position is None or self._absent.get(position) is not Presence.DELETED:
            raise LookupError(f"There is no deleted user {key}.")
        return position
