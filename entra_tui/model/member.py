"""Who is in a group, or holds a role."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One of them, by the names that the connector's lists have.

    Attributes:
        id: The directory object's id.
        display_name: Its display name; empty where no list holds it.
        user_principal_name: That of a user; else empty.
    """

    id: str
    display_name: str = ""
    user_principal_name: str = ""

    def __str__(self) -> str:
        names = [name for name in (self.display_name, self.user_principal_name) if name]
        return ", ".join(names) or self.id
