"""What a run over one list works with: built once a run, by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.directory import Directory
    from entra_tui.graph.errors import RequestFailed
    from entra_tui.graph.retry import Patience
    from entra_tui.model.entry import ListSource
    from entra_tui.model.finding import Finding
    from entra_tui.storage.lists import ListDatabase
    from entra_tui.sync.events import SyncEvent
    from entra_tui.sync.pause import Pause
    from entra_tui.sync.storage_thread import StorageThread
    from entra_tui.sync.tenant_proof import TenantProof


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run works with.

    Attributes:
        http: The one way out; its clock and trace measure the run.
        directory: The tenant, read with `patience`.
        patience: The budget of the whole run.
        lists: The lookup lists.
        storage: The thread in which they are used.
        pause: Holds the run between two pages.
        explain: Makes a finding of a failed request.
        post: Takes each event.
        source: The tenant that is read, and its login host.
        proof: Makes sure that it is the connector's, before a row is written.
        columns: Properties of a user that are read.
        page_size: Objects to ask for in one page.
        full_read_every: How old the last full read may be before everything is read again; None for any age.
        compare_counts: Whether rows are compared with the tenant's own count.
        full: Whether everything is read even where a delta would do.
        confirmed: Whether a person said that much may be removed.
    """

    http: HttpClient
    directory: Directory
    patience: Patience
    lists: ListDatabase
    storage: StorageThread
    pause: Pause
    explain: Callable[[RequestFailed], Finding]
    post: Callable[[SyncEvent], None]
    source: ListSource
    proof: TenantProof
    columns: Sequence[str]
    page_size: int
    full_read_every: timedelta | None
    compare_counts: bool
    full: bool
    confirmed: bool
