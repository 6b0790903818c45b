"""Brings a connector's lookup lists up to date, and tells what happens while it does."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeGuard

from entra_tui.graph.directory import LARGEST_PAGE, Directory
from entra_tui.graph.errors import RequestFailed, Unreachable, WrongOrganization
from entra_tui.graph.retry import FewErrors, Patience
from entra_tui.graph.sign_in import TokenSource
from entra_tui.model.connector import list_name
from entra_tui.model.entry import Changes, ListSource
from entra_tui.model.permission import Feature
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.storage.errors import ListRemovedError, StorageError, UnknownNameError
from entra_tui.sync.directory_roles import DirectoryRoleList
from entra_tui.sync.events import Failed, Finished, Held, SyncMode, Waiting
from entra_tui.sync.groups import GroupList
from entra_tui.sync.list_run import ListRun
from entra_tui.sync.pages import TRIES
from entra_tui.sync.pause import Pause
from entra_tui.sync.storage_findings import storage_finding
from entra_tui.sync.storage_thread import StorageThread
from entra_tui.sync.surroundings import Surroundings
from entra_tui.sync.tenant_proof import TenantProof
from entra_tui.sync.users import UserList

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.retry import Wait
    from entra_tui.graph.sign_in import Credentials
    from entra_tui.model.connector import Connector
    from entra_tui.model.finding import Finding
    from entra_tui.storage.lists import ListDatabase
    from entra_tui.sync.events import SyncEvent

PATIENCE_SECONDS: Final = 3600.0
"""How long a run waits without a page of progress as long as the service asks it to."""

FULL_READ_EVERY: Final = timedelta(days=7)
"""How old a full read may be: what a delta did not tell is healed by the next one."""

_LISTS: Final[Mapping[Feature, type[UserList | GroupList | DirectoryRoleList]]] = {
    Feature.USERS: UserList,
    Feature.GROUPS: GroupList,
    Feature.DIRECTORY_ROLES: DirectoryRoleList,
}


class Synchronizer:
    """Fills the lookup lists of one connector from its tenant.

    Args:
        http: The one way out.
        lists: Where the lists are kept.
        explain: Makes a finding of a failed request.
        pause: Holds the run between two pages.
        columns: Properties of a user to read; `id` is among them.
        page_size: Objects to ask for in one page.
        patience_seconds: How long to go on trying without progress where the service asks for it.
        full_read_every: How old the last full read may be before everything is read again; None for any age.
        compare_counts: Whether what came is compared with the tenant's own count.
        still_saved: Whether the connector is still saved; asked before anything is read.
    """

    def __init__(
        self,
        http: HttpClient,
        lists: ListDatabase,
        *,
        explain: Callable[[RequestFailed], Finding],
        pause: Pause | None = None,
        columns: Sequence[str] = USER_COLUMNS,
        page_size: int = LARGEST_PAGE,
        patience_seconds: float = PATIENCE_SECONDS,
        full_read_every: timedelta | None = FULL_READ_EVERY,
        compare_counts: bool = True,
        still_saved: Callable[[], bool] = lambda: True,
    ) -> None:
        self._http = http
        self._lists = lists
        self._explain = explain
        self._pause = pause or Pause()
        self._columns = tuple(columns)
        self._page_size = page_size
        self._patience_seconds = patience_seconds
        self._full_read_every = full_read_every
        self._compare_counts = compare_counts
        self._still_saved = still_saved

    async def run(
        self, connector: Connector, credentials: Credentials, *, full: bool = False, confirmed: bool = False
    ) -> AsyncGenerator[SyncEvent, None]:
        """Synchronize, and tell what happens.

        Closing the iterator, or cancelling the task that uses it, ends the work within a moment; the list is then as
        it was, and the next run goes on from the last page that was told.

        Args:
            connector: Whose lists, and which features.
            credentials: The connector's, with its secret.
            full: Read everything, even where a delta would do.
            confirmed: Apply also what removes more than a quarter of a list.

        Yields:
            For each list its events, the last of which is one `Finished`, `Held` or `Failed`; and where several
            lists were all finished, one more `Finished` with an empty `list` that sums them up.
        """
        events: asyncio.Queue[SyncEvent | None] = asyncio.Queue()
        work = asyncio.create_task(self._work(connector, credentials, events.put_nowait, full, confirmed))
        work.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _work(
        self,
        connector: Connector,
        credentials: Credentials,
        post: Callable[[SyncEvent], None],
        full: bool,
        confirmed: bool,
    ) -> None:
        await asyncio.to_thread(_load)
        current = ""

        def on_wait(wait: Wait) -> None:
            post(Waiting(current, wait))

        patience = Patience(self._http.clock, self._patience_seconds, on_wait=on_wait)
        storage = StorageThread()
        directory = Directory(self._http, TokenSource(self._http, credentials), patience=patience)
        # What does not answer this question may still list its users.
        proof = TenantProof(directory.patient(FewErrors(patience, TRIES, of_link=True)), credentials.tenant_id)
        around = Surroundings(
            http=self._http,
            directory=directory,
            patience=patience,
            lists=self._lists,
            storage=storage,
            pause=self._pause,
            explain=self._explain,
            post=post,
            source=ListSource(credentials.tenant_id, credentials.environment.login_host),
            proof=proof,
            columns=self._columns,
            page_size=self._page_size,
            full_read_every=self._full_read_every,
            compare_counts=self._compare_counts,
            full=full,
            confirmed=confirmed,
        )
        features = [one for one in Feature if one is Feature.USERS or one in connector.features]
        ends: list[Finished | Held | Failed] = []
        out_of_reach: RequestFailed | None = None
        claims = ExitStack()
        try:
            refused = await self._claim(features, connector, storage, claims)
            proof.begin()
            for feature in features:
                current = list_name(feature, connector.name)
                run = ListRun(current, around)
                end = await self._one_list(feature, run, refused.get(feature) or out_of_reach)
                out_of_reach = run.error if _concerns_all(run.error) else None
                ends.append(end)
                post(end)
        finally:
            await proof.aclose()
            try:
                await storage.do(claims.close)
            finally:
                await storage.aclose()
        finished = [end for end in ends if isinstance(end, Finished)]
        if len(finished) == len(ends) > 1:
            post(_sum(finished))

    async def _claim(
        self, features: Sequence[Feature], connector: Connector, storage: StorageThread, claims: ExitStack
    ) -> Mapping[Feature, StorageError]:
        """Make and claim all lists, for as long as the run takes; gives those that cannot be read, and why.

        A list is made here and never again in the run: one that is removed in spite of the claim stays removed.
        """
        claiming = self._lists.claim_lists(connector.name, features, is_saved=self._still_saved)
        try:
            return await storage.do(claims.enter_context, claiming)
        except StorageError as error:
            return dict.fromkeys(features, error)

    async def _one_list(
        self, feature: Feature, run: ListRun, barred: RequestFailed | StorageError | None
    ) -> Finished | Held | Failed:
        around = run.around
        try:
            if barred is not None:
                raise barred
            return await _LISTS[feature](run).synchronize()
        except RequestFailed as error:
            return await run.failed(around.explain(error), error)
        except UnknownNameError:
            removed = ListRemovedError(run.name)
            return await run.failed(storage_finding(removed), removed)
        except StorageError as error:
            return await run.failed(storage_finding(error), error)
        except asyncio.CancelledError:
            await run.canceled()
            raise


def _load() -> None:
    """Load what only a run needs: it belongs to the program's start, and to no list's time."""
    import filelock  # noqa: F401, PLC0415 - see above
    import msal  # noqa: F401, PLC0415 - see above


def _concerns_all(error: Exception | None) -> TypeGuard[RequestFailed]:
    """Whether a failure would meet the next list too, after as much patience again."""
    return isinstance(error, RequestFailed) and (error.is_sign_in or isinstance(error, Unreachable | WrongOrganization))


def _sum(finished: Sequence[Finished]) -> Finished:
    return Finished(
        list="",
        changes=Changes(
            added=sum(one.changes.added for one in finished),
            changed=sum(one.changes.changed for one in finished),
            removed=sum(one.changes.removed for one in finished),
            unchanged=sum(one.changes.unchanged for one in finished),
            joined=sum(one.changes.joined for one in finished),
            left=sum(one.changes.left for one in finished),
        ),
        mode=SyncMode.FULL if any(one.mode is SyncMode.FULL for one in finished) else SyncMode.DELTA,
        requests=sum(one.requests for one in finished),
        pages=sum(one.pages for one in finished),
        seconds=sum(one.seconds for one in finished),
        warnings=tuple(warning for one in finished for warning in one.warnings),
    )
