"""What a lookup list holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a lookup list.

    Attributes:
        id: The directory object's id; unique within its list.
        values: The other columns by Graph's property name; a property that the tenant never set is absent.
    """

    id: str
    values: Mapping[str, Scalar]


class ListStatus(Enum):
    """How a lookup list stands."""

    NEW = "not synchronized yet"
    SYNCHRONIZED = "synchronized"
    FAILED = "last synchronization failed"
    HELD = "last synchronization held back"
    """It would have removed so much that it waits for a person's word."""


@dataclass(frozen=True, slots=True)
class LookupList:
    """A lookup list as the overview shows it.

    Attributes:
        name: Such as `Users - Contoso`.
        connector: Name of the connector that fills it.
        entries: How many rows it holds.
        synchronized_at: When the present rows were put in place; None before the first time.
        status: How it stands.
        full_read_at: When everything was last read, rather than what had changed; None where that is not known.
    """

    name: str
    connector: str
    entries: int
    synchronized_at: datetime | None
    status: ListStatus
    full_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where the rows of a list were read.

    Attributes:
        tenant_id: Tenant ID, a lower-case GUID.
        login_host: The login host of its cloud, with the port if there is one.
    """

    tenant_id: str
    login_host: str


@dataclass(frozen=True, slots=True)
class ColumnLoss:
    """A column that rows of a list would lose.

    Attributes:
        column: Graph's name of the property.
        rows: How many rows have a value now and would have none.
        everywhere: Whether no row would have a value any more.
    """

    column: str
    rows: int
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What one synchronization did to a list, in rows.

    Attributes:
        added: Rows that are new.
        changed: Rows with another value, or with other members.
        removed: Rows that are gone.
        unchanged: Rows that stayed as they were.
        joined: Members that groups or roles gained; those of a new group are not counted.
        left: Members that groups or roles lost; those of a removed group are not counted.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    joined: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        """Rows that the list holds afterwards."""
        return self.added + self.changed + self.unchanged
