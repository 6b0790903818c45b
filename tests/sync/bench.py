"""Everything a synchronization needs, put together around a tenant."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from entra_tui.graph.client import HttpClient
from entra_tui.graph.errors import Refused, RequestFailed, Unreachable, Unreadable
from entra_tui.model.connector import Connector
from entra_tui.model.finding import Finding
from entra_tui.sync.engine import Synchronizer
from entra_tui.sync.events import Failed, Finished, Held, Started
from entra_tui.sync.pause import Pause
from tests.sync.tenant import CLIENT_ID, CREDENTIALS, TENANT_ID

if TYPE_CHECKING:
    from entra_tui.graph.sign_in import Credentials
    from entra_tui.simulator.clock import ManualClock
    from entra_tui.storage.lists import ListDatabase
    from entra_tui.sync.events import SyncEvent
    from tests.sync.tenant import SmallTenant

CONNECTOR = Connector("Contoso", TENANT_ID, CLIENT_ID, "public")
USERS = CONNECTOR.users_list
End = Finished | Held | Failed
E = TypeVar("E")


def explain(error: RequestFailed) -> Finding:
    """A finding with the code that the catalogue would look up."""
    match error:
        case Refused():
            code = error.code
        case Unreachable() | Unreadable():
            code = error.fault.value
        case _:
            code = type(error).__name__
    return Finding(code, str(error), "", ())


@dataclass
class Bench:
    """A tenant, a database, a clock; `run` synchronizes and gives the events."""

    tenant: SmallTenant
    lists: ListDatabase
    clock: ManualClock
    page_size: int = 999
    patience_seconds: float = 3600.0
    connector: Connector = CONNECTOR
    credentials: Credentials = CREDENTIALS
    full_read_every: timedelta | None = timedelta(days=7)
    compare_counts: bool = True
    pause: Pause = field(default_factory=Pause)

    def __post_init__(self) -> None:
        self.http = HttpClient(transport=self.tenant, clock=self.clock)

    async def aclose(self) -> None:
        await self.http.aclose()
        self.lists.close()

    @property
    def synchronizer(self) -> Synchronizer:
        return Synchronizer(
            self.http,
            self.lists,
            explain=explain,
            pause=self.pause,
            page_size=self.page_size,
            patience_seconds=self.patience_seconds,
            full_read_every=self.full_read_every,
            compare_counts=self.compare_counts,
        )

    async def run(self, *, full: bool = False, confirmed: bool = False) -> list[SyncEvent]:
        """A whole run's events."""
        return [
            event
            async for event in self.synchronizer.run(self.connector, self.credentials, full=full, confirmed=confirmed)
        ]

    async def run_until(self, kind: type[E], count: int = 1) -> list[SyncEvent]:
        """A run that is closed after the `count`-th event of a kind."""
        events: list[SyncEvent] = []
        async with aclosing(self.synchronizer.run(self.connector, self.credentials)) as running:
            async for event in running:
                events.append(event)
                if sum(isinstance(seen, kind) for seen in events) == count:
                    break
        return events

    async def finish(self, *, full: bool = False, confirmed: bool = False) -> Finished:
        """A run that is expected to finish."""
        end = (await self.run(full=full, confirmed=confirmed))[-1]
        assert isinstance(end, Finished), end
        return end

    def entries(self, name: str = USERS) -> dict[str, dict[str, object]]:
        """The list's rows by id, without what is not set."""
        return {
            entry.id: {key: value for key, value in entry.values.items() if value is not None}
            for entry in self.lists.iterate(name)
        }

    def groups(self, name: str) -> dict[str, dict[str, object]]:
        """The rows of a list of groups, with their members in order."""
        return {
            identifier: values | {"members": self.lists.members(name, identifier, limit=-1)}
            for identifier, values in self.entries(name).items()
        }

    @property
    def expected(self) -> dict[str, dict[str, object]]:
        """The list as it should be."""
        return {
            identifier: {key: value for key, value in one.items() if key != "id" and value is not None}
            for identifier, one in self.tenant.people.items()
        }


def only(events: list[SyncEvent], kind: type[E]) -> list[E]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def end_of(events: list[SyncEvent]) -> End:
    """How the run ended; there is one end, and it is the last event."""
    ends = [event for event in events if isinstance(event, Finished | Held | Failed)]
    assert ends == events[-1:], events
    return ends[0]


def started(events: list[SyncEvent]) -> Started:
    """How the run began."""
    return only(events, Started)[0]
