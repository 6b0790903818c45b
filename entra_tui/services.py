"""What screens and commands work with: the same services, built in one place.

A demo differs in one thing only: its requests go to a practice tenant inside the program, and its folders are
thrown away.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from entra_tui.storage.drafts import DraftFile
from entra_tui.storage.errors import (
    ConnectorSavedError,
    LockedError,
    NameTakenError,
    StorageError,
    UnknownNameError,
)
from entra_tui.storage.folders import LISTS_FILE
from entra_tui.storage.settings_file import SettingsFile

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from entra_tui.checks.catalogue import Catalogue, Subject
    from entra_tui.checks.context import CheckContext, Inputs
    from entra_tui.client_secrets import ClientSecrets, Removal, SecretSharing
    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.errors import RequestFailed
    from entra_tui.graph.retry import Wait
    from entra_tui.model.connector import Connector, SecretStore
    from entra_tui.model.entry import LookupList
    from entra_tui.model.environment import Environment
    from entra_tui.model.fields import FieldError
    from entra_tui.model.finding import Finding
    from entra_tui.model.member import Member
    from entra_tui.model.secret import Secret
    from entra_tui.report.report import Report
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.storage.folders import Folders
    from entra_tui.storage.lists import ListDatabase
    from entra_tui.sync.events import Held, SyncEvent
    from entra_tui.sync.pause import Pause
    from entra_tui.sync.running import RunningSyncs

# What the first screen does not need is loaded, and made, when it is used: an administrator looks at that screen first.

_ON_THE_WAY_OUT: Final = frozenset({"SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"})


class Services:
    """One running copy of the program.

    Attributes:
        folders: Where things are kept.
        settings: `config.toml`.
        drafts: The unfinished onboarding.
        practice: The practice tenant, in a demo; None otherwise.
        typed_inputs: What was last typed into Troubleshoot, for as long as the program runs; None before.
        is_replay: Whether every answer comes from a recorded run.

    Args:
        folders: Where things are kept.
        make_http: Makes the one way out, when it is first used.
        practice: The practice tenant, in a demo; None otherwise.
        ask_passphrase: Asks for the passphrase of the encrypted secrets file.
        check_patience: Seconds for which the ladder waits for a busy service; None for its usual time.
    """

    def __init__(
        self,
        folders: Folders,
        make_http: Callable[[], HttpClient],
        *,
        practice: PracticeCloud | None = None,
        ask_passphrase: Callable[[], Secret | None] = lambda: None,
        check_patience: float | None = None,
    ) -> None:
        folders.ensure()
        self.folders = folders
        self._make_http = make_http
        self.settings = SettingsFile(folders)
        self.drafts = DraftFile(folders)
        self.practice = practice
        self.typed_inputs: Inputs | None = None
        self.is_replay = False
        self._ask_passphrase = ask_passphrase
        self._check_patience = check_patience

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End what still runs, close connections and the database."""
        if "running_syncs" in vars(self):
            await self.running_syncs.aclose()
        if "http" in vars(self):
            await self.http.aclose()
        if "lists" in vars(self):
            self.lists.close()

    @cached_property
    def http(self) -> HttpClient:
        """The one way out.

        Raises:
            TrustError: `SSL_CERT_FILE` or a proxy's variable cannot be used.
        """
        return self._make_http()

    @cached_property
    def lists(self) -> ListDatabase:
        """The lookup lists."""
        from entra_tui.storage.lists import ListDatabase  # noqa: PLC0415 - see above

        return ListDatabase(self.folders.data / LISTS_FILE)

    def list_overview(self) -> tuple[LookupList, ...]:
        """All lookup lists in the order in which they were made; no database is opened where none was made yet.

        Raises:
            StorageError: The database cannot be read.
        """
        path = self.folders.data / LISTS_FILE
        return self.lists.overview() if "lists" in vars(self) or path.exists() else ()

    @cached_property
    def secrets(self) -> ClientSecrets:
        """The connectors' client secrets."""
        from entra_tui.client_secrets import ClientSecrets  # noqa: PLC0415 - see above

        return ClientSecrets(
            self.settings,
            self.folders,
            verdicts=lambda: self.http.verdicts,
            ask_passphrase=self._ask_passphrase,
            with_keyring=self.practice is None,
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """Explains errors."""
        from entra_tui.checks.catalogue import load_catalogue  # noqa: PLC0415 - see above

        return load_catalogue()

    @cached_property
    def running_syncs(self) -> RunningSyncs:
        """The synchronizations that screens began."""
        from entra_tui.sync.running import RunningSyncs  # noqa: PLC0415 - see above

        return RunningSyncs()

    def redact(self, text: str) -> str:
        """`text` without any secret that is known; before the first request none is."""
        from entra_tui.graph.redaction import Redactor  # noqa: PLC0415 - see above

        return (self.http.redactor if "http" in vars(self) else Redactor()).text(text)

    # ------------------------------------------------------------ environments

    @property
    def environments(self) -> tuple[Environment, ...]:
        """Built in, then from `config.toml`."""
        return self.settings.read().environments

    def is_simulated(self, environment: Environment) -> bool:
        """Whether a tenant there is a simulated one: in a demo, or on this very machine."""
        return self.practice is not None or _is_loopback(environment.authority)

    # ------------------------------------------------------------ checks

    def inputs_of(self, connector: Connector, secret: Secret, *, entered: bool = False) -> Inputs:
        """What the ladder checks of a connector.

        Args:
            connector: What is checked.
            secret: Its secret.
            entered: Whether the person has just entered the secret for this very environment.

        Raises:
            StorageError: Its environment is not known, or signs in elsewhere since the secret was looked up.
        """
        from entra_tui.checks.context import Inputs  # noqa: PLC0415 - see above

        environment = self.settings.environment(connector.environment)
        if not entered:
            self.secrets.require_host(connector, environment, secret)
        return Inputs(
            tenant=connector.tenant_id,
            client_id=connector.client_id,
            secret=secret,
            environment=environment,
            features=connector.features,
            least_privilege=connector.least_privilege,
            secret_expires=connector.secret_expires,
        )

    def check_context(self, inputs: Inputs, *, on_wait: Callable[[Wait], None] | None = None) -> CheckContext:
        """What a run of the verification ladder works with."""
        from entra_tui.checks.context import CheckContext  # noqa: PLC0415 - see above

        self.http.redactor.learn(inputs.secret)
        patience = {} if self._check_patience is None else {"patience_seconds": self._check_patience}
        return CheckContext(inputs, self.http, self.environments, on_wait=on_wait, **patience)

    def explain(self, error: RequestFailed, connector: Connector) -> Finding:
        """The finding for a request that failed on behalf of `connector`."""
        return self.catalogue.explain_error(error, self._subject(connector), self.http.redactor.text)

    def explain_field(self, error: FieldError, connector: Connector) -> Finding:
        """The finding for a secret that cannot be one."""
        from entra_tui.checks.catalogue import Sighting  # noqa: PLC0415 - see above

        sighting = Sighting(error.code, message=error.sentence, values={"field": error.field.value})
        return self.catalogue.explain(sighting, self._subject(connector))

    def can_resume(self, connector: Connector) -> bool:
        """Whether pages of a connector's users are kept for the next run; False where the lists cannot be read."""
        try:
            stage = self.lists.open_stage(connector.users_list)
        except StorageError:
            return False
        return stage is not None and stage.checkpoint is not None

    def explain_held(self, held: Held, connector: Connector) -> Finding:
        """The finding for a result that is held back."""
        from entra_tui.checks.catalogue import Sighting  # noqa: PLC0415 - see above
        from entra_tui.sync.sentences import finding_values  # noqa: PLC0415 - see above

        return self.catalogue.explain(Sighting(held.code, values=finding_values(held)), self._subject(connector))

    def _subject(self, connector: Connector) -> Subject:
        from entra_tui.checks.catalogue import Subject  # noqa: PLC0415 - see above

        environment = self.settings.environment(connector.environment)
        return Subject(environment, connector.tenant_id, connector.client_id)

    # ------------------------------------------------------------ lists

    def now(self) -> datetime:
        """The present moment: a practice tenant's, in a demo."""
        return datetime.now(UTC) if self.practice is None else self.practice.clock.now()

    def members(self, list_name: str, entry_id: str, *, limit: int = 100) -> list[Member]:
        """Who is in a group of a list, or holds a role; at most `limit` of them, none where they are not known.

        Raises:
            StorageError: The lists cannot be read.
        """
        return self._named(self.lists.members(list_name, entry_id, limit=limit), list_name)

    def member_moves(
        self, list_name: str, run: int, entry_id: str, *, limit: int = 100
    ) -> tuple[list[Member], list[Member]]:
        """Who joined and who left a group in a run of its list, as far as they are kept; at most `limit` of each.

        Raises:
            StorageError: The lists cannot be read.
        """
        moves = self.lists.run_members(run, entry_id, limit=-1)
        joined = self._named([member for member, came in moves if came][:limit], list_name)
        return joined, self._named([member for member, came in moves if not came][:limit], list_name)

    def _named(self, ids: Sequence[str], list_name: str) -> list[Member]:
        """Members by the names that the lists of the same connector hold."""
        from entra_tui.model.member import Member  # noqa: PLC0415 - see above

        lists = self.lists.overview()
        connectors = {one.connector for one in lists if one.name.casefold() == list_name.casefold()}
        # Users come first; a member may be a group, too.
        sources = [one.name for one in lists if one.connector in connectors]
        members = []
        for member in ids:
            entries = (self.lists.entry(source, member) for source in sources)
            values = next((entry.values for entry in entries if entry is not None), {})
            names = (str(values.get(column) or "") for column in ("displayName", "userPrincipalName"))
            members.append(Member(member, *names))
        return members

    # ------------------------------------------------------------ connectors and their secrets

    async def secret_stores(self) -> tuple[SecretStore, ...]:
        """Where a secret can be kept on this machine, the default first; asking a keyring may take seconds."""
        return await self.secrets.stores()

    @property
    def has_secrets_file(self) -> bool:
        """Whether the encrypted secrets file exists, so that its passphrase is asked for rather than chosen."""
        return self.secrets.has_file

    def unlock(self, passphrase: Secret) -> None:
        """Use `passphrase` for the encrypted secrets file from now on."""
        self.http.redactor.learn(passphrase)
        self.secrets.unlock(passphrase)

    async def save_connector(
        self, connector: Connector, secret: Secret | None, *, instead_of: str | None = None
    ) -> None:
        """Save a connector, its secret where it belongs, and its lookup lists, empty.

        Where the secret has another place than before (another store, app or login host), the old one is removed,
        unless another connector needs it.

        Args:
            connector: What to save.
            secret: Its secret; None keeps the one that is stored.
            instead_of: Name of the connector that it replaces; where that was removed meanwhile, a new one is saved.

        Raises:
            LockedError: The connector gets another name or tenant while its lists are being synchronized.
            StorageError: The name is taken, something cannot be written, or the secret cannot be removed from its old
                place; the connector stays as it was.
        """
        settings = self.settings.read()
        settings.environment(connector.environment)
        replaced = None
        if instead_of is not None and settings.has_connector(instead_of):
            replaced = settings.find_connector(instead_of)
        elif settings.has_connector(connector.name):
            raise NameTakenError(f"There is a connector '{connector.name}' already; choose another name.")
        try:
            if secret is not None:
                self.remember_secret(connector, secret)
                await self.secrets.store(connector, secret)
            elif replaced is not None:
                await self.secrets.carry_over(replaced, connector)
            await asyncio.to_thread(self._write_connector, connector, replaced)
        except StorageError:
            await asyncio.to_thread(self._forget_unsaved, connector)
            raise
        from entra_tui.model.permission import Feature  # noqa: PLC0415 - see above

        for feature in Feature:
            if feature in connector.features:
                self.lists.create_list(feature, connector.name)

    def _write_connector(self, connector: Connector, replaced: Connector | None) -> None:
        if replaced is None:
            self.settings.add_connector(connector)
            return

        def replace() -> None:
            if self.secrets.is_kept_elsewhere(replaced, connector):
                others = [other for other in self.settings.read().connectors if other.name != replaced.name]
                try:
                    self.secrets.forget(replaced, [*others, connector])
                except StorageError as error:
                    raise type(error)(
                        f"Nothing was changed, since the secret cannot be removed from its old place: {error.sentence}"
                    ) from error
            self.settings.replace_connector(replaced.name, connector)

        if (replaced.name, replaced.tenant_id) == (connector.name, connector.tenant_id):
            replace()
            return
        if self.is_synchronizing(replaced.name):
            raise LockedError(
                f"'{replaced.name}' is being synchronized; wait for that to end, or cancel it, then save again."
            )
        self.lists.rename_connector(replaced.name, connector.name, first=replace)

    def _forget_unsaved(self, connector: Connector) -> None:
        """Leave no secret stored for a connector that was not saved after all."""
        with suppress(StorageError):
            # The first refusal is the one to tell, and the secret can be stored again.
            self.secrets.forget_unsaved(connector, self.settings.read().connectors)

    def secret_sharing(self, connector: Connector) -> SecretSharing:
        """What would become of a connector's stored secret if the connector was removed.

        Raises:
            StorageError: `config.toml` cannot be read.
        """
        return self.secrets.sharing(connector, self._all_but(connector))

    def _all_but(self, connector: Connector) -> list[Connector]:
        return [other for other in self.settings.read().connectors if other.name != connector.name]

    async def remove_connector(self, name: str) -> Removal:
        """Remove a connector with its lists, and with its secrets unless another connector uses them.

        A synchronization that a screen began ends first, then the secrets go. A process that is killed leaves the
        connector whole, but for its secret, or lists that `remove_orphans` removes.

        Raises:
            UnknownNameError: There is no such connector.
            LockedError: Another running copy is synchronizing it; nothing is removed.
            StorageError: Something cannot be written, or its secret cannot be removed; the connector stays.
        """
        connector = self.settings.find_connector(name)
        await self._end_synchronization(connector.name)
        # In one call, which a cancellation does not stop half way.
        return await asyncio.to_thread(self._remove, connector)

    def _remove(self, connector: Connector) -> Removal:
        from entra_tui.client_secrets import Removal  # noqa: PLC0415 - see above

        others = self._all_but(connector)
        sharing = self.secrets.sharing(connector, others)
        removals: list[Removal] = []

        def forget_first() -> None:
            try:
                forgotten, left = self.secrets.forget(connector, others)
            except StorageError as error:
                raise type(error)(
                    f"'{connector.name}' was not removed, since its secret cannot be: {error.sentence}"
                ) from error
            removals.append(Removal(sharing, forgotten, left))
            self.settings.remove_connector(connector.name)

        self.lists.remove_lists(connector.name, first=forget_first)
        return removals[0]

    async def remove_orphans(self, connector: str) -> tuple[str, ...]:
        """Remove the lists that a connector left which is not saved any more, with rows and history.

        Args:
            connector: Its name, without regard to case.

        Returns:
            The names of the lists.

        Raises:
            ConnectorSavedError: The connector is saved.
            LockedError: Another running copy is synchronizing one of them; nothing is removed.
            StorageError: Something cannot be written.
        """
        self.refuse_saved(connector)
        await self._end_synchronization(connector)
        return await asyncio.to_thread(self.lists.remove_lists, connector, first=lambda: self.refuse_saved(connector))

    async def remove_orphan(self, one: LookupList) -> None:
        """Remove one list whose connector is not saved any more, with rows and history.

        Raises:
            ConnectorSavedError: Its connector is saved.
            LockedError: Another running copy is synchronizing it; nothing is removed.
            StorageError: There is no such list, or something cannot be written.
        """
        self.refuse_saved(one.connector)
        await self._end_synchronization(one.connector)
        await asyncio.to_thread(self.lists.remove_list, one.name, first=lambda: self.refuse_saved(one.connector))

    def refuse_saved(self, connector: str) -> None:
        """Let only lists go whose connector is not saved any more.

        Raises:
            ConnectorSavedError: It is saved.
            StorageError: `config.toml` cannot be read.
        """
        if self.settings.read().has_connector(connector):
            raise ConnectorSavedError(
                f"The connector '{connector}' still fills its lists; `entra-tui connector remove` removes them with it."
            )

    def is_synchronizing(self, connector: str) -> bool:
        """Whether a screen began a synchronization of this connector that still runs."""
        if "running_syncs" not in vars(self):
            return False
        running = self.running_syncs.find(connector)
        return running is not None and running.outcome is None

    async def _end_synchronization(self, connector: str) -> None:
        if "running_syncs" in vars(self):
            await self.running_syncs.end(connector)

    def remember_secret(self, connector: Connector, secret: Secret) -> None:
        """Keep a secret for as long as the program runs, or until Entra refuses it."""
        self.http.redactor.learn(secret)
        self.secrets.remember(connector, secret)

    async def secret_of(self, connector: Connector) -> Secret | None:
        """A connector's secret: from this session, from where it is kept, or from the environment variable.

        One that Entra refused is not given again.

        Raises:
            StorageError: The keyring or the encrypted file does not give it, or the environment is not known.
        """
        secret = await self.secrets.find(connector)
        if secret is not None:
            self.http.redactor.learn(secret)
        return secret

    def why_asked(self, connector: Connector) -> tuple[str, Secret | None]:
        """What to say where a connector's secret has to be asked for, though it had one or should have.

        Returns:
            The reason, empty where there is none to give; and the secret that was refused, where it may merely be too
            new.

        Raises:
            StorageError: The connector's environment is not known.
        """
        from entra_tui.model.connector import SecretStore  # noqa: PLC0415 - see above

        latest = self.secrets.latest_refusal(connector)
        if latest is not None:
            refused, refusal = latest
            finding = self.explain(refusal, connector)
            again = refused if self.http.verdicts.may_spread(refusal) else None
            return f"{finding.title}. {finding.cause}", again
        if connector.secret_store is SecretStore.NONE:
            return "", None
        return "No client secret is stored for this app and this login host.", None

    # ------------------------------------------------------------ synchronization

    def synchronize(
        self,
        connector: Connector,
        secret: Secret,
        *,
        full: bool = False,
        confirmed: bool = False,
        pause: Pause | None = None,
    ) -> AsyncGenerator[SyncEvent, None]:
        """Bring a connector's lookup lists up to date; see `Synchronizer.run`.

        Raises:
            StorageError: Its environment is not known, or signs in elsewhere since the secret was looked up.
        """
        from entra_tui.graph.sign_in import Credentials  # noqa: PLC0415 - see above
        from entra_tui.sync.engine import Synchronizer  # noqa: PLC0415 - see above

        environment = self.settings.environment(connector.environment)
        self.secrets.require_host(connector, environment, secret)
        wanted = self.settings.read().lists
        synchronizer = Synchronizer(
            self.http,
            self.lists,
            explain=lambda error: self.explain(error, connector),
            pause=pause,
            columns=wanted.user_columns,
            full_read_every=wanted.full_read_every,
            compare_counts=wanted.compare_counts,
            still_saved=lambda: self._is_saved(connector),
        )
        credentials = Credentials(environment, connector.tenant_id, connector.client_id, secret)
        return synchronizer.run(connector, credentials, full=full, confirmed=confirmed)

    # ------------------------------------------------------------ inside

    def _is_saved(self, connector: Connector) -> bool:
        """Whether `config.toml` has this connector now, with the tenant that fills its lists."""
        try:
            return self.settings.find_connector(connector.name).tenant_id == connector.tenant_id
        except UnknownNameError:
            return False
        except StorageError:
            # A removal leaves a file that it cannot read as it is.
            return True


def open_services(folders: Folders, *, ask_passphrase: Callable[[], Secret | None] = lambda: None) -> Services:
    """The services over the network.

    Raises:
        StorageError: A folder cannot be made.
        TrustError: `SSL_CERT_FILE` cannot be used.
    """

    def make_http() -> HttpClient:
        from entra_tui.graph.trust import trust_context  # noqa: PLC0415 - see above

        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="certificates") as beside:
            # A hundred certificates are read while the HTTP library is loaded.
            trust = beside.submit(trust_context)
            from entra_tui.graph.client import HttpClient  # noqa: PLC0415 - see above

            return HttpClient(trust=trust.result)

    services = Services(folders, make_http, ask_passphrase=ask_passphrase)
    if any(name.upper() in _ON_THE_WAY_OUT for name in os.environ):
        # What these name may be unusable, which is to be told now and not at the first request.
        services.http  # noqa: B018
    return services


def open_practice(folders: Folders, practice: PracticeCloud) -> Services:
    """The services on a practice tenant, in its time: everything is real but the wire."""
    from entra_tui.graph.client import HttpClient  # noqa: PLC0415 - see above
    from entra_tui.simulator.transport import PracticeTransport  # noqa: PLC0415 - only a demo pays for it

    def make_http() -> HttpClient:
        return HttpClient(transport=PracticeTransport(practice), clock=practice.clock)

    return Services(folders, make_http, practice=practice)


def open_replay(folders: Folders, report: Report) -> Services:
    """The services on a recorded run, with its values as if they had been typed: nothing reaches the network.

    Raises:
        StorageError: The folders cannot be written.
    """
    from entra_tui.report.replay import replay_client, replay_settings  # noqa: PLC0415 - only a replay pays for it

    services = Services(folders, lambda: replay_client(report), check_patience=0.0)
    services.settings.path.write_text(replay_settings(report), encoding="utf-8")
    services.typed_inputs, services.is_replay = report.inputs, True
    return services


def _is_loopback(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
